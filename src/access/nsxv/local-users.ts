import { localAccountType } from '../accounts/account.ts'
import type { Directory } from '../accounts/directory.ts'
import { AccessError } from '../errors.ts'
import type { PasswordHashing } from '../passwords/hashing.ts'
import type { NsxvCall } from './call.ts'
import { mostCliAccounts, newCliAccount, requireCliPassword } from './cli-account.ts'
import { parseUserName, requireCliName } from './names.ts'
import { type CliRoleRule, requireCliRole } from './roles.ts'
import { savedNames, savePassword } from './startup.ts'
import { type NsxvUser, rowOf } from './user.ts'
import {
  type Assignment,
  alreadyPresent,
  fixed,
  requireMayGive,
  requireNotAdmin,
  requireSuperUser,
  type UserChanges,
  userNotFound,
} from './user-changes.ts'
import type { NsxvUserView } from './user-view.ts'

/** What a caller may set of a local user; what is absent stays as it is. */
export interface LocalUserFields {
  fullName?: string | undefined
  email?: string | undefined
  enabled?: boolean | undefined
  password?: string | undefined
  assignment?: Assignment | undefined
}

export interface NsxvLocalUserParts {
  realmId: string
  view: NsxvUserView
  directory: Directory
  hashing: PasswordHashing
  cliRoles: CliRoleRule
  changes: UserChanges
}

export type NsxvLocalUsers = ReturnType<typeof createNsxvLocalUsers>

/** Of a name or an address that people read. */
const longestText = 255
const lineBreaking = /[\p{Cc}\p{Zl}\p{Zp}]/u

/** @throws {AccessError} `invalid_field`, `password_rejected` */
function requireFields({ fullName = '', email = '', password }: LocalUserFields): void {
  for (const [field, text] of Object.entries({ fullname: fullName, email })) {
    if (text.length <= longestText && !lineBreaking.test(text) && text.isWellFormed()) continue
    throw new AccessError('invalid_field', `${field} is not one line of up to ${longestText} characters`, { field })
  }
  if (email !== '' && !/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw new AccessError('invalid_field', 'email is not an address; it is name@domain', { field: 'email' })
  }
  if (password !== undefined) requireCliPassword(password)
}

/**
 * The local users of vShield, whom the API makes: accounts of the appliance that may use the API and have no console.
 *
 * @see nsxv-api.md 2.1, old calls; docs/decisions/020-nsxv.md
 */
export function createNsxvLocalUsers(parts: NsxvLocalUserParts) {
  const { realmId, view, directory, hashing, cliRoles, changes } = parts

  return {
    /**
     * Makes a local user. Without a password nobody comes in as they, and without a role they may do nothing.
     *
     * @throws {AccessError} `user_exists`, also for a name that a reboot would bring back; `invalid_field`,
     *   `password_rejected`, `not_found`, `forbidden`, `too_many_users`, `limit_reached`
     */
    async create(call: NsxvCall, name: string, fields: LocalUserFields): Promise<void> {
      const { fullName = '', email = '', enabled = true, password, assignment } = fields
      requireCliName(name)
      requireFields(fields)
      if (assignment) {
        requireMayGive(call, assignment.role)
        requireCliRole(cliRoles, assignment.role)
      }
      const scope = assignment ? changes.scopeOf(assignment) : []
      const user = parseUserName(name)
      const present = view.find(user.key)
      if (present) throw alreadyPresent(present, 'local')
      const passwordHash = password === undefined ? null : await hashing.hash(password)
      await call.change(async (change) => {
        const { stores } = change
        const others = await stores.accounts.listOfRealm(realmId)
        const row = await stores.nsxvUsers.find(user.key)
        if (row) throw alreadyPresent(row, 'local')
        if (others.some(({ username }) => username === name)) throw taken(name, 'is a CLI user')
        if ((await savedNames(stores)).includes(name)) throw taken(name, 'is a CLI user of the saved configuration')
        if (others.length >= mostCliAccounts) {
          throw new AccessError('too_many_users', `No more than ${mostCliAccounts} CLI and local users can exist`)
        }
        const account = await stores.accounts.insert({
          ...newCliAccount(realmId, await stores.realms.takeUserid(realmId), name, passwordHash, call.now),
          accountType: localAccountType,
          active: enabled ? 1 : 0,
        })
        const { userid } = account
        await stores.nsxvWebInterface.grant(realmId, userid)
        const role = assignment?.role ?? null
        const inserted = { origin: 'local', userid, role, scope, fullName, email, enabled } as const
        changes.settle(change, undefined, await changes.insert(change, user, inserted))
        change.onCommit(() => {
          view.setWebInterface(userid, true)
          directory.put(account)
        })
      })
    },

    /**
     * Changes what is given of a local or CLI user, admin among them. What the user has open ends where the password,
     * the role or the enable state becomes another one. A reboot keeps the password.
     *
     * @throws {AccessError} `user_not_found`; `not_supported_for_user` for users of vCenter's, and for another role or
     *   enable state of admin; `forbidden` for who is no System Administrator and changes one, or the password of a
     *   CLI user, which opens a console; `invalid_field`, `password_rejected`, `not_found`
     */
    async change(call: NsxvCall, name: string, fields: LocalUserFields): Promise<NsxvUser> {
      const { password, assignment } = fields
      requireFields(fields)
      const scope = assignment && changes.scopeOf(assignment)
      if (!view.find(parseUserName(name).key)) throw userNotFound(name)
      const passwordHash = password === undefined ? undefined : await hashing.hash(password)
      return call.change(async (change) => {
        const { stores } = change
        const before = await changes.find(change, name)
        const { userid, origin, enabled } = before
        if (userid === null) throw fixed(`User ${before.name} is one of vCenter's`)
        requireMayGive(call, before.role)
        if (passwordHash !== undefined && origin === 'cli') requireSuperUser(call)
        const after = {
          ...before,
          fullName: fields.fullName ?? before.fullName,
          email: fields.email ?? before.email,
          enabled: fields.enabled ?? enabled,
          role: assignment?.role ?? before.role,
          scope: scope ?? before.scope,
          revision: before.revision + 1,
        }
        const otherRole = after.role !== before.role || !sameObjects(after.scope, before.scope)
        if (assignment && otherRole) {
          requireNotAdmin(before, 'given another role')
          requireMayGive(call, assignment.role)
          requireCliRole(cliRoles, assignment.role)
        }
        if (after.enabled !== enabled) requireNotAdmin(before, after.enabled ? 'enabled' : 'disabled')
        await stores.nsxvUsers.update(rowOf(after))
        if (passwordHash !== undefined || after.enabled !== enabled) {
          const account = await stores.accounts.update(realmId, userid, {
            active: after.enabled ? 1 : 0,
            ...(passwordHash === undefined
              ? {}
              : { passwordHash, passwordChangedAt: call.now, passwordResetRequired: 0 }),
          })
          change.onCommit(() => directory.put(account))
        }
        if (passwordHash === undefined) {
          if (otherRole || after.enabled !== enabled) changes.settle(change, before, after)
          else changes.record(change, before, after)
        } else {
          await savePassword(stores, userid, passwordHash)
          changes.settle(change, before, after, { passwordChanged: true })
        }
        return after
      })
    },
  }
}

const sameObjects = (some: readonly string[], others: readonly string[]) =>
  some.length === others.length && some.every((id) => others.includes(id))

const taken = (name: string, why: string) =>
  new AccessError('user_exists', `User already present. ${name} ${why}`, { value: name })
