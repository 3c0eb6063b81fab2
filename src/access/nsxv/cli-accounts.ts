import type { Change } from '../../audit/journal.ts'
import type { Stores } from '../../store/stores.ts'
import { type Account, adminUserid, hasConsole } from '../accounts/account.ts'
import { AccessError } from '../errors.ts'
import type { PasswordHashing } from '../passwords/hashing.ts'
import type { Consoles } from '../sessions/consoles.ts'
import { lockoutSource } from '../sign-in/lockout.ts'
import type { NsxvCall } from './call.ts'
import {
  type CliAccountViews,
  mostCliAccounts,
  newCliAccount,
  removeCliAccount,
  requireCliPassword,
} from './cli-account.ts'
import { requireCliName } from './names.ts'
import { startupOf } from './startup.ts'

export type NsxvCliAccounts = ReturnType<typeof createNsxvCliAccounts>

export interface NsxvCliAccountParts extends CliAccountViews {
  applianceId: string
  stores: Stores
  hashing: PasswordHashing
  consoles: Consoles
}

const unknownUser = (name: string) => new AccessError('user_not_found', `There is no CLI user ${name}`, { value: name })

/** The accounts of the NSX Manager's command line. None has a role by itself. @see nsxv-api.md 5.3 */
export function createNsxvCliAccounts(parts: NsxvCliAccountParts) {
  const { applianceId, realmId, stores, hashing, view, directory, lockouts, consoles } = parts

  async function find({ stores: inside }: Change, name: string): Promise<Account> {
    const account = await inside.accounts.findByName(realmId, name)
    if (!account) throw unknownUser(name)
    return account
  }

  async function setWebInterface(call: NsxvCall, name: string, granted: boolean): Promise<void> {
    await call.change(async (change) => {
      const account = await find(change, name)
      const { userid, username } = account
      const { nsxvWebInterface } = change.stores
      const before = (await nsxvWebInterface.list(realmId)).includes(userid)
      if (granted) await nsxvWebInterface.grant(realmId, userid)
      else await nsxvWebInterface.revoke(realmId, userid)
      change.values(username, privilege(username, before), privilege(username, granted))
      change.onCommit(() => {
        view.setWebInterface(userid, granted)
        // Another entry in its place, so that its password is not remembered as one that opens the door.
        directory.put(account)
      })
    })
  }

  return {
    /**
     * Makes an account. It has no privilege and no role.
     *
     * @throws {AccessError} `invalid_field` for a name that cannot be one, `user_exists`, `password_rejected`,
     *   `too_many_users`
     */
    async create(call: NsxvCall, name: string, password: string): Promise<void> {
      requireCliName(name)
      if (directory.findByName(realmId, name)) throw exists(name)
      requireCliPassword(password)
      const hash = await hashing.hash(password)
      await call.change(async (change) => {
        const others = await change.stores.accounts.listOfRealm(realmId)
        if (others.some(({ username }) => username === name)) throw exists(name)
        if (others.length >= mostCliAccounts) {
          throw new AccessError('too_many_users', `No more than ${mostCliAccounts} CLI users can exist`)
        }
        const userid = await change.stores.realms.takeUserid(realmId)
        const account = await change.stores.accounts.insert(newCliAccount(realmId, userid, name, hash, call.now))
        change.values(name, undefined, { name })
        change.onCommit(() => directory.put(account))
      })
    },

    /**
     * Removes an account with its privilege and its role; a local user of the API's too.
     *
     * @throws {AccessError} `user_not_found`; `in_use` for the last CLI user, without whom nobody could come in.
     */
    async remove(call: NsxvCall, name: string): Promise<void> {
      await call.change(async (change) => {
        const account = await find(change, name)
        const { userid, username } = account
        const others = (await change.stores.accounts.listOfRealm(realmId)).filter((other) => other.userid !== userid)
        if (hasConsole(account) && !others.some(hasConsole)) {
          throw new AccessError('in_use', `${username} is the last CLI user`, { value: username })
        }
        await removeCliAccount(change, parts, userid)
        change.values(username, { name: username }, undefined)
        consoles.endOfAccount(change, realmId, userid)
      })
    },

    /** Lets an account use the web interface, which is the API. @throws {AccessError} `user_not_found` */
    grantWebInterface: (call: NsxvCall, name: string): Promise<void> => setWebInterface(call, name, true),

    /** @throws {AccessError} `user_not_found` */
    revokeWebInterface: (call: NsxvCall, name: string): Promise<void> => setWebInterface(call, name, false),

    /**
     * `cli password`: sets the password of admin.
     *
     * @param saved Whether a reboot keeps it too.
     * @throws {AccessError} `password_rejected`, `user_not_found`
     */
    async setAdminPassword(call: NsxvCall, password: string, saved?: 'saved'): Promise<void> {
      requireCliPassword(password)
      const passwordHash = await hashing.hash(password)
      await call.change(async (change) => {
        const before = await change.stores.accounts.find(realmId, adminUserid)
        if (!before) throw unknownUser('admin')
        const account = await change.stores.accounts.update(realmId, adminUserid, {
          passwordHash,
          passwordChangedAt: call.now,
          passwordResetRequired: 0,
        })
        if (saved) await change.stores.nsxvManager.update(await startupOf(change.stores, realmId))
        change.values(account.username, { name: account.username })
        consoles.endOfAccount(change, realmId, adminUserid, call.console)
        change.onCommit(() => directory.put(account))
      })
    },

    /** Sets the one password of privileged mode. @throws {AccessError} `password_rejected` */
    async setEnablePassword(call: NsxvCall, password: string): Promise<void> {
      requireCliPassword(password)
      const hash = await hashing.hash(password)
      await call.change(async (change) => {
        await change.stores.nsxvManager.setEnablePasswordHash(hash)
        change.values('enable', undefined)
      })
    },

    /**
     * Whether it is the password of privileged mode. Wrong ones are counted like failed sign-ins; while they lock it,
     * none is right.
     */
    async matchesEnablePassword(password: string, source: string): Promise<boolean> {
      const attempt = { applianceId, realmId, subject: 'enable', source: lockoutSource(source) }
      const locked = lockouts.isLocked(lockouts.key(attempt))
      const matches = await hashing.verify(password, await stores.nsxvManager.enablePasswordHash())
      if (locked) return false
      if (matches) lockouts.succeeded(attempt)
      else lockouts.failed(attempt)
      return matches
    },

    /** Closes every console of the appliance but the caller's own. */
    async endOtherConsoles(call: NsxvCall): Promise<void> {
      await call.change(async (change) => {
        change.values('consoles', undefined)
        consoles.endOfRealm(change, realmId, 'The console was closed by another one.', call.console)
      })
    },

    /** Those with a console, by userid. */
    list: async (): Promise<Account[]> => (await stores.accounts.listOfRealm(realmId)).filter(hasConsole),
  }
}

const exists = (name: string) => new AccessError('user_exists', `CLI user ${name} exists already`, { value: name })
const privilege = (name: string, webInterface: boolean) => ({ name, webInterface })
