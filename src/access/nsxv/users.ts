import type { Change } from '../../audit/journal.ts'
import { adminUserid } from '../accounts/account.ts'
import type { Directory } from '../accounts/directory.ts'
import { AccessError } from '../errors.ts'
import type { NsxvCall } from './call.ts'
import { parseUserName, type UserName } from './names.ts'
import { globalRoot, isSuperUser } from './principal.ts'
import { type CliRoleRule, type NsxvRole, nsxvRoles, requireCliRole } from './roles.ts'
import type { ScopingObjects } from './scoping-objects.ts'
import { type NsxvUser, objectIdOf, rowOf, shownOf, userOf } from './user.ts'
import type { NsxvUserView } from './user-view.ts'

export type NsxvUsers = ReturnType<typeof createNsxvUsers>

/** Users and groups that can have a role; inferred, so that their number is bounded. */
const mostUsers = 10_000

/** A role, and the ids of the objects it is for; none: all of them. */
export interface Assignment {
  role: NsxvRole
  resources: readonly string[]
}

export interface NsxvUserParts {
  realmId: string
  view: NsxvUserView
  directory: Directory
  objects: ScopingObjects
  cliRoles: CliRoleRule
  /** Ends what somebody has open, once the change is durable. */
  endSessions(change: Change, user: NsxvUser): void
  /** Ends the tokens of everybody else. */
  endTokensOfOthers(change: Change, keys: readonly string[]): Promise<void>
}

const userNotFound = (name: string) =>
  new AccessError('user_not_found', `User ${name} not found`, { field: 'userId', value: name })

const fixed = (reason: string) => new AccessError('not_supported_for_user', reason)

/** Who has which role on the NSX Manager. @see nsxv-api.md 2 */
export function createNsxvUsers({
  realmId,
  view,
  directory,
  objects,
  cliRoles,
  endSessions,
  endTokensOfOthers,
}: NsxvUserParts) {
  async function find({ stores }: Change, name: string): Promise<NsxvUser> {
    const row = await stores.nsxvUsers.find(parseUserName(name).key)
    if (!row) throw userNotFound(name)
    return userOf(row)
  }

  /** Unscoped roles are for everything, whatever comes with them, and so are others that come with nothing. */
  function scopeOf({ role, resources }: Assignment): string[] {
    if (!nsxvRoles[role].scopable || resources.length === 0 || resources.includes(globalRoot)) return [globalRoot]
    const unknown = resources.find((id) => !objects.find(id))
    if (unknown !== undefined) {
      throw new AccessError('not_found', `There is no object ${unknown}`, { field: 'resourceId', value: unknown })
    }
    return [...new Set(resources)]
  }

  // What comes with it reaches further than any other role: the appliance itself.
  function requireMayGive({ caller }: NsxvCall, ...roles: NsxvRole[]): void {
    if (!roles.includes('super_user') || isSuperUser(caller)) return
    throw new AccessError('forbidden', 'Only a System Administrator makes another, or takes the role away', {
      objectId: globalRoot,
      privilege: 'user_account_management',
    })
  }

  function requireNotAdmin({ userid, name }: NsxvUser, operation: string): void {
    if (userid === adminUserid) throw fixed(`User ${name} cannot be ${operation}`)
  }

  async function insert(
    { stores }: Change,
    { shown, key }: UserName,
    kind: 'cli' | 'user' | 'group',
    userid: number | null,
    role: NsxvRole,
    scope: readonly string[],
  ): Promise<NsxvUser> {
    if ((await stores.nsxvUsers.count()) >= mostUsers) {
      throw new AccessError('limit_reached', `No more than ${mostUsers} users and groups can have a role`)
    }
    const user: NsxvUser = {
      number: await stores.nsxvManager.takeUserNumber(),
      realmId,
      origin: kind === 'cli' ? 'cli' : 'vcenter',
      userid,
      name: shown,
      key,
      group: kind === 'group',
      fullName: '',
      email: '',
      enabled: true,
      role,
      scope,
      revision: 0,
    }
    await stores.nsxvUsers.insert(rowOf(user))
    return user
  }

  function settle(change: Change, before: NsxvUser | undefined, after: NsxvUser | undefined): void {
    const user = (after ?? before) as NsxvUser
    change.values(objectIdOf(user), before && shownOf(before), after && shownOf(after))
    change.onCommit(() => (after ? view.put(after) : view.remove(user.key)))
    if (before) endSessions(change, before)
  }

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
        settle(
          change,
          undefined,
          await insert(change, { shown, key }, kind, account?.userid ?? null, assignment.role, scope),
        )
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
      const user = await insert(change, { shown, key }, 'user', null, role, [globalRoot])
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
        if (before.origin === 'cli') requireCliRole(cliRoles, assignment.role)
        const after = { ...before, role: assignment.role, scope, revision: before.revision + 1 }
        await change.stores.nsxvUsers.update(rowOf(after))
        settle(change, before, after)
        return after
      })
    },

    /**
     * Takes the role of a user or group of vCenter's away, who are not known here from then on.
     *
     * @throws {AccessError} `user_not_found`, `forbidden`; `not_supported_for_user` for an account of the command
     *   line, which loses its role with the account.
     */
    async remove(call: NsxvCall, name: string): Promise<void> {
      await call.change(async (change) => {
        const before = await find(change, name)
        if (before.origin === 'cli') throw fixed(`The role of CLI user ${before.name} goes with the account only`)
        requireMayGive(call, before.role)
        await change.stores.nsxvUsers.remove(before.number)
        settle(change, before, undefined)
      })
    },

    /**
     * `database erase`: takes all roles away but those of admin and of who registered the manager with vCenter, and
     * ends all tokens but theirs.
     *
     * @param registrar As paths of the API spell the name.
     */
    async removeAll(call: NsxvCall, registrar: string): Promise<void> {
      await call.change(async (change) => {
        const kept = ['admin', parseUserName(registrar).key]
        const removed = (await change.stores.nsxvUsers.removeOthers(kept)).map(userOf)
        await endTokensOfOthers(change, kept)
        for (const user of removed) {
          change.onCommit(() => view.remove(user.key))
          endSessions(change, user)
        }
        change.values('database', { users: removed.length }, undefined)
      })
    },

    /**
     * Lets somebody in again, or keeps them out; an account of the command line from its console too.
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

/** The text is the product's; what follows says what to do. @see nsxv-api.md 3.4 */
function alreadyPresent({ name, origin }: NsxvUser, kind: 'cli' | 'user' | 'group'): AccessError {
  const why =
    kind === 'cli' && origin === 'vcenter'
      ? `. ${name} was added as a vCenter user; delete that user before you assign a role to the CLI user`
      : ''
  return new AccessError('user_exists', `User already present${why}`, { value: name })
}
