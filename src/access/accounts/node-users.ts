import { randomUUID } from 'node:crypto'
import type { Change } from '../../audit/journal.ts'
import type { Stores } from '../../store/stores.ts'
import type { Call } from '../call.ts'
import { AccessError } from '../errors.ts'
import { firstRevision } from '../managed.ts'
import { ofLocalUser } from '../roles/role-bindings.ts'
import type { RolesForPath } from '../roles/roles-for-paths.ts'
import type { Consoles } from '../sessions/consoles.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { ConsoleDoor } from '../sign-in/console-door.ts'
import type { Credentials, Door } from '../sign-in/door.ts'
import type { Lockouts } from '../sign-in/lockouts.ts'
import { type Account, accountStatus, adminUserid, auditUserid, rootUserid } from './account.ts'
import type { Directory } from './directory.ts'
import type { NewPassword, PasswordChanges } from './password-changes.ts'
import { isReservedUsername, requireUsername } from './username.ts'

/** Accounts a realm has at most, root not counted. @see nsx-api.md 2.4 */
export const mostAccounts = 14

export const defaultChangeFrequency = 90
export const defaultChangeWarning = 7

/** What a caller may set of an account; what is absent stays or takes its default. */
export interface AccountFields {
  username?: string
  fullName?: string
  passwordChangeFrequency?: number
  passwordChangeWarning?: number
}

/** What only the making of an account can set. */
export interface NewAccountFields extends AccountFields {
  /** Whether the password must be changed before anything else. */
  passwordResetRequired?: boolean
}

export type NodeUsers = ReturnType<typeof createNodeUsers>

export interface NodeUserParts {
  stores: Stores
  directory: Directory
  passwords: PasswordChanges
  sessions: Sessions
  consoles: Consoles
  lockouts: Lockouts
  door: Door
  consoleDoor: ConsoleDoor
  /** Where principal identities have their names too. */
  managerRealms: ReadonlySet<string>
}

/** The local users of a realm and what may happen to them. */
export function createNodeUsers(parts: NodeUserParts) {
  const { stores, directory, passwords, sessions, consoles, lockouts } = parts

  async function find(realmId: string, userid: number, inside = stores): Promise<Account> {
    const account = await inside.accounts.find(realmId, userid)
    if (!account) throw new AccessError('user_not_found', `User ${userid} not found`)
    return account
  }

  /** Root and admin can be changed, but neither switched off nor taken over without their password. */
  function requireOrdinary(userid: number, operation: string): void {
    if (userid !== rootUserid && userid !== adminUserid) return
    throw new AccessError('not_supported_for_user', `Operation ${operation} is not supported for user ${userid}`)
  }

  async function requireFreeName({ stores: inside }: Change, realmId: string, name: string, userid?: number) {
    const accounts = await inside.accounts.listOfRealm(realmId)
    const taken = accounts.some((a) => a.username.toLowerCase() === name.toLowerCase() && a.userid !== userid)
    if (taken) throw new AccessError('user_exists', `User ${name} already exists`)
    const own = accounts.find((a) => a.userid === userid)?.username
    const isNew = own?.toLowerCase() !== name.toLowerCase()
    // The audit log tells callers by their names.
    if (isNew && parts.managerRealms.has(realmId) && (await inside.principalIdentities.isNameTaken(name))) {
      throw new AccessError('user_exists', `A principal identity with the name ${name} already exists`)
    }
    return accounts
  }

  /** Tells the views of an account that has changed and, where its password or status has, ends its sessions and consoles. */
  async function settle(change: Change, call: Call, before: Account | undefined, after: Account, end: boolean) {
    change.values(String(after.userid), before, after)
    change.onCommit(() => directory.put(after))
    if (!end) return
    await sessions.endOfAccount(change, after.realmId, after.userid, call.session)
    consoles.endOfAccount(change, after.realmId, after.userid, after.active ? call.console : undefined)
  }

  async function insert(
    call: Call,
    realmId: string,
    kind: { userid?: number; accountType: 'guest' | 'audit' | 'service' },
    username: string,
    fields: NewAccountFields,
    password: NewPassword | undefined,
  ): Promise<Account> {
    return call.change(async (change) => {
      const others = await requireFreeName(change, realmId, username)
      if (others.filter((a) => a.userid !== rootUserid).length >= mostAccounts) {
        throw new AccessError('too_many_users', `No more than ${mostAccounts} local users can exist`)
      }
      if (kind.accountType === 'audit' && others.some((a) => a.accountType === 'audit')) {
        throw new AccessError('user_exists', 'The audit user already exists')
      }
      const userid = kind.userid ?? (await change.stores.realms.takeUserid(realmId))
      const inserted = await change.stores.accounts.insert({
        realmId,
        userid,
        username,
        fullName: fields.fullName ?? '',
        accountType: kind.accountType,
        active: 0,
        passwordHash: null,
        passwordChangedAt: call.now,
        passwordChangeFrequency: fields.passwordChangeFrequency ?? defaultChangeFrequency,
        passwordChangeWarning: fields.passwordChangeWarning ?? defaultChangeWarning,
        passwordResetRequired: 0,
      })
      // Every local user comes with a binding of its own; a guest is an auditor until told otherwise.
      const roles: RolesForPath[] = [{ path: '/', roles: ['auditor'] }]
      await change.stores.roleBindings.insert({
        id: randomUUID(),
        ...ofLocalUser(realmId, userid),
        rolesForPaths: JSON.stringify(roles),
        ...firstRevision('system', call.now),
      })
      const account = password
        ? await passwords.store(change, inserted, password, call.now, {
            passwordResetRequired: fields.passwordResetRequired ? 1 : 0,
          })
        : inserted
      change.values(String(userid), undefined, account)
      change.onCommit(() => directory.put(account, roles))
      return account
    })
  }

  const acceptNew = (realmId: string, password: string | undefined) =>
    password === undefined ? undefined : passwords.accept(realmId, password)

  return {
    list: (realmId: string): Promise<Account[]> => stores.accounts.listOfRealm(realmId),

    /** @throws {AccessError} `user_not_found` */
    read: (realmId: string, userid: number): Promise<Account> => find(realmId, userid),

    /**
     * Makes a guest user, or one for a program: NOT_ACTIVATED, or ACTIVE if a password comes with it.
     *
     * @throws {AccessError} `not_supported_for_user` for a reserved name; `user_exists`, `too_many_users`,
     *   `invalid_field`, `password_rejected`
     */
    async create(
      call: Call,
      realmId: string,
      fields: NewAccountFields & { username: string },
      password?: string,
      accountType: 'guest' | 'service' = 'guest',
    ) {
      requireUsername(fields.username)
      if (isReservedUsername(fields.username)) {
        throw new AccessError('not_supported_for_user', `User name ${fields.username} is reserved`)
      }
      const accepted = await acceptNew(realmId, password)
      return insert(call, realmId, { accountType }, fields.username, fields, accepted)
    },

    /** Makes the realm's audit user again, named `audit` unless told otherwise. @throws as `create` */
    async createAudit(call: Call, realmId: string, fields: NewAccountFields, password?: string): Promise<Account> {
      const username = fields.username ?? 'audit'
      requireUsername(username)
      if (isReservedUsername(username) && username.toLowerCase() !== 'audit') {
        throw new AccessError('not_supported_for_user', `User name ${username} is reserved`)
      }
      const accepted = await acceptNew(realmId, password)
      return insert(call, realmId, { userid: auditUserid, accountType: 'audit' }, username, fields, accepted)
    },

    /**
     * Changes what is given and leaves the rest. A password needs the old one with it.
     *
     * @param activates Whether a password together with an empty old one activates an account that has none: so it is
     *   where no activate call exists, on edges.
     * @throws {AccessError} `user_not_found`, `user_exists`, `not_supported_for_user`, `invalid_field`,
     *   `old_password_wrong`, `password_rejected`
     */
    async update(
      call: Call,
      realmId: string,
      userid: number,
      fields: AccountFields,
      password: { new: string; old: string | undefined } | undefined,
      activates: boolean,
    ): Promise<Account> {
      const found = await find(realmId, userid)
      const { username } = fields
      if (username !== undefined && username !== found.username) {
        if (userid === rootUserid) {
          throw new AccessError('not_supported_for_user', 'The username of user 0 must be root')
        }
        requireUsername(username)
        const own = { [adminUserid]: 'admin', [auditUserid]: 'audit' }[userid]
        if (isReservedUsername(username) && username.toLowerCase() !== own) {
          throw new AccessError('not_supported_for_user', `User name ${username} is reserved`)
        }
      }
      if (!password) {
        return call.change(async (change) => {
          const before = await find(realmId, userid, change.stores)
          if (username !== undefined) await requireFreeName(change, realmId, username, userid)
          const after =
            Object.keys(fields).length > 0 ? await change.stores.accounts.update(realmId, userid, fields) : before
          await settle(change, call, before, after, false)
          return after
        })
      }

      const activating = activates && !found.active && password.old === ''
      if (!found.active && !activating) {
        throw new AccessError('not_supported_for_user', `User ${userid} is not activated; activate it with a password`)
      }
      if (password.old === undefined) {
        throw new AccessError('invalid_field', 'required property old_password is missing')
      }
      const matched = activating ? null : await passwords.requireOld(found, password.old)
      const accepted = await passwords.accept(realmId, password.new, found, password.old || undefined)
      return call.change(async (change) => {
        const before = await find(realmId, userid, change.stores)
        if (matched !== null) await passwords.requireUnchanged(change, before, matched)
        if (username !== undefined) await requireFreeName(change, realmId, username, userid)
        const after = await passwords.store(change, before, accepted, call.now, { ...fields, passwordResetRequired: 0 })
        await settle(change, call, before, after, true)
        return after
      })
    },

    /** @throws {AccessError} `user_not_found`; `not_supported_for_user` for root and admin. */
    async remove(call: Call, realmId: string, userid: number): Promise<void> {
      await find(realmId, userid)
      requireOrdinary(userid, 'delete')
      await call.change(async (change) => {
        const before = await find(realmId, userid, change.stores)
        await sessions.endOfAccount(change, realmId, userid)
        consoles.endOfAccount(change, realmId, userid)
        await change.stores.accounts.remove(realmId, userid)
        change.values(String(userid), before, undefined)
        await lockouts.forget(change, realmId, String(userid))
        change.onCommit(() => directory.remove(realmId, userid))
      })
    },

    /**
     * Gives a deactivated account a password and lets it sign in; its days count from now.
     *
     * @throws {AccessError} `user_not_found`, `password_rejected`; `not_supported_for_user` for root and admin.
     */
    async activate(call: Call, realmId: string, userid: number, password: string): Promise<Account> {
      const found = await find(realmId, userid)
      requireOrdinary(userid, 'activate')
      const accepted = await passwords.accept(realmId, password, found)
      return call.change(async (change) => {
        const before = await find(realmId, userid, change.stores)
        const after = await passwords.store(change, before, accepted, call.now, { passwordResetRequired: 0 })
        await settle(change, call, before, after, true)
        return after
      })
    },

    /** Takes the password away until the account is activated again. @throws as `activate` */
    async deactivate(call: Call, realmId: string, userid: number): Promise<Account> {
      await find(realmId, userid)
      requireOrdinary(userid, 'deactivate')
      return call.change(async (change) => {
        const before = await find(realmId, userid, change.stores)
        const after = await change.stores.accounts.update(realmId, userid, {
          active: 0,
          passwordHash: null,
          passwordResetRequired: 0,
        })
        await settle(change, call, before, after, true)
        return after
      })
    },

    /**
     * Sets another user's password, which that user must change before anything else. Its days go on counting.
     *
     * @throws {AccessError} `user_not_found`, `password_rejected`; `not_supported_for_user` for root, admin and
     *   accounts that are not active.
     */
    async resetPassword(call: Call, realmId: string, userid: number, password: string): Promise<void> {
      const found = await find(realmId, userid)
      requireOrdinary(userid, 'reset_password')
      requireActive(found, call.now)
      const accepted = await passwords.accept(realmId, password, found)
      await call.change(async (change) => {
        const before = await find(realmId, userid, change.stores)
        requireActive(before, call.now)
        const { passwordChangedAt } = before
        const fields = { passwordResetRequired: 1, passwordChangedAt }
        const after = await passwords.store(change, before, accepted, call.now, fields)
        await settle(change, call, before, after, true)
      })
    },

    /**
     * Sets the caller's own password. Wrong old passwords count like failed sign-ins, on a console as those on consoles.
     *
     * @param presented Where the call came from, and the old password.
     * @throws {AccessError} `old_password_wrong`, `password_rejected`
     */
    async resetOwnPassword(
      call: Call,
      presented: Pick<Credentials, 'applianceId' | 'source'> & { password: string },
      password: string,
    ): Promise<void> {
      const { caller } = call
      if (caller.kind !== 'local_user') throw new AccessError('not_supported_for_user', 'The user has no password here')
      const { account } = caller
      const { realmId, username } = account
      const door = call.console ? parts.consoleDoor : parts.door
      await door.confirm({ ...presented, realmId, name: username }, caller)
      const matched = await passwords.requireOld(account, presented.password)
      const accepted = await passwords.accept(realmId, password, account, presented.password)
      await call.change(async (change) => {
        const before = await find(realmId, account.userid, change.stores)
        await passwords.requireUnchanged(change, before, matched)
        const after = await passwords.store(change, before, accepted, call.now, { passwordResetRequired: 0 })
        await settle(change, call, before, after, true)
      })
    },
  }

  function requireActive(account: Account, now: number): void {
    const status = accountStatus(account, now)
    if (status === 'ACTIVE') return
    throw new AccessError('not_supported_for_user', `User ${account.userid} is ${status}, and must be ACTIVE`)
  }
}
