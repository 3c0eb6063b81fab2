import type { PrincipalKey } from '../principal.ts'

/** A user or a group as a member of groups. */
export type MemberKey = `${'user' | 'group'} ${PrincipalKey}`

export const memberKey = (type: 'user' | 'group', key: PrincipalKey): MemberKey => `${type} ${key}`

/**
 * All groups that somebody is in, those of groups included. @see vcenter-api.md 4.3, case 18
 *
 * @param direct The groups that a member is in itself.
 */
export function groupsOf(
  members: Iterable<MemberKey>,
  direct: (member: MemberKey) => Iterable<PrincipalKey> | undefined,
): Set<PrincipalKey> {
  const found = new Set<PrincipalKey>()
  const open = [...members]
  for (let member = open.pop(); member !== undefined; member = open.pop()) {
    for (const group of direct(member) ?? []) {
      if (found.has(group)) continue
      found.add(group)
      open.push(memberKey('group', group))
    }
  }
  return found
}

/**
 * How somebody is in a group: the groups that lead there, the group itself last, by a shortest way.
 *
 * @param members What is in it in the end, and the groups that lead to these.
 * @returns undefined where they are not in it.
 */
export function wayInto(
  group: PrincipalKey,
  members: ReadonlyMap<MemberKey, readonly PrincipalKey[]>,
  direct: (member: MemberKey) => Iterable<PrincipalKey> | undefined,
): readonly PrincipalKey[] | undefined {
  const wanted = memberKey('group', group)
  const ways = new Map(members)
  for (const [member, way] of ways) {
    if (member === wanted) return way
    for (const above of direct(member) ?? []) {
      const key = memberKey('group', above)
      if (!ways.has(key)) ways.set(key, [...way, above])
    }
  }
  return undefined
}

/** Whether a group would be in itself, were `member` made a member of `group`. */
export function makesCircle(
  group: PrincipalKey,
  member: PrincipalKey,
  direct: (member: MemberKey) => Iterable<PrincipalKey> | undefined,
): boolean {
  return group === member || groupsOf([memberKey('group', group)], direct).has(member)
}
