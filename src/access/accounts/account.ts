import type { AccountRow } from '../../store/accounts.ts'
import { expiresAt } from '../passwords/age.ts'

export type AccountStatus = 'ACTIVE' | 'PASSWORD_EXPIRED' | 'NOT_ACTIVATED'

/** @see NSX REST API 9.0, NodeUserProperties.account_type */
export const accountTypes = ['administrator', 'audit', 'guest', 'root', 'service', 'system'] as const

/** A local user of a realm, without its secrets. */
export type Account = AccountRow

/** Accounts that every appliance has and whose ids are fixed. */
export const rootUserid = 0
export const adminUserid = 10_000
export const auditUserid = 10_002

/** Ids that NSX keeps for the accounts it comes with; created ones get higher ones. */
export const firstCreatedUserid = 10_005

/** Accounts of NSX Manager for vSphere's API, which its console does not know. @see docs/decisions/020-nsxv.md */
export const localAccountType = 'local'

/** Whether it may open a console. */
export const hasConsole = ({ accountType }: Pick<Account, 'accountType'>): boolean => accountType !== localAccountType

export function accountStatus(account: Account, now: number): AccountStatus {
  if (!account.active) return 'NOT_ACTIVATED'
  return now >= expiresAt(account.passwordChangedAt, account.passwordChangeFrequency) ? 'PASSWORD_EXPIRED' : 'ACTIVE'
}

/** Whether the password still opens the door, but only to change it. */
export function mustChangePassword(account: Account, now: number): boolean {
  return account.passwordResetRequired === 1 || accountStatus(account, now) === 'PASSWORD_EXPIRED'
}
