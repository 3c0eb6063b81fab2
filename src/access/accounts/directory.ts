import { rightsAt } from '../permissions/rights.ts'
import type { LocalUser } from '../principal.ts'
import type { Roles } from '../roles/roles.ts'
import { holdsRole, type RolesForPath } from '../roles/roles-for-paths.ts'
import type { Account } from './account.ts'

export type Directory = ReturnType<typeof createDirectory>

/** The accounts of all realms in memory: what the way in asks on every request. */
export function createDirectory(roles: Roles) {
  const realms = new Map<string, { byId: Map<number, LocalUser>; byName: Map<string, LocalUser> }>()

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

  /** Puts a new entry in place. Roles that are not given stay as they were. */
  function put(account: Account, rolesForPaths?: readonly RolesForPath[]): void {
    const { byId, byName } = realm(account.realmId)
    const bound = rolesForPaths ?? byId.get(account.userid)?.rolesForPaths ?? []
    remove(account.realmId, account.userid)
    const entry: LocalUser = {
      kind: 'local_user',
      name: account.username,
      account,
      rolesForPaths: bound,
      rights: rightsAt(bound, '/', roles.find),
    }
    byId.set(account.userid, entry)
    byName.set(account.username.toLowerCase(), entry)
  }

  roles.onChange((id) => {
    for (const { byId } of realms.values()) {
      for (const user of [...byId.values()]) if (holdsRole(user.rolesForPaths, id)) put(user.account)
    }
  })

  return {
    list: (realmId: string): LocalUser[] => [...(realms.get(realmId)?.byId.values() ?? [])],

    find: (realmId: string, userid: number): LocalUser | undefined => realms.get(realmId)?.byId.get(userid),

    /** Names are found whatever their case. */
    findByName: (realmId: string, name: string): LocalUser | undefined =>
      realms.get(realmId)?.byName.get(name.toLowerCase()),

    remove,

    put,
  }
}
