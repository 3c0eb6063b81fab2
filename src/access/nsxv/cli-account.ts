import type { Change } from '../../audit/journal.ts'
import { adminUserid } from '../accounts/account.ts'
import type { Directory } from '../accounts/directory.ts'
import { AccessError } from '../errors.ts'
import type { Lockouts } from '../sign-in/lockouts.ts'
import { globalRoot } from './principal.ts'
import type { NsxvUser } from './user.ts'
import type { NsxvUserView } from './user-view.ts'

/** Accounts of the appliance's own there may be; inferred, so that their number is bounded. */
export const mostCliAccounts = 100

/** Characters of a password at most; inferred. There are no other rules for it. @see nsxv-api.md 5.3 */
const longestPassword = 128

/** @throws {AccessError} `password_rejected` */
export function requireCliPassword(password: string): void {
  if (password !== '' && password.length <= longestPassword && !/\p{Cc}/u.test(password)) return
  throw new AccessError('password_rejected', `A password has 1 to ${longestPassword} characters`)
}

/** An account of the command line in the making. */
export function newCliAccount(
  realmId: string,
  userid: number,
  username: string,
  passwordHash: string | null,
  now: number,
) {
  return {
    realmId,
    userid,
    username,
    fullName: '',
    accountType: userid === adminUserid ? 'administrator' : 'cli',
    active: 1,
    passwordHash,
    passwordChangedAt: now,
    // For ever: nothing is known of ages here.
    passwordChangeFrequency: 0,
    passwordChangeWarning: 0,
    passwordResetRequired: 0,
  }
}

export const adminUser = (realmId: string, number: number): NsxvUser => ({
  number,
  realmId,
  origin: 'cli',
  userid: adminUserid,
  name: 'admin',
  key: 'admin',
  group: false,
  fullName: '',
  email: '',
  enabled: true,
  role: 'super_user',
  scope: [globalRoot],
  revision: 0,
})

export interface CliAccountViews {
  realmId: string
  view: NsxvUserView
  directory: Directory
  lockouts: Lockouts
}

/** Removes an account, and with it its role, so that nobody who gets the name later inherits it. */
export async function removeCliAccount(
  change: Change,
  { realmId, view, directory, lockouts }: CliAccountViews,
  userid: number,
): Promise<void> {
  const { stores } = change
  const row = (await stores.nsxvUsers.list()).find((user) => user.userid === userid)
  await stores.accounts.remove(realmId, userid)
  await lockouts.forget(change, realmId, String(userid))
  change.onCommit(() => {
    directory.remove(realmId, userid)
    view.setWebInterface(userid, false)
    if (row) view.remove(row.nameKey)
  })
}
