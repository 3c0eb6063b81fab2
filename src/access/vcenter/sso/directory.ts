import type { SsoGroupRow, SsoMemberRow } from '../../../store/sso-groups.ts'
import type { RemotePerson } from '../../principal.ts'
import { type PrincipalKey, principalKey, ssoDomain } from '../principal.ts'
import { groupsOf, type MemberKey, memberKey, wayInto } from './membership.ts'
import {
  type RemoteUserPrincipal,
  remoteGroups,
  remoteName,
  type SignedIn,
  type SsoUserPrincipal,
} from './principals.ts'
import type { SsoUser } from './user.ts'

/** A group of vCenter's own domain. Never changes: another one takes its place. */
export interface SsoGroup extends SsoGroupRow {
  readonly members: readonly SsoMemberRow[]
}

export type SsoDirectory = ReturnType<typeof createSsoDirectory>

/** The users and groups of vCenter's own domain in memory: what the way in asks on every request. */
export function createSsoDirectory() {
  const users = new Map<string, SsoUser>()
  const usersByKey = new Map<PrincipalKey, SsoUser>()
  const groups = new Map<string, SsoGroup>()
  const groupsByKey = new Map<PrincipalKey, SsoGroup>()
  /** Of every member the groups it is in itself. */
  const direct = new Map<MemberKey, Set<PrincipalKey>>()
  /** Grows with every change of a membership: whoever was resolved before is resolved anew when next asked for. */
  let version = 0
  const resolved = new WeakMap<SsoUser | RemotePerson, { version: number; principal: SignedIn }>()

  const keyOf = ({ name }: { name: string }) => principalKey(name, ssoDomain)

  /** Somebody whose groups are what they were stays the same principal, so that what is remembered about them holds. */
  function resolve<P extends SignedIn>(origin: P extends SsoUserPrincipal ? SsoUser : RemotePerson, make: () => P): P {
    const last = resolved.get(origin)
    if (last?.version === version) return last.principal as P
    const made = make()
    const principal = last && sameGroups(last.principal, made) ? (last.principal as P) : made
    resolved.set(origin, { version, principal })
    return principal
  }

  function principalOfUser(user: SsoUser): SsoUserPrincipal {
    return resolve<SsoUserPrincipal>(user, () => {
      const key = keyOf(user)
      return {
        kind: 'sso_user',
        name: user.name,
        domain: ssoDomain,
        key,
        groups: groupsOf([memberKey('user', key)], (member) => direct.get(member)),
        user,
      }
    })
  }

  function principalOfPerson(person: RemotePerson): RemoteUserPrincipal | undefined {
    const known = remoteName(person)
    if (!known) return undefined
    return resolve<RemoteUserPrincipal>(person, () => {
      const own = remoteGroups(person)
      const members = [memberKey('user', known.key), ...own.map((key) => memberKey('group', key))]
      const inOurs = groupsOf(members, (member) => direct.get(member))
      return { kind: 'remote_user', ...known, groups: new Set([...own, ...inOurs]), person }
    })
  }

  function joins(group: SsoGroup, { type, principalKey: key }: SsoMemberRow): void {
    const within = direct.get(memberKey(type, key))
    if (within) within.add(keyOf(group))
    else direct.set(memberKey(type, key), new Set([keyOf(group)]))
  }

  function leaves(group: SsoGroup, { type, principalKey: key }: SsoMemberRow): void {
    const within = direct.get(memberKey(type, key))
    within?.delete(keyOf(group))
    if (within?.size === 0) direct.delete(memberKey(type, key))
  }

  function replace(id: string, next: (group: SsoGroup) => SsoGroup): void {
    const before = groups.get(id)
    if (!before) return
    const after = next(before)
    groups.set(id, after)
    groupsByKey.set(keyOf(after), after)
  }

  return {
    /** Users in the order of their names. */
    users: (): SsoUser[] => [...usersByKey].sort(byKey).map(([, user]) => user),
    groups: (): SsoGroup[] => [...groupsByKey].sort(byKey).map(([, group]) => group),

    findUser: (id: string): SsoUser | undefined => users.get(id),

    /** Names are found whatever their case. */
    userNamed: (name: string): SsoUser | undefined => usersByKey.get(principalKey(name, ssoDomain)),
    groupNamed: (name: string): SsoGroup | undefined => groupsByKey.get(principalKey(name, ssoDomain)),

    /** Who a user is, with the groups as they are now. */
    principalOfUser,
    /** The same of a directory's user; undefined where its name is at our own domain. */
    principalOfPerson,

    /** The groups that a principal of any domain is in itself. */
    directGroupsOf: (type: 'user' | 'group', key: PrincipalKey): ReadonlySet<PrincipalKey> =>
      direct.get(memberKey(type, key)) ?? new Set(),

    /** All groups of our own domain that a principal of any domain is in, those of groups included. */
    groupsOf: (type: 'user' | 'group', key: PrincipalKey): ReadonlySet<PrincipalKey> =>
      groupsOf([memberKey(type, key)], (member) => direct.get(member)),

    /** How somebody is in a group: the groups that lead there, the group itself last; undefined where they are not. */
    wayInto: (group: PrincipalKey, members: ReadonlyMap<MemberKey, readonly PrincipalKey[]>) =>
      wayInto(group, members, (member) => direct.get(member)),

    putUser(user: SsoUser): void {
      users.set(user.id, user)
      usersByKey.set(keyOf(user), user)
    },

    removeUser(id: string): void {
      const user = users.get(id)
      if (!user) return
      users.delete(id)
      usersByKey.delete(keyOf(user))
    },

    putGroup(group: SsoGroup): void {
      groups.set(group.id, group)
      groupsByKey.set(keyOf(group), group)
      for (const member of group.members) joins(group, member)
      version++
    },

    describeGroup: (id: string, description: string): void => replace(id, (group) => ({ ...group, description })),

    addMember(id: string, member: SsoMemberRow): void {
      replace(id, (group) => ({ ...group, members: [...group.members, member] }))
      const group = groups.get(id)
      if (group) joins(group, member)
      version++
    },

    removeMember(id: string, type: SsoMemberRow['type'], key: PrincipalKey): void {
      const group = groups.get(id)
      const member = group?.members.find((one) => one.type === type && one.principalKey === key)
      if (!group || !member) return
      replace(id, () => ({ ...group, members: group.members.filter((one) => one !== member) }))
      leaves(group, member)
      version++
    },

    removeGroup(id: string): void {
      const group = groups.get(id)
      if (!group) return
      for (const member of group.members) leaves(group, member)
      groups.delete(id)
      groupsByKey.delete(keyOf(group))
      version++
    },
  }
}

const byKey = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1)

function sameGroups(a: SignedIn, b: SignedIn): boolean {
  if (a.groups.size !== b.groups.size) return false
  for (const group of a.groups) if (!b.groups.has(group)) return false
  return true
}
