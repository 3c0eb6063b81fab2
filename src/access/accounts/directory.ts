import { type Rights, rightsOf } from '../permissions/rights.ts'
import { type RolesForPath, rolesAt } from '../roles/roles-for-paths.ts'
import type { Account } from './account.ts'

/**
 * An account with what it may do, as every request sees it. An entry never changes: whatever happens to the
 * account puts a new entry in its place, so that what was remembered about the old one is forgotten with it.
 */
export interface DirectoryEntry {
  readonly account: Account
  readonly rolesForPaths: readonly RolesForPath[]
  /** Rights at `/`. */
  readonly rights: Rights
}

export type Directory = ReturnType<typeof createDirectory>

/** The accounts of all realms in memory: what the way in asks on every request. */
export function createDirectory() {
  const realms = new Map<string, { byId: Map<number, DirectoryEntry>; byName: Map<string, DirectoryEntry> }>()

  function realm(id: string) {
    let found = realms.get(id)
    if (!found) {
      found = { byId: new Map(), byName: new Map() }
      realms.set(id, found)
    }
    return found
  }

  function remove(realmId: string, userid: number): void {
    const { byId, byName } = realm(realmId)
    const entry = byId.get(userid)
    if (!entry) return
    byId.delete(userid)
    byName.delete(entry.account.username.toLowerCase())
  }

  return {
    find: (realmId: string, userid: number): DirectoryEntry | undefined => realms.get(realmId)?.byId.get(userid),

    /** Names are found whatever their case. */
    findByName: (realmId: string, name: string): DirectoryEntry | undefined =>
      realms.get(realmId)?.byName.get(name.toLowerCase()),

    remove,

    /** Puts a new entry in place. Roles that are not given stay as they were. */
    put(account: Account, rolesForPaths?: readonly RolesForPath[]): void {
      const { byId, byName } = realm(account.realmId)
      const bound = rolesForPaths ?? byId.get(account.userid)?.rolesForPaths ?? []
      remove(account.realmId, account.userid)
      const entry = { account, rolesForPaths: bound, rights: rightsOf(rolesAt(bound, '/')) }
      byId.set(account.userid, entry)
      byName.set(account.username.toLowerCase(), entry)
    },
  }
}
