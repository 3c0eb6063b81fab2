import { randomBytes } from 'node:crypto'
import type { Change, Journal } from '../audit/journal.ts'
import type { AuditRecord } from '../audit/record.ts'
import type { Appliance, Appliances } from '../inventory/appliances.ts'
import type { Stores } from '../store/stores.ts'
import type { PasswordChanges } from './accounts/password-changes.ts'
import type { Clock } from './clock.ts'
import { AccessError } from './errors.ts'
import type { Sessions } from './sessions/sessions.ts'
import type { Lockouts } from './sign-in/lockouts.ts'
import { ssoDomain } from './vcenter/principal.ts'
import type { VcenterSessions } from './vcenter/sessions.ts'
import type { SsoDirectory } from './vcenter/sso/directory.ts'
import type { SsoPasswords } from './vcenter/sso/passwords.ts'

export interface AccountResetParts {
  stores: Stores
  journal: Journal
  clock: Clock
  appliances: Appliances
  passwords: PasswordChanges
  ssoPasswords: SsoPasswords
  ssoDirectory: SsoDirectory
  sessions: Sessions
  vcenterSessions: VcenterSessions
  lockouts: Lockouts
}

export type AccountReset = ReturnType<typeof createAccountReset>

/** 96 random bits with a character of every class: as long as every product's policy takes as it is laid down. */
const randomPassword = () => `${randomBytes(12).toString('base64url')}-aA1`

/**
 * Gives an account another password without the old one: for whoever has the data directory and lost the way in. The account
 * is active and locked out of nothing afterwards, its sessions have ended, and the audit trail says so.
 */
export function createAccountReset(parts: AccountResetParts) {
  const { stores, journal, clock, appliances, passwords, ssoPasswords, ssoDirectory, lockouts } = parts

  function keeperOf(name: string | undefined): Appliance {
    const { managers, edges, nsxv } = appliances
    const all = [...managers, ...edges, ...(nsxv ? [nsxv] : [])]
    const found = name === undefined ? managers[0] : all.find((one) => one.name === name || one.id === name)
    if (found) return found
    throw new AccessError('not_found', `There is no appliance ${name}; there are ${all.map((a) => a.name).join(', ')}`)
  }

  function record(host: string, surface: AuditRecord['surface'], account: string): AuditRecord {
    return {
      at: clock(),
      host,
      pid: process.pid,
      ...(surface ? { surface } : {}),
      kind: 'call',
      user: 'sallyport',
      source: '',
      requestId: '',
      method: 'RESET',
      url: '',
      status: 200,
      bytes: 0,
      agent: '',
      micros: 0,
      module: 'sallyport',
      operation: 'accounts.reset',
      write: true,
      entity: account,
    }
  }

  async function resetLocal(name: string, keeper: Appliance, given: string | undefined): Promise<string> {
    const { realmId } = keeper
    const account = (await stores.accounts.listOfRealm(realmId)).find(
      ({ username }) => username.toLowerCase() === name.toLowerCase(),
    )
    if (!account) throw new AccessError('not_found', `${keeper.name} has no account ${name}`)
    const password = given ?? randomPassword()
    const accepted = await passwords.accept(realmId, password, account)
    await journal.change(
      async (change: Change) => {
        // A password that was made up here is known to whoever read it: it opens only its own change.
        const fields = { passwordResetRequired: given === undefined ? 1 : 0 }
        await passwords.store(change, account, accepted, clock(), fields)
        await lockouts.forget(change, realmId, String(account.userid))
        await parts.sessions.endOfAccount(change, realmId, account.userid)
      },
      () => record(keeper.name, keeper.kind === 'nsxv' ? 'nsxv' : undefined, account.username),
    )
    return password
  }

  async function resetSso(name: string, given: string | undefined): Promise<string> {
    const user = ssoDirectory.userNamed(name)
    if (!user) throw new AccessError('not_found', `${ssoDomain} has no user ${name}`)
    const password = given ?? randomPassword()
    const accepted = await ssoPasswords.accept(password, user)
    await journal.change(
      async (change: Change) => {
        await ssoPasswords.store(change, user, accepted, given === undefined, clock())
        await change.stores.ssoUsers.update(user.id, { disabled: 0 })
        await lockouts.forget(change, ssoDomain, user.id)
        await parts.vcenterSessions.endOfUser(change, user.id)
      },
      () => record(appliances.vcenter.name, 'vcenter', `${user.name}@${ssoDomain}`),
    )
    return password
  }

  return {
    /**
     * @param name `admin`, or with `@vsphere.local` a user of vCenter's own.
     * @param appliance Name or id of the manager, edge or NSX-v Manager whose account it is; absent: the cluster's.
     * @param password Absent: one is made up, which must be changed at the first sign-in.
     * @returns the password.
     * @throws {AccessError} `not_found`, `password_rejected`
     */
    reset(name: string, appliance: string | undefined, password: string | undefined): Promise<string> {
      const [user = '', domain] = name.split('@')
      if (domain?.toLowerCase() === ssoDomain) return resetSso(user, password)
      if (domain !== undefined) throw new AccessError('not_found', `The accounts of ${domain} are not kept here`)
      return resetLocal(name, keeperOf(appliance), password)
    },
  }
}
