import type { AccountStore } from '../../store/accounts.ts'
import { rootUserid } from '../accounts/account.ts'
import type { Directory, DirectoryEntry } from '../accounts/directory.ts'
import { AccessError } from '../errors.ts'
import type { PasswordHashing } from '../passwords/hashing.ts'
import { lockoutSource } from './lockout.ts'
import type { Attempt, Lockouts } from './lockouts.ts'
import { createRememberedPasswords } from './remembered-passwords.ts'

export type Door = ReturnType<typeof createDoor>

/** A name and a secret, and where they were presented. */
export interface Credentials {
  applianceId: string
  realmId: string
  /** The address they came from. */
  source: string
  name: string
  password: string
}

export interface DoorParts {
  directory: Directory
  accounts: AccountStore
  hashing: PasswordHashing
  lockouts: Lockouts
  /** Whether failures from an address are never counted. */
  isImmune(source: string): boolean
  /** A domain whose names are those of the realm: `admin@lab.example` is `admin`; empty for none. */
  localDomain: string
}

/** No account has this userid: asking for its password costs what asking for a real one does. */
const nobody = -1

const refusal = () => new AccessError('unauthenticated', 'Unknown name, wrong password, or the account may not sign in')

/**
 * The one way to exchange a name and a password for an account.
 *
 * An unknown name, a wrong password, an empty one, a locked account and a deactivated one are refused alike: same
 * error, same cost. Attempts of one account from one source are checked one after another, so that no more are
 * checked than the lockout rule allows, however many come at once.
 */
export function createDoor(parts: DoorParts) {
  const { directory, accounts, hashing, lockouts } = parts
  const remembered = createRememberedPasswords()
  const turns = new Map<string, Promise<unknown>>()
  const checking = new Map<string, Promise<DirectoryEntry>>()

  const suffix = `@${parts.localDomain.toLowerCase()}`

  function find(realmId: string, name: string): DirectoryEntry | undefined {
    const found = directory.findByName(realmId, name)
    if (found || parts.localDomain === '' || !name.toLowerCase().endsWith(suffix)) return found
    return directory.findByName(realmId, name.slice(0, -suffix.length))
  }

  function attemptOf({ applianceId, source }: Credentials, entry: DirectoryEntry): Attempt {
    return { applianceId, account: entry.account, source: lockoutSource(source) }
  }

  /** Runs after whatever was started under the same key before it. */
  function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(key) ?? Promise.resolve()).then(work, work)
    turns.set(key, turn)
    const leave = () => {
      if (turns.get(key) === turn) turns.delete(key)
    }
    turn.then(leave, leave)
    return turn
  }

  async function check(credentials: Credentials, entry: DirectoryEntry | undefined): Promise<DirectoryEntry> {
    const { realmId, userid } = entry?.account ?? { realmId: credentials.realmId, userid: nobody }
    const attempt = entry && attemptOf(credentials, entry)
    const counted = attempt !== undefined && !parts.isImmune(credentials.source)
    const key = attempt ? lockouts.key(attempt) : ''

    const locked = counted && lockouts.isLocked(key, realmId)
    const matches = await hashing.verify(credentials.password, await accounts.passwordHash(realmId, userid))
    if (locked) throw refusal()
    // Root has a console and nothing else.
    if (!entry || !matches || !entry.account.active || userid === rootUserid) {
      if (counted) lockouts.failed(attempt)
      throw refusal()
    }
    if (lockouts.has(key)) lockouts.succeeded(attempt as Attempt)
    // Whatever happened to the account while its password was checked has put another entry in its place.
    const current = find(credentials.realmId, credentials.name)
    if (current !== entry) {
      if (current?.account.userid !== userid) throw refusal()
      return check(credentials, current)
    }
    remembered.remember(entry, credentials.password)
    return entry
  }

  /** @throws {AccessError} `unauthenticated`, or `busy` when too many sign-ins are waiting. */
  async function signIn(credentials: Credentials): Promise<DirectoryEntry> {
    const known = recall(credentials)
    if (known) return known
    const entry = find(credentials.realmId, credentials.name)
    const key = turnOf(credentials, entry)
    const same = `${key} ${remembered.digest(credentials.password).toString('hex')}`
    // Clients that start many calls at once with one good password cost one check and no lockout.
    let checked = checking.get(same)
    if (!checked) {
      checked = inTurn(key, () => check(credentials, entry)).finally(() => checking.delete(same))
      checking.set(same, checked)
    }
    return checked
  }

  // Attempts on a name that nobody has wait for one another just as those on an account do.
  function turnOf({ applianceId, realmId, source, name }: Credentials, entry: DirectoryEntry | undefined): string {
    return `${applianceId} ${realmId} ${lockoutSource(source)} ${(entry?.account.username ?? name).toLowerCase()}`
  }

  /** The account, at once and without a hash to compute, if just this password was verified before; else undefined. */
  function recall(credentials: Credentials): DirectoryEntry | undefined {
    const entry = find(credentials.realmId, credentials.name)
    if (!entry || !remembered.matches(entry, credentials.password)) return undefined
    if (lockouts.isEmpty()) return entry
    return lockouts.has(lockouts.key(attemptOf(credentials, entry))) ? undefined : entry
  }

  return {
    signIn,
    recall,

    /**
     * Checks the password of an account that is signed in already, counting failures like a sign-in.
     *
     * @throws {AccessError} `old_password_wrong`, also while the account is locked for this source.
     */
    async confirm(credentials: Credentials, entry: DirectoryEntry): Promise<void> {
      await inTurn(turnOf(credentials, entry), () => check(credentials, entry)).catch((error) => {
        if (error instanceof AccessError && error.code === 'unauthenticated') {
          throw new AccessError('old_password_wrong', 'The old password is incorrect', { cause: error })
        }
        throw error
      })
    },
  }
}
