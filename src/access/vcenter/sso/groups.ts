import { randomUUID } from 'node:crypto'
import type { Change } from '../../../audit/journal.ts'
import type { SsoGroupRow, SsoMemberRow } from '../../../store/sso-groups.ts'
import type { Stores } from '../../../store/stores.ts'
import { AccessError } from '../../errors.ts'
import type { VcenterCall } from '../call.ts'
import { localDomain, type PrincipalKey, principalKey, ssoDomain } from '../principal.ts'
import type { SsoDirectory, SsoGroup } from './directory.ts'
import { administratorsGroup } from './ground.ts'
import { type MemberKey, makesCircle, memberKey } from './membership.ts'
import { administratorName } from './user.ts'
import { requirePrincipalName } from './user-name.ts'

/** Groups of vCenter's own domain there can be, and members of one of them. */
const mostGroups = 5_000
const mostMembers = 20_000

/** A user or group that is or shall be a member: one of our own domain, or of a directory's. */
export interface GroupMember {
  type: 'user' | 'group'
  name: string
  domain: string
}

export type SsoGroups = ReturnType<typeof createSsoGroups>

/** The groups of vCenter's own domain and who is in them. Whoever calls has been found to be allowed to. */
export function createSsoGroups(directory: SsoDirectory) {
  return {
    /** In the order of their names. */
    list: (): SsoGroup[] => directory.groups(),

    /** @throws {AccessError} `not_found` */
    read(name: string): SsoGroup {
      const group = directory.groupNamed(name)
      if (!group) throw unknown(name)
      return group
    },

    /** Makes a group that nobody is in. @throws {AccessError} `invalid_field`, `already_exists`, `limit_reached` */
    async create(call: VcenterCall, name: string, description: string): Promise<SsoGroup> {
      requirePrincipalName(name)
      return call.change(async ({ stores, values, onCommit }) => {
        if (await stores.ssoGroups.findByName(name)) {
          throw new AccessError('already_exists', `There is a group ${name} already`, { field: 'name', value: name })
        }
        if ((await stores.ssoGroups.count()) >= mostGroups) {
          throw new AccessError('limit_reached', `There can be no more than ${mostGroups} groups`)
        }
        const group = { id: randomUUID(), name, description, builtIn: 0 }
        await stores.ssoGroups.insert(group)
        values(name, undefined, group)
        const made = { ...group, members: [] }
        onCommit(() => directory.putGroup(made))
        return made
      })
    },

    /** @throws {AccessError} `not_found` */
    describe(call: VcenterCall, name: string, description: string): Promise<SsoGroupRow> {
      return call.change(async ({ stores, values, onCommit }) => {
        const before = await find(stores, name)
        await stores.ssoGroups.setDescription(before.id, description)
        const after = { ...before, description }
        values(before.name, before, after)
        onCommit(() => directory.describeGroup(before.id, description))
        return after
      })
    },

    /**
     * Removes a group, and takes it out of those it is in.
     *
     * @throws {AccessError} `not_found`; `not_supported_for_user` for those that come with the domain.
     */
    remove(call: VcenterCall, name: string): Promise<void> {
      return call.change(async ({ stores, values, onCommit }) => {
        const before = await find(stores, name)
        if (before.builtIn) {
          throw new AccessError('not_supported_for_user', `${before.name} comes with the domain and cannot be deleted`)
        }
        const key = principalKey(before.name, ssoDomain)
        const groupIds = await stores.ssoGroups.removeEverywhere('group', key)
        await stores.ssoGroups.remove(before.id)
        values(before.name, before, undefined)
        onCommit(() => {
          for (const groupId of groupIds) directory.removeMember(groupId, 'group', key)
          directory.removeGroup(before.id)
        })
      })
    },

    /**
     * Puts a user or a group into a group. Those of other domains are not looked up: who is called so there is in.
     *
     * @throws {AccessError} `not_found` for the group; `invalid_field` for a member that our own domain does not have,
     *   or that has the group in it; `already_exists`, `limit_reached`.
     */
    addMember(call: VcenterCall, name: string, given: GroupMember): Promise<GroupMember> {
      return call.change(async (change) => {
        const group = await find(change.stores, name)
        const member = await put(change, group, given)
        if (!member)
          throw new AccessError('already_exists', `The ${given.type} ${shown(given)} is in ${group.name} already`)
        change.values(group.name, undefined, member)
        return member
      })
    },

    /**
     * Puts several into a group, or none of them.
     *
     * @returns of each whether it was not in the group before.
     * @throws {AccessError} as `addMember` does, but for those who are in the group already.
     */
    addMembers(call: VcenterCall, name: string, given: readonly GroupMember[]): Promise<boolean[]> {
      return call.change(async (change) => {
        const group = await find(change.stores, name)
        const added = []
        for (const one of given) added.push(await put(change, group, one))
        change.values(group.name, undefined, { members: added.filter((one) => one !== undefined) })
        return added.map((one) => one !== undefined)
      })
    },

    /**
     * @throws {AccessError} `not_found` for a group there is not or that they are not in; `last_administrator` for the
     *   built-in administrator, who always is one.
     */
    removeMember(call: VcenterCall, name: string, given: GroupMember): Promise<void> {
      return call.change(async (change) => {
        const group = await find(change.stores, name)
        const member = await take(change, group, given)
        if (!member) {
          const value = shown(given)
          throw new AccessError('not_found', `The ${given.type} ${value} is not in ${group.name}`, { value })
        }
        change.values(group.name, member, undefined)
      })
    },

    /**
     * Takes users and groups of these names out of a group, or none of them.
     *
     * @returns of each whether it was in the group before.
     * @throws {AccessError} as `removeMember` does, but for those who are not in the group.
     */
    removeMembers(call: VcenterCall, name: string, given: readonly Omit<GroupMember, 'type'>[]): Promise<boolean[]> {
      return call.change(async (change) => {
        const group = await find(change.stores, name)
        const removed: SsoMemberRow[] = []
        const found: boolean[] = []
        for (const one of given) {
          const before = removed.length
          for (const type of ['user', 'group'] as const) {
            const member = await take(change, group, { ...one, type })
            if (member) removed.push(member)
          }
          found.push(removed.length > before)
        }
        change.values(group.name, { members: removed }, undefined)
        return found
      })
    },
  }

  /** @returns undefined where they are in the group already. */
  async function put(change: Change, group: SsoGroupRow, given: GroupMember): Promise<SsoMemberRow | undefined> {
    const { stores, onCommit } = change
    const member = await rowOf(stores, given)
    if (await stores.ssoGroups.findMember(group.id, member.type, member.principalKey)) return undefined
    if ((await stores.ssoGroups.countMembers(group.id)) >= mostMembers) {
      throw new AccessError('limit_reached', `A group can have no more than ${mostMembers} members`)
    }
    if (member.type === 'group' && (await isCircle(stores, group.name, member.principalKey))) {
      throw invalid(`the group ${shown(member)} would be in itself`)
    }
    await stores.ssoGroups.addMember({ groupId: group.id, ...member })
    onCommit(() => directory.addMember(group.id, member))
    return member
  }

  /** @returns undefined where they are not in the group. */
  async function take({ stores, onCommit }: Change, group: SsoGroupRow, { type, ...given }: GroupMember) {
    const key = principalKey(given.name, given.domain)
    const member = await stores.ssoGroups.findMember(group.id, type, key)
    if (!member) return undefined
    const builtIn = type === 'user' && key === principalKey(administratorName, ssoDomain)
    if (builtIn && group.name === administratorsGroup) {
      throw new AccessError('last_administrator', `${member.name} always is an administrator`)
    }
    await stores.ssoGroups.removeMember(group.id, type, key)
    onCommit(() => directory.removeMember(group.id, type, key))
    return member
  }
}

const shown = ({ name, domain }: Pick<GroupMember, 'name' | 'domain'>) => `${name}@${domain}`
const unknown = (name: string) => new AccessError('not_found', `There is no group ${name}`, { value: name })
const invalid = (text: string) => new AccessError('invalid_field', `name: ${text}`, { field: 'name' })

async function find(stores: Stores, name: string): Promise<SsoGroupRow> {
  const group = await stores.ssoGroups.findByName(name)
  if (!group) throw unknown(name)
  return group
}

/** The member as it is stored: one of our own domain is called as it is called there. */
async function rowOf(stores: Stores, { type, name, domain }: GroupMember): Promise<SsoMemberRow> {
  const lower = domain.toLowerCase()
  if (lower === localDomain) {
    throw new AccessError('invalid_field', `domain: users of ${localDomain} can be in no group`, { field: 'domain' })
  }
  if (lower !== ssoDomain) return { type, name, domain, principalKey: principalKey(name, domain) }
  const found = await (type === 'user' ? stores.ssoUsers : stores.ssoGroups).findByName(name)
  if (!found) throw invalid(`there is no ${type} ${name} in ${ssoDomain}`)
  return { type, name: found.name, domain: ssoDomain, principalKey: principalKey(found.name, ssoDomain) }
}

async function isCircle(stores: Stores, group: string, member: PrincipalKey): Promise<boolean> {
  const names = new Map((await stores.ssoGroups.list()).map(({ id, name }) => [id, principalKey(name, ssoDomain)]))
  const direct = new Map<MemberKey, PrincipalKey[]>()
  for (const { groupId, principalKey: inside } of await stores.ssoGroups.nesting()) {
    const key = memberKey('group', inside)
    direct.set(key, [...(direct.get(key) ?? []), names.get(groupId) as PrincipalKey])
  }
  return makesCircle(principalKey(group, ssoDomain), member, (one) => direct.get(one))
}
