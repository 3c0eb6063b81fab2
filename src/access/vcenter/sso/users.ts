import { randomUUID } from 'node:crypto'
import type { Change } from '../../../audit/journal.ts'
import type { Stores } from '../../../store/stores.ts'
import { AccessError } from '../../errors.ts'
import type { Lockouts } from '../../sign-in/lockouts.ts'
import type { VcenterCall } from '../call.ts'
import { principalKey, ssoDomain } from '../principal.ts'
import type { VcenterSessions } from '../sessions.ts'
import type { SsoDirectory } from './directory.ts'
import type { VcenterDoor } from './door.ts'
import { usersGroup } from './ground.ts'
import type { SsoPasswords } from './passwords.ts'
import type { SsoPolicies } from './policies.ts'
import { mustChangePassword, type SsoUser } from './user.ts'
import { requirePrincipalName } from './user-name.ts'

/** Users of vCenter's own domain there can be. */
const mostUsers = 10_000

/** What a caller may set of a user; what is absent stays or takes its default. */
export interface SsoUserFields {
  firstName?: string
  lastName?: string
  email?: string
  description?: string
  disabled?: boolean
}

/** A user with what is not the user's alone. */
export interface SsoUserState {
  user: SsoUser
  /** Whether failed sign-ins lock the account, be it for one address only. */
  locked: boolean
  mustChangePassword: boolean
}

export interface SsoUserParts {
  directory: SsoDirectory
  policies: SsoPolicies
  passwords: SsoPasswords
  sessions: VcenterSessions
  lockouts: Lockouts
  door: VcenterDoor
}

export type SsoUsers = ReturnType<typeof createSsoUsers>

/** The users of vCenter's own domain and what may happen to them. Whoever calls has been found to be allowed to. */
export function createSsoUsers({ directory, policies, passwords, sessions, lockouts, door }: SsoUserParts) {
  function stateOf(user: SsoUser, now: number, locked: ReadonlySet<string>): SsoUserState {
    return {
      user,
      locked: locked.has(user.id),
      mustChangePassword: mustChangePassword(user, policies.read(), now),
    }
  }

  /** Tells the views of a user that has changed. @param unlocked Whether the change forgets failed sign-ins. */
  function settle(
    change: Change,
    before: SsoUser | undefined,
    after: SsoUser,
    now: number,
    unlocked = false,
  ): SsoUserState {
    const locked = lockouts.lockedSubjects(ssoDomain)
    const state = stateOf(after, now, unlocked ? new Set() : locked)
    change.values(after.name, before && stateOf(before, now, locked), state)
    change.onCommit(() => directory.putUser(after))
    return state
  }

  function requireOther(call: VcenterCall, user: SsoUser): void {
    if (call.caller?.key !== principalKey(user.name, ssoDomain)) return
    throw new AccessError('not_supported_for_user', 'Your own password is changed with the old one, not reset')
  }

  return {
    /** In the order of their names. */
    list(now: number): SsoUserState[] {
      const locked = lockouts.lockedSubjects(ssoDomain)
      return directory.users().map((user) => stateOf(user, now, locked))
    },

    /** @throws {AccessError} `user_not_found` */
    read(name: string, now: number): SsoUserState {
      const user = directory.userNamed(name)
      if (!user) throw unknown(name)
      return stateOf(user, now, lockouts.lockedSubjects(ssoDomain))
    },

    /**
     * Makes a user, who is a member of the group of all users from then on.
     *
     * @param mustChange Whether the password opens nothing until the user has changed it.
     * @throws {AccessError} `invalid_field`, `password_rejected`, `user_exists`, `limit_reached`
     */
    async create(
      call: VcenterCall,
      name: string,
      fields: SsoUserFields,
      password: string,
      mustChange: boolean,
    ): Promise<SsoUserState> {
      requirePrincipalName(name)
      const passwordHash = await passwords.accept(password)
      return call.change(async (change) => {
        const { ssoUsers, ssoGroups } = change.stores
        if (await ssoUsers.findByName(name)) {
          throw new AccessError('user_exists', `There is a user ${name} already`, { field: 'name', value: name })
        }
        if ((await ssoUsers.count()) >= mostUsers) {
          throw new AccessError('limit_reached', `There can be no more than ${mostUsers} users`)
        }
        const user = await ssoUsers.insert({
          id: randomUUID(),
          name,
          firstName: fields.firstName ?? '',
          lastName: fields.lastName ?? '',
          email: fields.email ?? '',
          description: fields.description ?? '',
          builtIn: 0,
          disabled: fields.disabled ? 1 : 0,
          passwordHash,
          passwordChangedAt: call.now,
          passwordMustChange: mustChange ? 1 : 0,
        })
        await passwords.remember(change.stores, user, passwordHash)
        const state = settle(change, undefined, user, call.now)
        const everybody = await ssoGroups.findByName(usersGroup)
        if (everybody) {
          const key = principalKey(name, ssoDomain)
          const member = { type: 'user', name, domain: ssoDomain, principalKey: key } as const
          await ssoGroups.addMember({ groupId: everybody.id, ...member })
          change.onCommit(() => directory.addMember(everybody.id, member))
        }
        return state
      })
    },

    /**
     * Changes what is given and leaves the rest. Disabling a user ends the user's sessions.
     *
     * @throws {AccessError} `user_not_found`; `not_supported_for_user` for the administrator, who is never disabled.
     */
    update(call: VcenterCall, name: string, { disabled, ...texts }: SsoUserFields): Promise<SsoUserState> {
      return call.change(async (change) => {
        const before = await find(change.stores, name)
        if (disabled && before.builtIn) throw fixed(before, 'disabled')
        const fields = { ...texts, ...(disabled === undefined ? {} : { disabled: disabled ? 1 : 0 }) }
        const after = Object.keys(fields).length > 0 ? await change.stores.ssoUsers.update(before.id, fields) : before
        if (disabled) await sessions.endOfUser(change, before.id)
        return settle(change, before, after, call.now)
      })
    },

    /**
     * Removes a user from the domain and from its groups, and ends the user's sessions.
     *
     * @throws {AccessError} `user_not_found`; `not_supported_for_user` for the administrator.
     */
    remove(call: VcenterCall, name: string): Promise<void> {
      return call.change(async (change) => {
        const before = await find(change.stores, name)
        if (before.builtIn) throw fixed(before, 'deleted')
        const key = principalKey(before.name, ssoDomain)
        await sessions.endOfUser(change, before.id)
        await lockouts.forget(change, ssoDomain, before.id)
        const groupIds = await change.stores.ssoGroups.removeEverywhere('user', key)
        await change.stores.ssoUsers.remove(before.id)
        change.values(before.name, stateOf(before, call.now, lockouts.lockedSubjects(ssoDomain)), undefined)
        change.onCommit(() => {
          for (const groupId of groupIds) directory.removeMember(groupId, 'user', key)
          directory.removeUser(before.id)
        })
      })
    },

    /**
     * Sets another user's password, which ends the user's sessions and unlocks the account.
     *
     * @param mustChange Whether it opens nothing until the user has changed it.
     * @throws {AccessError} `user_not_found`, `password_rejected`; `not_supported_for_user` for the caller's own.
     */
    async resetPassword(call: VcenterCall, name: string, password: string, mustChange: boolean): Promise<SsoUserState> {
      const found = directory.userNamed(name)
      if (!found) throw unknown(name)
      requireOther(call, found)
      const accepted = await passwords.accept(password, found)
      return call.change(async (change) => {
        const before = await find(change.stores, name)
        // Somebody else of that name may have come meanwhile.
        if (before.id !== found.id) throw unknown(name)
        const after = await passwords.store(change, before, accepted, mustChange, call.now)
        await sessions.endOfUser(change, before.id)
        await lockouts.forget(change, ssoDomain, before.id)
        return settle(change, before, after, call.now, true)
      })
    },

    /**
     * Changes a password on the strength of the old one, which is all that is needed. Wrong old ones count like failed
     * sign-ins. The user's sessions end, but for the one that calls.
     *
     * @param presented Where the call came from, and the old password.
     * @throws {AccessError} `old_password_wrong`, `password_rejected`
     */
    async changePassword(
      call: VcenterCall,
      user: SsoUser,
      presented: { password: string; source: string },
      password: string,
    ): Promise<SsoUserState> {
      await door.confirm(user, presented)
      if (password === presented.password) {
        throw new AccessError('password_rejected', 'The password is the old one', { field: 'password' })
      }
      const accepted = await passwords.accept(password, user)
      return call.change(async (change) => {
        const before = await change.stores.ssoUsers.find(user.id)
        if (!before || before.passwordVersion !== user.passwordVersion) throw wrongOld()
        const after = await passwords.store(change, before, accepted, false, call.now)
        await sessions.endOfUser(change, user.id, call.sessionKey)
        return settle(change, before, after, call.now)
      })
    },

    /** Forgets the failed sign-ins of a user. @throws {AccessError} `user_not_found` */
    unlock(call: VcenterCall, name: string): Promise<SsoUserState> {
      return call.change(async (change) => {
        const user = await find(change.stores, name)
        await lockouts.forget(change, ssoDomain, user.id)
        return settle(change, user, user, call.now, true)
      })
    },
  }
}

const unknown = (name: string) => new AccessError('user_not_found', `There is no user ${name}`, { value: name })
const wrongOld = () => new AccessError('old_password_wrong', 'The old password is incorrect')
const fixed = ({ name }: SsoUser, what: string) =>
  new AccessError('not_supported_for_user', `${name} comes with the domain and cannot be ${what}`)

async function find(stores: Stores, name: string): Promise<SsoUser> {
  const user = await stores.ssoUsers.findByName(name)
  if (!user) throw unknown(name)
  return user
}
