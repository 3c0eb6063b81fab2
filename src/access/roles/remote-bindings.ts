import { rightsOf } from '../permissions/rights.ts'
import type { RemotePerson, RemoteSourceType, RemoteUser } from '../principal.ts'
import { type RolesForPath, rolesAt } from './roles-for-paths.ts'

/** Whom a binding is about, where that is nobody the appliance keeps itself. */
export interface RemoteSubject {
  type: 'remote_user' | 'remote_group' | 'remote'
  name: string
  sourceType: RemoteSourceType
  sourceId: string
}

export type RemoteBindings = ReturnType<typeof createRemoteBindings>

const keyOf = (sourceType: string, sourceId: string, name: string) => `${sourceType} ${sourceId} ${name.toLowerCase()}`

/** The bindings of remote users and groups in memory: what the way in asks on every request. */
export function createRemoteBindings() {
  const users = new Map<string, Map<string, readonly RolesForPath[]>>()
  const groups = new Map<string, Map<string, readonly RolesForPath[]>>()
  const placed = new Map<string, RemoteSubject>()
  let resolved = new WeakMap<RemotePerson, RemoteUser>()

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

  function bound(person: RemotePerson): RolesForPath[] {
    const { sourceType, sourceId, name } = person
    const own = [...(users.get(keyOf(sourceType, sourceId, name))?.values() ?? [])]
    const ofGroups = person.groups.flatMap((group) => [
      ...(groups.get(keyOf(sourceType, sourceId, group))?.values() ?? []),
    ])
    return [...own, ...ofGroups].flat()
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
          rights: rightsOf(rolesAt(rolesForPaths, '/')),
        }
        resolved.set(person, user)
      }
      return user
    },
  }
}
