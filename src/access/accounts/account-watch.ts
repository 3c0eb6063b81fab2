import type { Clock } from '../clock.ts'
import { daysUntil, expiresAt } from '../passwords/age.ts'
import type { Lockouts } from '../sign-in/lockouts.ts'
import { ssoDomain } from '../vcenter/principal.ts'
import type { SsoDirectory } from '../vcenter/sso/directory.ts'
import type { SsoPolicies } from '../vcenter/sso/policies.ts'
import { passwordExpiresAt } from '../vcenter/sso/user.ts'
import { accountStatus } from './account.ts'
import type { Directory } from './directory.ts'

/** Somebody whose password lives for a few days more, or no longer. */
export interface ExpiringPassword {
  /** The edge that they are a user of; absent: of the managers, or of vCenter. */
  edge?: string
  user: string
  /** Whole days; 0 also where it has expired. */
  days: number
  expired: boolean
}

/** A node with accounts of its own. */
interface Node {
  name: string
  realmId: string
}

export interface AccountWatchParts {
  directory: Directory
  ssoDirectory: SsoDirectory
  ssoPolicies: SsoPolicies
  lockouts: Lockouts
  clock: Clock
}

export type AccountWatch = ReturnType<typeof createAccountWatch>

/** Local users who will have to change their password soon, and those who are kept out now. */
export function createAccountWatch(
  { directory, ssoDirectory, ssoPolicies, lockouts, clock }: AccountWatchParts,
  { managers, edges }: { managers: readonly Node[]; edges: readonly Node[] },
) {
  // The managers have theirs in common.
  const realms: { realmId: string; edge?: string }[] = [
    ...managers.slice(0, 1).map(({ realmId }) => ({ realmId })),
    ...edges.map(({ name, realmId }) => ({ realmId, edge: name })),
  ]

  function soon(user: string, expiry: number, within: number, edge?: string): ExpiringPassword[] {
    const now = clock()
    const days = daysUntil(expiry, now)
    if (days === undefined || days >= within) return []
    return [{ ...(edge === undefined ? {} : { edge }), user, days, expired: now >= expiry }]
  }

  return {
    /** Of the managers and of edges. @param within Days. */
    expiringInNsx: (within: number): ExpiringPassword[] =>
      realms.flatMap(({ realmId, edge }) =>
        directory
          .list(realmId)
          .filter(({ account }) => accountStatus(account, clock()) !== 'NOT_ACTIVATED')
          .flatMap(({ name, account }) => {
            const expiry = expiresAt(account.passwordChangedAt, account.passwordChangeFrequency)
            return soon(name, expiry, within, edge)
          }),
      ),

    /** Of vCenter's own domain. */
    expiringInVcenter: (within: number): ExpiringPassword[] =>
      ssoDirectory
        .users()
        .filter(({ disabled }) => !disabled)
        .flatMap((user) => soon(user.name, passwordExpiresAt(user, ssoPolicies.read()), within)),

    /** How many accounts and names a lock keeps out, be it from one source only. */
    locked: () => ({
      nsx: realms.reduce((sum, { realmId }) => sum + lockouts.lockedSubjects(realmId).size, 0),
      vcenter: lockouts.lockedSubjects(ssoDomain).size,
    }),
  }
}
