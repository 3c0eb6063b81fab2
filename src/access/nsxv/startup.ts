import type { Change } from '../../audit/journal.ts'
import type { Stores } from '../../store/stores.ts'
import { type Account, adminUserid, hasConsole } from '../accounts/account.ts'
import { AccessError } from '../errors.ts'
import type { PasswordHashing } from '../passwords/hashing.ts'
import type { Consoles } from '../sessions/consoles.ts'
import type { NsxvCall } from './call.ts'
import { adminUser, type CliAccountViews, newCliAccount, removeCliAccount } from './cli-account.ts'
import { freshConfiguration, type NsxvConfiguration, type NsxvConfigurations } from './configuration.ts'
import { rowOf } from './user.ts'

/** What `write memory` keeps, secrets apart. */
export interface Startup {
  configuration: NsxvConfiguration
  accounts: { userid: number; username: string; fullName: string; webInterface: boolean; mustChange: boolean }[]
}

/** The password hashes that go with it. */
interface StartupSecrets {
  enablePassword: string
  /** By userid. */
  accounts: Record<string, string | null>
}

/** The configuration in force and the accounts there are, to be stored as what a reboot goes back to. */
export async function startupOf(stores: Stores, realmId: string): Promise<{ startup: string; startupSecrets: string }> {
  const { running } = await stores.nsxvManager.read()
  const webInterface = new Set(await stores.nsxvWebInterface.list(realmId))
  const accounts = (await stores.accounts.listOfRealm(realmId)).filter(hasConsole)
  const secrets: StartupSecrets = { enablePassword: await stores.nsxvManager.enablePasswordHash(), accounts: {} }
  for (const { userid } of accounts) secrets.accounts[userid] = await stores.accounts.passwordHash(realmId, userid)
  const startup: Startup = {
    configuration: JSON.parse(running),
    accounts: accounts.map(({ userid, username, fullName, passwordResetRequired }) => ({
      userid,
      username,
      fullName,
      webInterface: webInterface.has(userid),
      mustChange: passwordResetRequired === 1,
    })),
  }
  return { startup: JSON.stringify(startup), startupSecrets: JSON.stringify(secrets) }
}

/** The names of the accounts that a reboot brings back. */
export async function savedNames(stores: Stores): Promise<string[]> {
  const { accounts }: Startup = JSON.parse((await stores.nsxvManager.read()).startup)
  return accounts.map(({ username }) => username)
}

/** Lets a reboot keep an account's password, where it keeps the account; nothing else that is not saved is. */
export async function savePassword(stores: Stores, userid: number, passwordHash: string): Promise<void> {
  const startup: Startup = JSON.parse((await stores.nsxvManager.read()).startup)
  const secrets: StartupSecrets = JSON.parse(await stores.nsxvManager.startupSecrets())
  const saved = startup.accounts.find((account) => account.userid === userid)
  if (!saved) return
  saved.mustChange = false
  secrets.accounts[userid] = passwordHash
  await stores.nsxvManager.update({ startup: JSON.stringify(startup), startupSecrets: JSON.stringify(secrets) })
}

/** Of a fresh appliance. @see nsxv-api.md 5.1 */
const freshHostname = 'manager'

export interface NsxvStartupParts extends CliAccountViews {
  stores: Stores
  hashing: PasswordHashing
  configuration: NsxvConfigurations
  consoles: Consoles
}

export type NsxvStartup = ReturnType<typeof createNsxvStartup>

/**
 * What outlives a reboot of the appliance: configuration, accounts, their passwords and their web-interface privilege
 * as they were when the configuration was last saved. Roles and local users are kept elsewhere and are not part of it.
 * The server's own end is no reboot: nothing is lost with it.
 *
 * @see nsxv-api.md 0, step 3; 5.4
 */
export function createNsxvStartup(parts: NsxvStartupParts) {
  const { realmId, view, directory, configuration } = parts

  async function restoreAccount(
    change: Change,
    saved: Startup['accounts'][number],
    passwordHash: string | null,
    now: number,
  ): Promise<void> {
    const { stores } = change
    const { userid, username, fullName } = saved
    const found = await stores.accounts.find(realmId, userid)
    const passwordResetRequired = saved.mustChange ? 1 : 0
    let account: Account | undefined = found
    if (!found) {
      account = await stores.accounts.insert({
        ...newCliAccount(realmId, userid, username, passwordHash, now),
        fullName,
        passwordResetRequired,
      })
      if (userid === adminUserid) await restoreAdmin(change)
    } else if ((await stores.accounts.passwordHash(realmId, userid)) !== passwordHash) {
      account = await stores.accounts.update(realmId, userid, { passwordHash, passwordResetRequired })
    }
    if (saved.webInterface) await stores.nsxvWebInterface.grant(realmId, userid)
    else await stores.nsxvWebInterface.revoke(realmId, userid)
    change.onCommit(() => {
      directory.put(account as Account)
      view.setWebInterface(userid, saved.webInterface)
    })
  }

  /** The role of admin is no choice: it comes back with the account. */
  async function restoreAdmin({ stores, onCommit }: Change): Promise<void> {
    const user = adminUser(realmId, await stores.nsxvManager.takeUserNumber())
    const other = await stores.nsxvUsers.find(user.key)
    if (other) await stores.nsxvUsers.remove(other.number)
    await stores.nsxvUsers.insert(rowOf(user))
    onCommit(() => view.put(user))
  }

  return {
    /** What is saved. */
    async read(): Promise<Startup> {
      return JSON.parse((await parts.stores.nsxvManager.read()).startup)
    },

    /** Whether an account has just this password in what is saved. */
    async hasPassword(userid: number, password: string): Promise<boolean> {
      const { accounts }: StartupSecrets = JSON.parse(await parts.stores.nsxvManager.startupSecrets())
      return parts.hashing.verify(password, accounts[userid] ?? null)
    },

    /** `write memory`. */
    async save(call: NsxvCall): Promise<void> {
      await call.change(async (change) => {
        await change.stores.nsxvManager.update(await startupOf(change.stores, realmId))
        change.values(configuration.read().hostname, undefined)
      })
    },

    /**
     * `write erase`: what is saved is as on an appliance that nobody has configured. admin keeps the password of now:
     * a factory's is known to everybody.
     *
     * @throws {AccessError} `user_not_found` where there is no admin, without whom nobody could come in.
     */
    async erase(call: NsxvCall): Promise<void> {
      await call.change(async (change) => {
        const now = await startupOf(change.stores, realmId)
        const admin = (JSON.parse(now.startup) as Startup).accounts.find(({ userid }) => userid === adminUserid)
        if (!admin) {
          throw new AccessError('user_not_found', 'Only admin would be left, and there is no CLI user admin', {
            value: 'admin',
          })
        }
        const { enablePassword, accounts }: StartupSecrets = JSON.parse(now.startupSecrets)
        const startup: Startup = {
          configuration: freshConfiguration(freshHostname),
          accounts: [{ ...admin, webInterface: true }],
        }
        const secrets: StartupSecrets = { enablePassword, accounts: { [adminUserid]: accounts[adminUserid] ?? null } }
        await change.stores.nsxvManager.update({
          startup: JSON.stringify(startup),
          startupSecrets: JSON.stringify(secrets),
        })
        change.values(configuration.read().hostname, undefined)
      })
    },

    /** `reboot`: goes back to what is saved and ends every console. */
    async reboot(call: NsxvCall): Promise<void> {
      await call.change(async (change) => {
        const { stores } = change
        const startup: Startup = JSON.parse((await stores.nsxvManager.read()).startup)
        const secrets: StartupSecrets = JSON.parse(await stores.nsxvManager.startupSecrets())
        const saved = new Set(startup.accounts.map(({ userid }) => userid))
        for (const account of await stores.accounts.listOfRealm(realmId)) {
          if (hasConsole(account) && !saved.has(account.userid)) await removeCliAccount(change, parts, account.userid)
        }
        for (const account of startup.accounts) {
          await restoreAccount(change, account, secrets.accounts[account.userid] ?? null, call.now)
        }
        await stores.nsxvManager.setEnablePasswordHash(secrets.enablePassword)
        await stores.nsxvManager.update({ running: JSON.stringify(startup.configuration) })
        change.onCommit(() => configuration.put(startup.configuration))
        change.values(configuration.read().hostname, undefined)
        parts.consoles.endOfRealm(change, realmId, 'The appliance is going down.')
      })
    },
  }
}
