import { rightsAt } from '../permissions/rights.ts'
import type { RemotePerson, RemoteSourceType, RemoteUser } from '../principal.ts'
import type { Roles } from './roles.ts'
import type { RolesForPath } from './roles-for-paths.ts'

/** Whom a binding is about, where that is nobody the appliance keeps itself. */
export interface RemoteSubject {
  type: 'remote_user' | 'remote_group' | 'remote'
  name: string
  sourceType: RemoteSourceType
  /** Empty where whichever source of the type knows the name is meant. */
  sourceId: string
}

export type RemoteBindings = ReturnType<typeof createRemoteBindings>

// Names and ids may have any character in them: no separator could keep them apart.
const keyOf = (sourceType: string, sourceId: string, name: string) =>
  JSON.stringify([sourceType, sourceId, name.toLowerCase()])

/** The bindings of remote users and groups in memory: what the way in asks on every request. */
export function createRemoteBindings(roles: Roles) {
  const users = new Map<string, Map<string, readonly RolesForPath[]>>()
  const groups = new Map<string, Map<string, readonly RolesForPath[]>>()
  const placed = new Map<string, RemoteSubject>()
  let resolved = new WeakMap<RemotePerson, RemoteUser>()

  roles.onChange(() => {
    resolved = new WeakMap()
  })

  const tablesOf = (type: RemoteSubject['type']) =>
    type === 'remote_user' ? [users] : type === 'remote_group' ? [groups] : [users, groups]

  function remove(id: string): void {
    const subject = placed.get(id)
    if (!subject) return
    const key = keyOf(subject.sourceType, subject.sourceId, subject.name)
    for (const table of tablesOf(subject.type)) {
      const bound = table.get(key)
      bound?.delete(id)
      if (bound?.size === 0) table.delete(key)
    }
    placed.delete(id)
    resolved = new WeakMap()
  }

  function bound({ sourceType, sourceId, name, groups: groupNames }: RemotePerson): RolesForPath[] {
    const at = (table: typeof users, key: string) => [...(table.get(key)?.values() ?? [])]
    const anywhere = (table: typeof users, known: string) => [
      ...at(table, keyOf(sourceType, sourceId, known)),
      ...(sourceId === '' ? [] : at(table, keyOf(sourceType, '', known))),
    ]
    return [...anywhere(users, name), ...groupNames.flatMap((group) => anywhere(groups, group))].flat()
  }

  return {
    remove,

    put(id: string, subject: RemoteSubject, rolesForPaths: readonly RolesForPath[]): void {
      remove(id)
      placed.set(id, subject)
      const key = keyOf(subject.sourceType, subject.sourceId, subject.name)
      for (const table of tablesOf(subject.type)) {
        const ofKey = table.get(key) ?? new Map()
        table.set(key, ofKey.set(id, rolesForPaths))
      }
      resolved = new WeakMap()
    },

    /** The person as they may act now: everything bound to their name and to their groups. */
    resolve(person: RemotePerson): RemoteUser {
      let user = resolved.get(person)
      if (!user) {
        const rolesForPaths = bound(person)
        user = {
          kind: 'remote_user',
          name: person.name,
          person,
          rolesForPaths,
          rights: rightsAt(rolesForPaths, '/', roles.find),
        }
        resolved.set(person, user)
      }
      return user
    },
  }
}
