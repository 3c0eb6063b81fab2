import type { Change } from '../../audit/journal.ts'
import type { Directory } from '../accounts/directory.ts'
import type { NsxvCall } from './call.ts'
import { parseUserName, type UserName } from './names.ts'
import { globalRoot } from './principal.ts'
import { type CliRoleRule, type NsxvRole, requireCliRole } from './roles.ts'
import { type NsxvUser, rowOf, userOf } from './user.ts'
import {
  type Assignment,
  alreadyPresent,
  fixed,
  requireMayGive,
  requireNotAdmin,
  type UserChanges,
  userNotFound,
} from './user-changes.ts'
import type { NsxvUserView } from './user-view.ts'

export type NsxvUsers = ReturnType<typeof createNsxvUsers>

export interface NsxvUserParts {
  realmId: string
  view: NsxvUserView
  directory: Directory
  cliRoles: CliRoleRule
  changes: UserChanges
  /** Ends what somebody has open, once the change is durable. */
  endSessions(change: Change, user: NsxvUser): void
  /** Ends the tokens of everybody else. */
  endTokensOfOthers(change: Change, keys: readonly string[]): Promise<void>
  removeAccount(change: Change, userid: number): Promise<void>
}

/** Who has which role on the NSX Manager. @see nsxv-api.md 2 */
export function createNsxvUsers(parts: NsxvUserParts) {
  const { realmId, view, directory, cliRoles, changes } = parts
  const { find, scopeOf, insert, settle } = changes

  return {
    /** In the order in which they came. */
    list: (): NsxvUser[] => view.list(),

    /** Whether somebody has a role of their own. */
    has: (name: string): boolean => view.find(parseUserName(name).key) !== undefined,

    /** @throws {AccessError} `invalid_field`, `user_not_found` */
    read(name: string): NsxvUser {
      const user = view.find(parseUserName(name).key)
      if (!user) throw userNotFound(name)
      return user
    },

    /**
     * Gives a first role: to an account of the command line that has none, or to a user or group of vCenter's, whom
     * nobody asks whether they exist.
     *
     * @param kind `cli`: the name is an account's.
     * @throws {AccessError} `user_exists`; `user_not_found` where there is no such account; `not_found` for an unknown
     *   object; `invalid_field`, `forbidden`, `limit_reached`
     * @see nsxv-api.md 2.1, 3.4
     */
    async assign(call: NsxvCall, name: string, kind: 'cli' | 'user' | 'group', assignment: Assignment): Promise<void> {
      const { shown, key } = parseUserName(name)
      requireMayGive(call, assignment.role)
      if (kind === 'cli') requireCliRole(cliRoles, assignment.role)
      const scope = scopeOf(assignment)
      await call.change(async (change) => {
        const row = await change.stores.nsxvUsers.find(key)
        if (row) throw alreadyPresent(userOf(row), kind)
        const account = kind === 'cli' ? await change.stores.accounts.findByName(realmId, shown) : undefined
        if (kind === 'cli' && !account) throw userNotFound(name)
        const { role } = assignment
        const origin = kind === 'cli' ? 'cli' : 'vcenter'
        const user = { origin, userid: account?.userid ?? null, group: kind === 'group', role, scope } as const
        settle(change, undefined, await insert(change, { shown, key }, user))
      })
    },

    /**
     * Gives a user of vCenter's a first role for everything, as a part of a larger change.
     *
     * @returns false for who has one already, and keeps it.
     */
    async giveIfNone(change: Change, call: NsxvCall, { shown, key }: UserName, role: NsxvRole): Promise<boolean> {
      if (await change.stores.nsxvUsers.find(key)) return false
      requireMayGive(call, role)
      const user = await insert(change, { shown, key }, { origin: 'vcenter', userid: null, role, scope: [globalRoot] })
      change.onCommit(() => view.put(user))
      return true
    },

    /**
     * Puts another role in the place of the one there is. What the user has open ends.
     *
     * @throws {AccessError} `user_not_found`; `not_supported_for_user` for admin; `not_found`, `invalid_field`, `forbidden`
     */
    async change(call: NsxvCall, name: string, assignment: Assignment): Promise<NsxvUser> {
      const scope = scopeOf(assignment)
      return call.change(async (change) => {
        const before = await find(change, name)
        requireNotAdmin(before, 'given another role')
        requireMayGive(call, assignment.role, before.role)
        if (before.userid !== null) requireCliRole(cliRoles, assignment.role)
        const after = { ...before, role: assignment.role, scope, revision: before.revision + 1 }
        await change.stores.nsxvUsers.update(rowOf(after))
        settle(change, before, after)
        return after
      })
    },

    /**
     * Takes the role of a user or group of vCenter's away, who are not known here from then on.
     *
     * @throws {AccessError} `user_not_found`, `forbidden`; `not_supported_for_user` for an account of the appliance's
     *   own, which loses its role with the account.
     */
    async remove(call: NsxvCall, name: string): Promise<void> {
      await call.change(async (change) => {
        const before = await find(change, name)
        if (before.userid !== null) throw fixed(`User ${before.name} and the role go with the account only`)
        requireMayGive(call, before.role)
        await change.stores.nsxvUsers.remove(before.number)
        settle(change, before, undefined)
      })
    },

    /**
     * `database erase`: takes all roles away but those of admin and of who registered the manager with vCenter, all
     * local users, and all tokens but theirs.
     *
     * @param registrar As paths of the API spell the name.
     */
    async removeAll(call: NsxvCall, registrar: string): Promise<void> {
      await call.change(async (change) => {
        const kept = ['admin', parseUserName(registrar).key]
        const removed = (await change.stores.nsxvUsers.removeOthers(kept)).map(userOf)
        await parts.endTokensOfOthers(change, kept)
        for (const user of removed) {
          change.onCommit(() => view.remove(user.key))
          parts.endSessions(change, user)
          if (user.origin === 'local' && user.userid !== null) await parts.removeAccount(change, user.userid)
        }
        change.values('database', { users: removed.length }, undefined)
      })
    },

    /**
     * Lets somebody in again, or keeps them out; a CLI user from the console too.
     *
     * @throws {AccessError} `user_not_found`, `forbidden`; `not_supported_for_user` for admin.
     */
    async setEnabled(call: NsxvCall, name: string, enabled: boolean): Promise<void> {
      await call.change(async (change) => {
        const before = await find(change, name)
        requireNotAdmin(before, enabled ? 'enabled' : 'disabled')
        requireMayGive(call, before.role)
        const after = { ...before, enabled, revision: before.revision + 1 }
        await change.stores.nsxvUsers.update(rowOf(after))
        if (before.userid !== null) {
          const account = await change.stores.accounts.update(realmId, before.userid, { active: enabled ? 1 : 0 })
          change.onCommit(() => directory.put(account))
        }
        settle(change, before, after)
      })
    },
  }
}
