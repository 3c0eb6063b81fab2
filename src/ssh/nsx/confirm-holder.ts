import { type Account, adminUserid, rootUserid } from '../../access/accounts/account.ts'
import type { NsxSession } from './session.ts'

/** The password that changing the SSH keys of root and admin takes; others need none. */
export async function confirmHolder(
  session: NsxSession,
  { userid }: Account,
  password: string | undefined,
): Promise<string | undefined> {
  if (password !== undefined || (userid !== rootUserid && userid !== adminUserid)) return password
  return session.ask('Password: ', 'hidden')
}
