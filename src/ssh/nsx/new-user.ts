import type { NewAccountFields } from '../../access/accounts/node-users.ts'
import { type Argument, ConsoleError, type Values, wholeNumber } from '../console/command.ts'
import { type NsxSession, password } from './session.ts'

/** What `add user` takes besides the name. */
export const newUserOptions =
  'full-name <full-name>, password <password>, password-expiration-frequency <days>, password-expiration-warning <warning-days>, password-reset-required'

export const newUserArguments: Record<string, Argument<NsxSession>> = {
  'full-name': { help: 'Full name of user' },
  password,
  days: wholeNumber('Days that a password is valid', 1, 9999),
  'warning-days': wholeNumber('Days before expiry from which the user is warned', 1, 9999),
}

export function newUserFields(
  values: Values,
  words: ReadonlySet<string>,
): { fields: NewAccountFields; password: string | undefined } {
  const { password, days, 'full-name': fullName, 'warning-days': warningDays } = values
  const passwordResetRequired = words.has('password-reset-required')
  if (passwordResetRequired && password === undefined) {
    throw new ConsoleError('% password-reset-required needs a password that can be reset')
  }
  const fields: NewAccountFields = {
    ...(fullName === undefined ? {} : { fullName }),
    ...(days === undefined ? {} : { passwordChangeFrequency: Number(days) }),
    ...(warningDays === undefined ? {} : { passwordChangeWarning: Number(warningDays) }),
    ...(passwordResetRequired ? { passwordResetRequired } : {}),
  }
  return { fields, password }
}
