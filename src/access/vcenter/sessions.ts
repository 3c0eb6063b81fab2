import { hash, randomBytes, randomUUID } from 'node:crypto'
import type { Change, Journal } from '../../audit/journal.ts'
import type { VcenterSessionTable } from '../../store/schema.ts'
import type { Stores } from '../../store/stores.ts'
import { type Clocks, steadied } from '../clock.ts'
import { AccessError } from '../errors.ts'
import type { RemotePerson } from '../principal.ts'
import { isSamePerson } from '../sign-in/people-renewal.ts'
import type { VcenterSessionLimits } from './session-limits.ts'
import type { SsoDirectory } from './sso/directory.ts'
import type { SsoPolicy } from './sso/policy.ts'
import type { SignedIn } from './sso/principals.ts'
import { mustChangePassword, type SsoUser } from './sso/user.ts'
import type { KnowsSource } from './sso/vcenter-directories.ts'

/** A session of vCenter, whichever face it was begun at: REST, JSON-RPC and SOAP show and accept the same ones. */
export interface VcenterSession {
  /** What it is called in lists and records; nobody signs in with it. */
  readonly key: string
  /** Whose it is, with the groups as they were when it was last asked for. */
  readonly principal: SignedIn
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly usedAt: number
  readonly callCount: number
  readonly locale: string
  readonly ipAddress: string
  readonly userAgent: string
  /** Whether it is an extension's. */
  readonly extensionSession: boolean
}

export interface NewVcenterSession {
  /** Who signed in, as they were when their password was verified. */
  principal: SignedIn
  /** The address they came from. */
  source: string
  /** What their client calls itself. */
  agent: string
  locale?: string | undefined
  extension?: boolean
}

/** What the client presents from now on; it is shown once and stored as a hash only. */
export interface CreatedVcenterSession {
  id: string
  session: VcenterSession
}

export type VcenterSessions = ReturnType<typeof createVcenterSessions>

export const defaultLocale = 'en'

/** Tickets of one session that are good at once; one more makes the oldest worthless. */
const mostTickets = 10

/** Characters that are kept of what a client calls itself. */
const longestAgent = 256

type Held = { -readonly [Field in keyof VcenterSession]: VcenterSession[Field] }

interface Entry {
  readonly idHash: string
  readonly userId: string | null
  person: RemotePerson | undefined
  readonly authenticatedAt: number
  /** By the steady clock; how long a session lives and is idle is told by these. */
  readonly authenticatedSteadily: number
  usedSteadily: number
  readonly session: Held
  readonly tickets: Set<string>
  /** What is stored of its use; `keepHouse` brings it up to date. */
  storedUsedAt: number
}

const hashOf = (text: string) => hash('sha256', text, 'hex')
const secret = () => randomBytes(16).toString('hex')

/**
 * The one table of sessions of all of vCenter's faces. They outlive a restart.
 *
 * @param knowsSource Tells the identity sources that there are.
 * @param policy That of vCenter's own domain, as it is now.
 */
export function createVcenterSessions(
  stored: readonly VcenterSessionTable[],
  directory: SsoDirectory,
  knowsSource: KnowsSource,
  policy: () => SsoPolicy,
  journal: Journal,
  clocks: Clocks,
  limits: VcenterSessionLimits,
) {
  const { clock, steady } = clocks
  const byIdHash = new Map<string, Entry>()
  const byKey = new Map<string, Entry>()
  /** Hashes of the tickets that are still good, and whose they are. */
  const tickets = new Map<string, Entry>()

  for (const row of stored) {
    const person: RemotePerson | undefined = row.person === null ? undefined : JSON.parse(row.person)
    const principal = principalOf({ userId: row.userId, person })
    if (principal) put(entryOf(row, principal, clocks))
    else remove(row.key)
  }

  function put(entry: Entry): void {
    byIdHash.set(entry.idHash, entry)
    byKey.set(entry.session.key, entry)
  }

  function principalOf({ userId, person }: Pick<Entry, 'userId' | 'person'>): SignedIn | undefined {
    if (person) return knowsSource(person) ? directory.principalOfPerson(person) : undefined
    const user = userId === null ? undefined : directory.findUser(userId)
    return user && !user.disabled ? directory.principalOfUser(user) : undefined
  }

  function hasEnded({ authenticatedSteadily, usedSteadily }: Entry): boolean {
    const { idleTimeout, lifetime } = limits
    const now = steady()
    return now - usedSteadily >= idleTimeout * 1000 || now - authenticatedSteadily >= lifetime * 1000
  }

  function forget(key: string): void {
    const entry = byKey.get(key)
    if (!entry) return
    byKey.delete(key)
    byIdHash.delete(entry.idHash)
    for (const ticket of entry.tickets) tickets.delete(ticket)
  }

  async function end(change: Change, keys: readonly string[]): Promise<void> {
    await change.stores.vcenterSessions.remove(keys)
    change.onCommit(() => {
      for (const key of keys) forget(key)
    })
  }

  /** Takes a session out of the store by itself: nobody asked for it, and nobody waits. */
  function remove(key: string): void {
    journal
      .change(
        ({ stores }) => stores.vcenterSessions.remove([key]),
        () => undefined,
      )
      .catch(() => {})
  }

  /** The session as it is now, if it still is one. */
  function current(entry: Entry | undefined): Entry | undefined {
    if (!entry) return undefined
    const principal = principalOf(entry)
    if (!principal || hasEnded(entry)) {
      // A session that was refused once stays so.
      forget(entry.session.key)
      remove(entry.session.key)
      return undefined
    }
    entry.session.principal = principal
    return entry
  }

  /** @throws {AccessError} `too_many_sessions` */
  async function requireRoom(change: Change): Promise<void> {
    if ((await change.stores.vcenterSessions.count()) < limits.maximum) return
    const ended = [...byKey.values()].filter((entry) => hasEnded(entry)).map(({ session }) => session.key)
    await end(change, ended)
    if ((await change.stores.vcenterSessions.count()) < limits.maximum) return
    throw new AccessError('too_many_sessions', `There are ${limits.maximum} sessions already`)
  }

  /** @throws {AccessError} `too_many_sessions` */
  async function requireRoomOfUser({ stores }: Change, principal: SignedIn, most: number): Promise<void> {
    const isTheirs = (one: { name: string; domain: string }) =>
      one.name === principal.name && one.domain === principal.domain
    const known = [...byKey.values()].filter((entry) => isTheirs(entry.session.principal) && !hasEnded(entry)).length
    // Those that others begin in the same transaction are in the store only; they are never so many as this leaves room for.
    if (known < most / 2) return
    const stored = await stores.vcenterSessions.list()
    const open = stored.filter(({ key, userId, person }) => {
      const entry = byKey.get(key)
      if (entry && hasEnded(entry)) return false
      if (principal.kind === 'sso_user') return userId === principal.user.id
      return person !== null && isTheirs(JSON.parse(person))
    })
    if (open.length < most) return
    throw new AccessError(
      'too_many_sessions',
      `${principal.name}@${principal.domain} has ${open.length} sessions already, and may have ${most}`,
    )
  }

  async function insert(
    change: Change,
    { principal, source, agent, locale, extension }: NewVcenterSession,
    from?: Entry,
  ): Promise<CreatedVcenterSession> {
    await requireRoom(change)
    const id = secret()
    const now = clock()
    const person = principal.kind === 'remote_user' ? principal.person : undefined
    const row: VcenterSessionTable = {
      idHash: hashOf(id),
      key: randomUUID(),
      userId: principal.kind === 'sso_user' ? principal.user.id : null,
      person: person === undefined ? null : JSON.stringify(person),
      authenticatedAt: from?.authenticatedAt ?? now,
      createdAt: now,
      usedAt: now,
      callCount: 0,
      locale: locale ?? defaultLocale,
      ipAddress: source,
      userAgent: agent.slice(0, longestAgent),
      extensionSession: extension ? 1 : 0,
    }
    await change.stores.vcenterSessions.insert(row)
    const begun = entryOf(row, principal, clocks)
    const entry = from ? { ...begun, authenticatedSteadily: from.authenticatedSteadily } : begun
    change.onCommit(() => put(entry))
    return { id, session: entry.session }
  }

  return {
    limits,

    /**
     * Begins a session.
     *
     * @param mostOfUser Sessions that the user may have, this one among them.
     * @returns with it the id that opens it, 32 lower-case hex digits.
     * @throws {AccessError} `unauthenticated` when the account was disabled, deleted or given another password since
     *   it was verified, or its identity source is gone; `password_must_change`; `too_many_sessions`.
     */
    async create(
      change: Change,
      begun: NewVcenterSession,
      mostOfUser = Number.POSITIVE_INFINITY,
    ): Promise<CreatedVcenterSession> {
      const user = await requireUnchanged(change.stores, knowsSource, begun.principal)
      if (user && mustChangePassword(user, policy(), clock())) {
        throw new AccessError('password_must_change', 'The password has expired or must be changed')
      }
      await requireRoomOfUser(change, begun.principal, mostOfUser)
      return insert(change, begun)
    },

    /** The session that an id opens; being asked counts as a call of it. Undefined where there is none, or no longer. */
    authenticate(id: string): VcenterSession | undefined {
      const entry = current(byIdHash.get(hashOf(id)))
      if (!entry) return undefined
      entry.session.usedAt = clock()
      entry.usedSteadily = steady()
      entry.session.callCount++
      return entry.session
    },

    /** The session that an id opens, without a call of it. */
    withId: (id: string): VcenterSession | undefined => current(byIdHash.get(hashOf(id)))?.session,

    /** The session of that key, if it still is one. */
    find: (key: string): VcenterSession | undefined => current(byKey.get(key))?.session,

    /** All sessions there are, the oldest first. */
    list(): VcenterSession[] {
      const found = [...byKey.values()].map(current).filter((entry) => entry !== undefined)
      return found.map(({ session }) => session).sort((a, b) => a.createdAt - b.createdAt)
    },

    /** @throws {AccessError} `not_found` when there is no such session. */
    async end(change: Change, key: string): Promise<void> {
      if (!current(byKey.get(key)) || !(await change.stores.vcenterSessions.find(key))) {
        throw new AccessError('not_found', `No session has the key ${key}`, { value: key })
      }
      await end(change, [key])
    },

    /** Ends a user's sessions. @param exceptKey The one that may go on, where it is the caller's own. */
    async endOfUser(change: Change, userId: string, exceptKey = ''): Promise<void> {
      const keys = await change.stores.vcenterSessions.removeOfUser(userId, exceptKey)
      change.onCommit(() => {
        for (const key of keys) forget(key)
      })
    },

    /** People of directories who have a session. */
    people: (): RemotePerson[] => [...byKey.values()].flatMap(({ person }) => person ?? []),

    /** Takes what a directory says of somebody now; whom it does not know has no session any more. */
    async renew(change: Change, before: RemotePerson, now: RemotePerson | undefined): Promise<void> {
      const own = [...byKey.values()].filter(({ person }) => person !== undefined && isSamePerson(person, before))
      const keys = own.map(({ session }) => session.key)
      if (now === undefined) return end(change, keys)
      await change.stores.vcenterSessions.setPerson(keys, JSON.stringify(now))
      change.onCommit(() => {
        for (const entry of own) entry.person = now
      })
    },

    /** Ends the sessions of an identity source's users. */
    async endOfSource(change: Change, sourceType: string, sourceId: string): Promise<void> {
      // Those created earlier in the same group are not in the view before it is committed.
      const ended = (await change.stores.vcenterSessions.list()).filter((row) => {
        const person: RemotePerson | undefined = row.person === null ? undefined : JSON.parse(row.person)
        return person?.sourceType === sourceType && person.sourceId === sourceId
      })
      await end(
        change,
        ended.map(({ key }) => key),
      )
    },

    /**
     * A ticket that begins a further session for whoever brings it, once, and as long as this session lives. It does
     * not outlive the process.
     *
     * @throws {AccessError} `unauthenticated` when there is no such session.
     * @see vcenter-api.md 7.3, AcquireCloneTicket
     */
    acquireCloneTicket(key: string): string {
      const entry = current(byKey.get(key))
      if (!entry) throw new AccessError('unauthenticated', 'No such session')
      const oldest = entry.tickets.size < mostTickets ? undefined : entry.tickets.values().next().value
      if (oldest !== undefined) drop(oldest, entry)
      const ticket = `cst-VCT-${secret()}${secret()}`
      entry.tickets.add(hashOf(ticket))
      tickets.set(hashOf(ticket), entry)
      return ticket
    },

    /**
     * Begins a session like the one that a ticket is of. The ticket is worth nothing afterwards, whatever comes of it.
     *
     * @throws {AccessError} `unauthenticated` for a ticket that is no good; `too_many_sessions`.
     */
    async clone(change: Change, ticket: string, begun: Pick<NewVcenterSession, 'source' | 'agent'>) {
      const ticketHash = hashOf(ticket)
      const entry = current(tickets.get(ticketHash))
      if (!entry) throw new AccessError('unauthenticated', 'No such ticket')
      drop(ticketHash, entry)
      const { session } = entry
      if (!(await change.stores.vcenterSessions.find(session.key))) {
        throw new AccessError('unauthenticated', 'No such ticket')
      }
      return insert(change, { ...begun, principal: session.principal, locale: session.locale }, entry)
    },

    /**
     * Begins a session for somebody else on the strength of one that may do so. It ends when that one must.
     *
     * @throws {AccessError} `unauthenticated` when there is no such session; `too_many_sessions`.
     */
    async impersonate(change: Change, key: string, begun: NewVcenterSession): Promise<CreatedVcenterSession> {
      const entry = current(byKey.get(key))
      if (!entry) throw new AccessError('unauthenticated', 'No such session')
      await requireUnchanged(change.stores, knowsSource, begun.principal)
      return insert(change, begun, entry)
    },

    /** Stores when sessions were last used and removes those that have ended. */
    async keepHouse(): Promise<void> {
      const all = [...byKey.values()]
      const ended = all.filter(hasEnded)
      const used = all.filter((entry) => entry.session.usedAt !== entry.storedUsedAt && !hasEnded(entry))
      if (ended.length === 0 && used.length === 0) return
      await journal.change(
        async (change) => {
          await end(
            change,
            ended.map(({ session }) => session.key),
          )
          for (const entry of used) {
            const { key, usedAt, callCount } = entry.session
            await change.stores.vcenterSessions.touch(key, usedAt, callCount)
            change.onCommit(() => {
              entry.storedUsedAt = usedAt
            })
          }
        },
        () => undefined,
      )
    },
  }

  function drop(ticketHash: string, entry: Entry): void {
    tickets.delete(ticketHash)
    entry.tickets.delete(ticketHash)
  }
}

function entryOf(row: VcenterSessionTable, principal: SignedIn, clocks: Clocks): Entry {
  const { idHash, userId, authenticatedAt, key, callCount, locale, ipAddress, userAgent } = row
  return {
    idHash,
    userId,
    person: principal.kind === 'remote_user' ? principal.person : undefined,
    authenticatedAt,
    authenticatedSteadily: steadied(authenticatedAt, clocks),
    usedSteadily: steadied(row.usedAt, clocks),
    session: {
      key,
      principal,
      createdAt: row.createdAt,
      usedAt: row.usedAt,
      callCount,
      locale,
      ipAddress,
      userAgent,
      extensionSession: row.extensionSession === 1,
    },
    tickets: new Set(),
    storedUsedAt: row.usedAt,
  }
}

/**
 * @returns the user as stored, where it is one of our own domain.
 * @throws {AccessError} `unauthenticated` unless they are still who signed in.
 */
async function requireUnchanged(
  stores: Stores,
  knowsSource: KnowsSource,
  principal: SignedIn,
): Promise<SsoUser | undefined> {
  if (principal.kind === 'sso_user') {
    const user = await stores.ssoUsers.find(principal.user.id)
    if (user && !user.disabled && user.passwordVersion === principal.user.passwordVersion) return user
    throw new AccessError('unauthenticated', 'The account has been changed meanwhile')
  }
  // One that was removed earlier in the same group is still in the view; its sessions are refused from its commit on.
  if (knowsSource(principal.person)) return undefined
  throw new AccessError('unauthenticated', 'The identity source has been removed meanwhile')
}
