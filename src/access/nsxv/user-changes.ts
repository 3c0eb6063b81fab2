import type { Change } from '../../audit/journal.ts'
import { adminUserid } from '../accounts/account.ts'
import { AccessError } from '../errors.ts'
import type { NsxvCall } from './call.ts'
import { parseUserName, type UserName } from './names.ts'
import { globalRoot, isSuperUser } from './principal.ts'
import { type NsxvRole, nsxvRoles } from './roles.ts'
import type { ScopingObjects } from './scoping-objects.ts'
import { type NsxvUser, objectIdOf, rowOf, shownOf, userOf } from './user.ts'
import type { NsxvUserView } from './user-view.ts'

/** Users and groups that can have a role; inferred, so that their number is bounded. */
const mostUsers = 10_000

/** A role, and the ids of the objects it is for; none: all of them. */
export interface Assignment {
  role: NsxvRole
  resources: readonly string[]
}

export interface UserChangeParts {
  realmId: string
  view: NsxvUserView
  objects: ScopingObjects
  /** Ends what somebody has open, once the change is durable. */
  endSessions(change: Change, user: NsxvUser): void
}

export type UserChanges = ReturnType<typeof createUserChanges>

/** What all changes of users have in common. */
export function createUserChanges({ realmId, view, objects, endSessions }: UserChangeParts) {
  function record(change: Change, before: NsxvUser | undefined, after: NsxvUser | undefined, more: object = {}): void {
    const user = (after ?? before) as NsxvUser
    change.values(objectIdOf(user), before && shownOf(before), after && { ...shownOf(after), ...more })
    change.onCommit(() => (after ? view.put(after) : view.remove(user.key)))
  }

  return {
    /** @throws {AccessError} `invalid_field`, `user_not_found` */
    async find({ stores }: Change, name: string): Promise<NsxvUser> {
      const row = await stores.nsxvUsers.find(parseUserName(name).key)
      if (!row) throw userNotFound(name)
      return userOf(row)
    },

    /**
     * Unscoped roles are for everything, whatever comes with them, and so are others that come with nothing.
     *
     * @throws {AccessError} `not_found` for an unknown object.
     */
    scopeOf({ role, resources }: Assignment): string[] {
      if (!nsxvRoles[role].scopable || resources.length === 0 || resources.includes(globalRoot)) return [globalRoot]
      const unknown = resources.find((id) => !objects.find(id))
      if (unknown !== undefined) {
        throw new AccessError('not_found', `There is no object ${unknown}`, { field: 'resourceId', value: unknown })
      }
      return [...new Set(resources)]
    },

    /** @throws {AccessError} `limit_reached` */
    async insert(
      { stores }: Change,
      { shown, key }: UserName,
      user: Pick<NsxvUser, 'origin' | 'userid' | 'role' | 'scope'> & Partial<NsxvUser>,
    ): Promise<NsxvUser> {
      if ((await stores.nsxvUsers.count()) >= mostUsers) {
        throw new AccessError('limit_reached', `No more than ${mostUsers} users and groups can have a role`)
      }
      const inserted: NsxvUser = {
        number: await stores.nsxvManager.takeUserNumber(),
        realmId,
        name: shown,
        key,
        group: false,
        fullName: '',
        email: '',
        enabled: true,
        revision: 0,
        ...user,
      }
      await stores.nsxvUsers.insert(rowOf(inserted))
      return inserted
    },

    /** Notes what a change makes of a user. @param more For the audit log, besides what it keeps of every user. */
    record,

    /** The same where what the user has open ends with it. */
    settle(change: Change, before: NsxvUser | undefined, after: NsxvUser | undefined, more?: object): void {
      record(change, before, after, more)
      if (before) endSessions(change, before)
    },
  }
}

/** What super_user gives reaches further than any other role: the appliance itself. @throws {AccessError} `forbidden` */
export function requireMayGive(call: NsxvCall, ...roles: (NsxvRole | null)[]): void {
  if (roles.includes('super_user')) requireSuperUser(call)
}

/** @throws {AccessError} `forbidden` */
export function requireSuperUser({ caller }: NsxvCall): void {
  if (isSuperUser(caller)) return
  throw new AccessError('forbidden', 'Only a System Administrator may do this', {
    objectId: globalRoot,
    privilege: 'user_account_management',
  })
}

/** @throws {AccessError} `not_supported_for_user` */
export function requireNotAdmin({ userid, name }: NsxvUser, operation: string): void {
  if (userid === adminUserid) throw fixed(`User ${name} cannot be ${operation}`)
}

export const userNotFound = (name: string) =>
  new AccessError('user_not_found', `User ${name} not found`, { field: 'userId', value: name })

export const fixed = (reason: string) => new AccessError('not_supported_for_user', reason)

/** The text is the product's; what follows says what to do. @see nsxv-api.md 3.4 */
export function alreadyPresent(
  { name, origin }: Pick<NsxvUser, 'name' | 'origin'>,
  kind: 'cli' | 'local' | 'user' | 'group',
): AccessError {
  const why =
    (kind === 'cli' || kind === 'local') && origin === 'vcenter'
      ? `. ${name} was added as a vCenter user; delete that user before you ${kind === 'cli' ? 'assign a role to the CLI user' : 'add a local user'}`
      : ''
  return new AccessError('user_exists', `User already present${why}`, { value: name })
}
