import { changePasswords } from '../../../http/nsx/permissions.ts'
import { wholeNumber } from '../../console/command.ts'
import { type NsxCommand, username, whole } from '../session.ts'

export const setUserPasswordExpirationWarning: NsxCommand = {
  syntax: 'set user <username> password-expiration-warning <days>',
  summary: 'Set how many days before its password expires a user is warned',
  requires: changePasswords.requires,
  arguments: { username, days: wholeNumber('Days before expiry from which the user is warned', 1, 9999) },
  example: 'set user audit password-expiration-warning 14',
  async run(session, { username = '', days }) {
    const { realmId, userid } = await session.account(username)
    const fields = { passwordChangeWarning: whole(days) }
    await session.services.nodeUsers.update(session.call, realmId, userid, fields, undefined, false)
  },
}
