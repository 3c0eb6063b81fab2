import type { NamedPrincipal } from '../authorization/permission-changes.ts'
import { localDomain, type PrincipalKey, principalKey, ssoDomain, type VcenterPrincipal } from '../principal.ts'
import type { SsoDirectory } from './directory.ts'
import { type MemberKey, memberKey } from './membership.ts'
import type { PrincipalLookup } from './principal-lookup.ts'
import { remoteGroups, type SignedIn } from './principals.ts'

/** A user or group that somebody asks about, as permissions see them. */
export interface Somebody {
  readonly group: boolean
  readonly name: string
  readonly domain: string
  readonly key: PrincipalKey
  /** Who would call: the user, or somebody who is in the group and in what it is in, and has no name. */
  readonly principal: VcenterPrincipal
  /** Whether there is such a user or group; permissions can be for others too. */
  readonly known: boolean
  /** The groups that lead to one they are in, which is the last; empty for the group that was asked about. */
  wayInto(group: PrincipalKey): readonly PrincipalKey[]
}

export type NamedPrincipals = ReturnType<typeof createNamedPrincipals>

/** Who users and groups are that are only named, whether they are there or not. */
export function createNamedPrincipals(directory: SsoDirectory, lookup: Pick<PrincipalLookup, 'user' | 'exists'>) {
  function userOf(principal: SignedIn): Somebody {
    const members = new Map<MemberKey, readonly PrincipalKey[]>([[memberKey('user', principal.key), []]])
    if (principal.kind === 'remote_user') {
      for (const key of remoteGroups(principal.person)) members.set(memberKey('group', key), [key])
    }
    const { key, name, domain } = principal
    return { group: false, name, domain, key, principal, known: true, wayInto: into(members) }
  }

  const into = (members: ReadonlyMap<MemberKey, readonly PrincipalKey[]>) => (group: PrincipalKey) =>
    directory.wayInto(group, members) ?? []

  /** One whom no directory is asked about: in the groups of our own domain only. */
  function unasked({ group, name, domain = localDomain }: NamedPrincipal, known: boolean): Somebody {
    const key = principalKey(name, domain)
    const type = group ? 'group' : 'user'
    const above = directory.groupsOf(type, key)
    const principal = group
      ? { name: '', domain: '', key: '', groups: new Set([key, ...above]) }
      : { name, domain, key, groups: above }
    return { group, name, domain, key, principal, known, wayInto: into(new Map([[memberKey(type, key), []]])) }
  }

  return {
    /** @throws {AccessError} `directory_unreachable` */
    async find(asked: NamedPrincipal): Promise<Somebody> {
      const { group, name, domain = localDomain } = asked
      if (group) return unasked(asked, await lookup.exists(name, domain, true))
      const principal = await lookup.user(name, domain)
      if (principal) return userOf(principal)
      return unasked(asked, domain.toLowerCase() === localDomain && (await lookup.exists(name, domain, false)))
    },

    /** The same where there are too many to ask directories elsewhere about each. */
    recall(asked: NamedPrincipal): Somebody {
      const { group, name, domain = localDomain } = asked
      const user = !group && domain.toLowerCase() === ssoDomain ? directory.userNamed(name) : undefined
      return user ? userOf(directory.principalOfUser(user)) : unasked(asked, false)
    },
  }
}
