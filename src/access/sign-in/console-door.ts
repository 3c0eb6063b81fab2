import type { AccountStore } from '../../store/accounts.ts'
import type { SshKeyStore } from '../../store/ssh-keys.ts'
import { hasConsole } from '../accounts/account.ts'
import type { Directory } from '../accounts/directory.ts'
import type { LocalUser } from '../principal.ts'
import { type Credentials, createDoor, type DoorAccounts, type DoorParts, signInRefusal } from './door.ts'
import { consoleSource } from './lockouts.ts'
import { createRealmAccounts } from './realm-accounts.ts'

export type ConsoleDoor = ReturnType<typeof createConsoleDoor>

export interface ConsoleDoorParts extends Pick<DoorParts<LocalUser, never>, 'hashing' | 'lockouts' | 'steady' | 'log'> {
  directory: Directory
  accounts: AccountStore
  sshKeys: SshKeyStore
}

/** A key that the client has proved to have, or offers to prove, and where. */
export interface PresentedKey extends Pick<Credentials, 'applianceId' | 'realmId' | 'name'> {
  /** As `SshKey` has them. */
  type: string
  value: string
}

/** No account has this userid. */
const nobody = -1

/**
 * The way into consoles: the same door as the API's, to the appliance's own accounts and no others, root among them.
 *
 * Failures are counted apart from the API's, by the auth policy's CLI rule and for all sources together, as PAM counts
 * them. A locked account comes in with a key no more than with a password.
 *
 * @see nsx-api.md 1.3, cli_failed_auth_lockout_period; 2.4, root
 */
export function createConsoleDoor({ directory, accounts: store, sshKeys, ...parts }: ConsoleDoorParts) {
  const accounts: DoorAccounts<LocalUser> = {
    ...createRealmAccounts(directory, store, ''),
    mayEnter: ({ account }) => account.active === 1 && hasConsole(account),
    countedUnder: () => consoleSource,
  }
  const { lockouts } = parts
  const door = createDoor<LocalUser, never>({
    ...parts,
    accounts,
    sourceOf: () => undefined,
    welcome: () => {
      throw signInRefusal()
    },
    isImmune: () => false,
  })

  return {
    /** @throws {AccessError} `unauthenticated`, or `busy` when too many sign-ins are waiting. */
    signIn: (credentials: Credentials): Promise<LocalUser> => door.signIn(credentials),

    /** Checks the password of who is signed in, counting failures like a sign-in. @throws {AccessError} `old_password_wrong` */
    confirm: door.confirm,

    /** Whom a key that is kept on the appliance belongs to. @throws {AccessError} `unauthenticated` */
    async signInByKey({ applianceId, realmId, name, type, value }: PresentedKey): Promise<LocalUser> {
      const userid = accounts.find(realmId, name)?.account.userid
      const keys = await sshKeys.list(applianceId, realmId, userid ?? nobody)
      // The account as it is once its keys are read.
      const entry = accounts.find(realmId, name)
      const known = keys.some((key) => key.type === type && key.value === value)
      if (!entry || entry.account.userid !== userid || !known || !accounts.mayEnter(entry)) throw signInRefusal()
      const attempt = { applianceId, realmId, subject: accounts.idOf(entry), source: consoleSource }
      if (lockouts.isLocked(lockouts.key(attempt))) throw signInRefusal()
      return entry
    },
  }
}
