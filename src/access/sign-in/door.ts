import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { AccessError, locksAccount } from '../errors.ts'
import type { PasswordHashing } from '../passwords/hashing.ts'
import type { LocalUser, Principal, RemotePerson } from '../principal.ts'
import { lockoutSource } from './lockout.ts'
import { type Attempt, type Lockouts, remoteSubject } from './lockouts.ts'
import type { PasswordSource } from './password-source.ts'
import { createRememberedPasswords } from './remembered-passwords.ts'
import { createRememberedPeople } from './remembered-people.ts'

export type DoorTo<Entry extends object, Guest> = ReturnType<typeof createDoor<Entry, Guest>>

/** The door of appliances that keep their accounts in a realm. */
export type Door = DoorTo<LocalUser, Principal>

/** A name and a secret, and where they were presented. */
export interface Credentials {
  applianceId: string
  realmId: string
  /** The address they came from. */
  source: string
  name: string
  password: string
  /** The identity source that the caller asks for; local accounts are not asked then. */
  asked?: PasswordSource
}

/** The accounts that a door opens to. An entry never changes: whatever happens to its account puts another in its place. */
export interface DoorAccounts<Entry extends object> {
  find(realmId: string, name: string): Entry | undefined
  /** Identifies the account among those of its realm; never given again. */
  idOf(entry: Entry): string
  nameOf(entry: Entry): string
  /** Costs the same for an account there is not. */
  passwordHash(realmId: string, entry: Entry | undefined): Promise<string | null>
  /** Whether the right password opens the door. */
  mayEnter(entry: Entry): boolean
  /** The source that a failure from an address is counted under. */
  countedUnder(entry: Entry, address: string): string
}

/** @typeParam Guest Who a user of an identity source elsewhere is here. */
export interface DoorParts<Entry extends object, Guest> {
  accounts: DoorAccounts<Entry>
  hashing: PasswordHashing
  lockouts: Lockouts
  /** @throws {AccessError} `unauthenticated` where they are nobody. */
  welcome(person: RemotePerson): Guest
  /** The identity source that answers for a name which is no local user's. */
  sourceOf(name: string): PasswordSource | undefined
  steady: Clock
  /** Told when an identity source could not be asked. */
  log(error: unknown): void
  /** Whether failures from an address are never counted. */
  isImmune(source: string): boolean
}

/** @param locks Whether the failure has locked the account. */
export const signInRefusal = (locks = false) =>
  new AccessError(
    'unauthenticated',
    'Unknown name, wrong password, or the account may not sign in',
    locks ? { locks } : {},
  )

/**
 * The one way to exchange a name and a password for an account.
 *
 * An unknown name, a wrong password, an empty one, a locked account and a deactivated one are refused alike: same
 * error, same cost. Attempts of one account from one source are checked one after another, so that no more are
 * checked than the lockout rule allows, however many come at once.
 */
export function createDoor<Entry extends object, Guest>(parts: DoorParts<Entry, Guest>) {
  const { accounts, hashing, lockouts } = parts
  const remembered = createRememberedPasswords()
  const people = createRememberedPeople(parts.steady)
  const turns = new Map<string, Promise<unknown>>()
  const checking = new Map<string, Promise<Entry | Guest>>()

  function attemptOf({ applianceId, realmId, source }: Credentials, entry: Entry): Attempt {
    return { applianceId, realmId, subject: accounts.idOf(entry), source: accounts.countedUnder(entry, source) }
  }

  function remoteAttemptOf({ applianceId, realmId, source, name }: Credentials, asked: PasswordSource): Attempt {
    const subject = remoteSubject(asked, name)
    return { applianceId, realmId, subject, source: lockoutSource(source) }
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

  async function check(credentials: Credentials, entry: Entry | undefined): Promise<Entry> {
    const { realmId } = credentials
    const attempt = entry && attemptOf(credentials, entry)
    const counted = attempt !== undefined && !parts.isImmune(credentials.source)
    const key = attempt ? lockouts.key(attempt) : ''

    const stored = await accounts.passwordHash(realmId, entry)
    const matches = await hashing.verify(credentials.password, stored, lockoutSource(credentials.source))
    // Asked afterwards: failures from other sources may have locked the account while the password was checked.
    if (counted && lockouts.isLocked(key)) {
      lockouts.triedWhileLocked(attempt)
      throw signInRefusal()
    }
    if (!entry || !matches || !accounts.mayEnter(entry)) {
      if (counted) throw signInRefusal(lockouts.failed(attempt))
      lockouts.failedAsNobody(credentials)
      throw signInRefusal()
    }
    if (lockouts.has(key)) lockouts.succeeded(attempt as Attempt)
    // Whatever happened to the account while its password was checked has put another entry in its place.
    const current = accounts.find(realmId, credentials.name)
    if (current !== entry) {
      if (!current || accounts.idOf(current) !== accounts.idOf(entry)) throw signInRefusal()
      return check(credentials, current)
    }
    remembered.remember(entry, credentials.password)
    return entry
  }

  async function checkRemote(credentials: Credentials, asked: PasswordSource): Promise<Guest> {
    const attempt = remoteAttemptOf(credentials, asked)
    const counted = !parts.isImmune(credentials.source)
    const key = lockouts.key(attempt)
    if (counted && lockouts.isLocked(key)) throw signInRefusal()
    const { name, password } = credentials
    // To a directory an empty password is an anonymous bind, which succeeds: another wrong one is asked about, for the time it takes.
    const person = await asked.verify(name, password || randomUUID()).catch(unreachable)
    if (!person || password === '') {
      throw signInRefusal(counted && lockouts.failed(attempt))
    }
    if (lockouts.has(key)) lockouts.succeeded(attempt)
    const guest = parts.welcome(person)
    people.remember(asked, name, person, remembered.digest(password))
    return guest
  }

  // Nobody can say whether the password was wrong: it counts for nothing.
  function unreachable(error: unknown): never {
    parts.log(error)
    throw signInRefusal()
  }

  /** @throws {AccessError} `unauthenticated`, or `busy` when too many sign-ins are waiting. */
  async function signIn(credentials: Credentials): Promise<Entry | Guest> {
    const known = recall(credentials)
    if (known) return known
    return hashing.underWay.during(lockoutSource(credentials.source), () => checkOnce(credentials))
  }

  async function checkOnce(credentials: Credentials): Promise<Entry | Guest> {
    const entry = credentials.asked ? undefined : accounts.find(credentials.realmId, credentials.name)
    const asked = entry ? undefined : (credentials.asked ?? parts.sourceOf(credentials.name))
    const key = turnOf(credentials, entry, asked)
    const same = `${key} ${remembered.digest(credentials.password).toString('hex')}`
    // Clients that start many calls at once with one good password cost one check and no lockout.
    const shared = checking.get(same)
    if (shared) return shared.catch(asOneOfMany)
    const checked = inTurn<Entry | Guest>(key, () =>
      asked ? checkRemote(credentials, asked) : check(credentials, entry),
    ).finally(() => checking.delete(same))
    checking.set(same, checked)
    return checked
  }

  // A lock is the doing of whoever came first with the guess.
  function asOneOfMany(error: unknown): never {
    throw locksAccount(error) ? signInRefusal() : error
  }

  // Attempts on a name that nobody has wait for one another just as those on an account do.
  function turnOf(
    { applianceId, realmId, source, name }: Credentials,
    entry: Entry | undefined,
    asked?: PasswordSource,
  ): string {
    const whose = asked ? remoteSubject(asked, name) : (entry ? accounts.nameOf(entry) : name).toLowerCase()
    return `${applianceId} ${realmId} ${lockoutSource(source)} ${whose}`
  }

  /** Who it is, at once and without a hash to compute, if just this password was verified before; else undefined. */
  function recall(credentials: Credentials): Entry | Guest | undefined {
    const entry = credentials.asked ? undefined : accounts.find(credentials.realmId, credentials.name)
    if (!entry) return recallRemote(credentials)
    if (!remembered.matches(entry, credentials.password)) return undefined
    if (lockouts.isEmpty()) return entry
    return lockouts.has(lockouts.key(attemptOf(credentials, entry))) ? undefined : entry
  }

  function recallRemote(credentials: Credentials): Guest | undefined {
    if (people.isEmpty()) return undefined
    const asked = credentials.asked ?? parts.sourceOf(credentials.name)
    if (!asked || lockouts.has(lockouts.key(remoteAttemptOf(credentials, asked)))) return undefined
    const person = people.recall(asked, credentials.name, remembered.digest(credentials.password))
    return person && parts.welcome(person)
  }

  return {
    signIn,
    recall,

    /** Forgets who signed in through a source that was changed or removed. */
    forgetSource: people.forgetSource,

    /**
     * Checks the password of an account that is signed in already, counting failures like a sign-in.
     *
     * @throws {AccessError} `old_password_wrong`, also while the account is locked for this source.
     */
    async confirm(credentials: Credentials, entry: Entry): Promise<void> {
      await inTurn(turnOf(credentials, entry), () => check(credentials, entry)).catch((error) => {
        if (error instanceof AccessError && error.code === 'unauthenticated') {
          throw new AccessError('old_password_wrong', 'The old password is incorrect', { cause: error })
        }
        throw error
      })
    },
  }
}
