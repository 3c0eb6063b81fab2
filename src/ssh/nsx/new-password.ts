import { ConsoleError } from '../console/command.ts'
import type { ConsoleSession } from '../console/session.ts'
import { inferred } from './inferred.ts'

export const askCurrentPassword = (session: ConsoleSession): Promise<string> =>
  session.ask('Current password: ', 'hidden')

/** Asks for a new password twice. @throws {ConsoleError} when the answers differ. */
export async function askNewPassword(session: ConsoleSession): Promise<string> {
  const password = await session.ask('New password: ', 'hidden')
  const again = await session.ask('Confirm new password: ', 'hidden')
  if (password !== again) throw new ConsoleError(inferred.passwordsDiffer)
  return password
}
