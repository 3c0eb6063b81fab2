import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Change, Journal } from '../../audit/journal.ts'
import type { SessionTable } from '../../store/schema.ts'
import type { Directory } from '../accounts/directory.ts'
import { type Clocks, steadied } from '../clock.ts'
import { AccessError } from '../errors.ts'
import type { Principal, RemotePerson } from '../principal.ts'
import type { Identities } from '../principal-identities/identities.ts'
import type { RemoteBindings } from '../roles/remote-bindings.ts'
import { isSamePerson } from '../sign-in/people-renewal.ts'
import { xsrfTokenOf } from './xsrf-token.ts'

/** A session of one manager node. Its id and its token are known to the client only; here are their hashes. */
export interface Session {
  readonly idHash: string
  readonly tokenHash: Buffer
  readonly applianceId: string
  readonly realmId: string
  /** The account; undefined where it is another's than a local user's. */
  readonly userid: number | undefined
  /** Of a user of an identity source: as the source told of them last. */
  person: RemotePerson | undefined
  readonly principalIdentityId: string | undefined
  readonly createdAt: number
  /** When it ends however much it is used; undefined for never. */
  readonly endsAt: number | undefined
  /** By the wall clock, as it is told. */
  usedAt: number
  /** By the steady clock: whether it is idle is told by this. */
  usedSteadily: number
  /** The last use that is stored; `keepHouse` brings it up to date. */
  storedUsedAt: number
  /** Hash of its id and token together, once they were shown and found right. */
  pairHash?: string
}

export type Sessions = ReturnType<typeof createSessions>

const sha256 = (text: string) => hash('sha256', text, 'buffer')

/** Whether nothing was heard of a session for its timeout; 0 seconds means that it never ends by itself. */
export function isIdle(session: Pick<Session, 'usedSteadily'>, timeout: number, steady: number): boolean {
  return timeout > 0 && steady - session.usedSteadily >= timeout * 1000
}

/** Whether a session has ended by itself. */
function isOver(session: Session, timeout: number, { clock, steady }: Clocks): boolean {
  // What the session was begun with says by the wall clock when it ends.
  return isIdle(session, timeout, steady()) || (session.endsAt !== undefined && clock() >= session.endsAt)
}

/**
 * The sessions of the nodes in this process. They outlive a restart.
 *
 * @param timeout The idle timeout in seconds, as it is now.
 */
export function createSessions(
  stored: readonly SessionTable[],
  directory: Directory,
  remoteBindings: RemoteBindings,
  identities: Identities,
  journal: Journal,
  clocks: Clocks,
  timeout: () => number,
) {
  const { clock, steady } = clocks
  const sessions = new Map<string, Session>()
  // A session that was shown once is found again with one hash instead of two.
  const pairs = new Map<string, Session>()
  for (const { tokenHash, userid, person, principalIdentityId, endsAt, ...row } of stored) {
    sessions.set(row.idHash, {
      ...row,
      userid: userid ?? undefined,
      person: person === null ? undefined : JSON.parse(person),
      principalIdentityId: principalIdentityId ?? undefined,
      endsAt: endsAt ?? undefined,
      tokenHash: Buffer.from(tokenHash, 'hex'),
      usedSteadily: steadied(row.usedAt, clocks),
      storedUsedAt: row.usedAt,
    })
  }

  function forget(idHash: string): void {
    const pairHash = sessions.get(idHash)?.pairHash
    if (pairHash !== undefined) pairs.delete(pairHash)
    sessions.delete(idHash)
  }

  function forgetOnCommit(change: Change, idHashes: readonly string[]): void {
    change.onCommit(() => {
      for (const idHash of idHashes) forget(idHash)
    })
  }

  async function end(change: Change, idHashes: readonly string[]): Promise<void> {
    await change.stores.sessions.remove(idHashes)
    forgetOnCommit(change, idHashes)
  }

  function principalOf({ realmId, userid, person, principalIdentityId }: Session): Principal | undefined {
    if (principalIdentityId !== undefined) return identities.find(principalIdentityId, clock())
    if (person !== undefined) return remoteBindings.resolve(person)
    const user = userid === undefined ? undefined : directory.find(realmId, userid)
    return user?.account.active ? user : undefined
  }

  /** A session that was refused once stays so, even if the timeout is raised later. */
  function expire(idHash: string): void {
    forget(idHash)
    journal
      .change(
        ({ stores }) => stores.sessions.remove([idHash]),
        () => undefined,
      )
      .catch(() => {})
  }

  return {
    /**
     * @param principal Who signed in, as they were when their password was verified.
     * @param endsAt When it ends at the latest, in milliseconds since 1970; undefined for never.
     * @returns what the client presents from now on: 32 upper-case hex digits and a UUID.
     * @throws {AccessError} `unauthenticated` when the password has been changed or taken away since, or the identity
     *   source removed.
     */
    async create(
      change: Change,
      applianceId: string,
      realmId: string,
      principal: Principal,
      endsAt?: number,
    ): Promise<{ id: string; token: string }> {
      const id = randomBytes(16).toString('hex').toUpperCase()
      const token = xsrfTokenOf(id)
      const now = clock()
      const userid = principal.kind === 'local_user' ? principal.account.userid : undefined
      const person = principal.kind === 'remote_user' ? principal.person : undefined
      if (principal.kind === 'local_user') {
        const { account } = principal
        const current = await change.stores.accounts.find(realmId, account.userid)
        if (current?.passwordVersion !== account.passwordVersion) {
          throw new AccessError('unauthenticated', 'The password has been changed meanwhile')
        }
      }
      const principalIdentityId = principal.kind === 'principal_identity' ? principal.id : undefined
      if (principal.kind === 'principal_identity') {
        const current = await change.stores.principalIdentities.find(principal.id)
        if (!current || (current.certificateId ?? undefined) !== principal.certificateId) {
          throw new AccessError('unauthenticated', 'The principal identity has been changed meanwhile')
        }
      }
      if (person?.sourceType === 'LDAP' && !(await change.stores.ldapIdentitySources.find(person.sourceId))) {
        throw new AccessError('unauthenticated', 'The identity source has been removed meanwhile')
      }
      const idHash = sha256(id).toString('hex')
      const tokenHash = sha256(token)
      const row = { idHash, applianceId, realmId, createdAt: now, usedAt: now }
      await change.stores.sessions.insert({
        ...row,
        userid: userid ?? null,
        person: person === undefined ? null : JSON.stringify(person),
        principalIdentityId: principalIdentityId ?? null,
        endsAt: endsAt ?? null,
        tokenHash: tokenHash.toString('hex'),
      })
      const used = { usedSteadily: steady(), storedUsedAt: now }
      change.onCommit(() =>
        sessions.set(idHash, { ...row, userid, person, principalIdentityId, endsAt, tokenHash, ...used }),
      )
      return { id, token }
    },

    /**
     * The session a request belongs to; being asked counts as a use of it, unless it is asked `quietly`.
     *
     * @throws {AccessError} `unauthenticated` when this node has no such session, it was idle too long or has ended, or
     *   its account may no longer sign in; `token_mismatch` when the token is not the one given with it.
     */
    authenticate(
      applianceId: string,
      id: string,
      token: string | undefined,
      quietly = false,
    ): { session: Session; principal: Principal } {
      const pairHash = token === undefined ? undefined : hash('sha256', `${id} ${token}`, 'base64')
      const shown = pairHash === undefined ? undefined : pairs.get(pairHash)
      const session = shown ?? sessions.get(hash('sha256', id, 'hex'))
      if (!session || session.applianceId !== applianceId) {
        throw new AccessError('unauthenticated', 'No such session')
      }
      if (isOver(session, timeout(), clocks)) {
        expire(session.idHash)
        throw new AccessError('unauthenticated', 'The session was idle too long, or what began it has ended')
      }
      const principal = principalOf(session)
      if (!principal) throw new AccessError('unauthenticated', 'The account of the session is gone')
      if (!shown) {
        if (token === undefined || !timingSafeEqual(session.tokenHash, sha256(token))) {
          throw new AccessError('token_mismatch', 'The XSRF token is not that of the session')
        }
        session.pairHash = pairHash as string
        pairs.set(session.pairHash, session)
      }
      if (!quietly) {
        session.usedAt = clock()
        session.usedSteadily = steady()
      }
      return { session, principal }
    },

    /**
     * The session that an id opens, without a use of it, and without its token where that follows from the id; those of
     * earlier releases have others.
     */
    withId(applianceId: string, id: string): { session: Session; principal: Principal } | undefined {
      const session = sessions.get(hash('sha256', id, 'hex'))
      if (!session || session.applianceId !== applianceId || isOver(session, timeout(), clocks)) return undefined
      const principal = principalOf(session)
      const follows = timingSafeEqual(session.tokenHash, sha256(xsrfTokenOf(id)))
      return principal && follows ? { session, principal } : undefined
    },

    /** All sessions there are, of every node. */
    list(): { session: Session; principal: Principal }[] {
      const seconds = timeout()
      return [...sessions.values()].flatMap((session) => {
        const principal = isOver(session, seconds, clocks) ? undefined : principalOf(session)
        return principal ? [{ session, principal }] : []
      })
    },

    end: (change: Change, session: Session): Promise<void> => end(change, [session.idHash]),

    /** Ends an account's sessions on every node. @param except The one that may go on, where it is the caller's own. */
    async endOfAccount(change: Change, realmId: string, userid: number, except?: Session): Promise<void> {
      forgetOnCommit(change, await change.stores.sessions.removeOfAccount(realmId, userid, except?.idHash ?? ''))
    },

    /** Ends a principal identity's sessions on every node. */
    async endOfIdentity(change: Change, id: string): Promise<void> {
      forgetOnCommit(change, await change.stores.sessions.removeOfIdentity(id))
    },

    /** People of identity sources who have a session. */
    people: (): RemotePerson[] => [...sessions.values()].flatMap(({ person }) => person ?? []),

    /** Takes what an identity source says of somebody now; whom it does not know has no session any more. */
    async renew(change: Change, before: RemotePerson, now: RemotePerson | undefined): Promise<void> {
      const own = [...sessions.values()].filter(({ person }) => person !== undefined && isSamePerson(person, before))
      const idHashes = own.map(({ idHash }) => idHash)
      if (now === undefined) return end(change, idHashes)
      await change.stores.sessions.setPerson(idHashes, JSON.stringify(now))
      change.onCommit(() => {
        for (const session of own) session.person = now
      })
    },

    /** Ends the sessions of an identity source's users on every node. */
    async endOfSource(change: Change, sourceType: string, sourceId: string): Promise<void> {
      // Those created earlier in the same group are not in the view before it is committed.
      const ended = (await change.stores.sessions.list()).filter((row) => {
        const person: RemotePerson | undefined = row.person === null ? undefined : JSON.parse(row.person)
        return person?.sourceType === sourceType && person.sourceId === sourceId
      })
      await end(
        change,
        ended.map((session) => session.idHash),
      )
    },

    /** Ends the sessions that tokens began for principal identities, on every node. */
    async endOfMachines(change: Change): Promise<void> {
      const ended = (await change.stores.sessions.list()).filter(
        (row) => row.principalIdentityId !== null && row.endsAt !== null,
      )
      await end(
        change,
        ended.map((session) => session.idHash),
      )
    },

    /** Stores when sessions were last used and removes those that have ended by themselves. */
    async keepHouse(): Promise<void> {
      const seconds = timeout()
      const all = [...sessions.values()]
      const over = all.filter((session) => isOver(session, seconds, clocks))
      const used = all.filter((session) => session.usedAt !== session.storedUsedAt && !isOver(session, seconds, clocks))
      if (over.length === 0 && used.length === 0) return
      await journal.change(
        async (change) => {
          await end(
            change,
            over.map((session) => session.idHash),
          )
          for (const session of used) {
            const { usedAt } = session
            await change.stores.sessions.touch(session.idHash, usedAt)
            change.onCommit(() => {
              session.storedUsedAt = usedAt
            })
          }
        },
        () => undefined,
      )
    },
  }
}
