import type { Change, Journal } from '../../audit/journal.ts'
import type { LockoutTable } from '../../store/schema.ts'
import { type Clocks, steadied } from '../clock.ts'
import { countFailure, isLocked, isSpent, type LockoutRule, restartLock } from './lockout.ts'
import type { PasswordSource } from './password-source.ts'

export type Lockouts = ReturnType<typeof createLockouts>

/** Which count an attempt belongs to: each appliance counts for itself, each account and source apart. */
export interface Attempt {
  applianceId: string
  realmId: string
  /** The id of an account, or what `remoteSubject` gives. */
  subject: string
  /** As `lockoutSource` gives it, or a word of the door's own for all sources together. */
  source: string
}

/** The one source of all failures on consoles: they lock an account wherever they come from. */
export const consoleSource = 'console'

/** Whom failures are counted for under a name that an identity source answers for. */
export function remoteSubject({ type, id, countedAs }: PasswordSource, name: string): string {
  return `${type} ${id} ${countedAs(name)}`
}

/** Of the row that is written where a failure counts for nobody. No account has this id. */
const nobodysSubject = '-'

/** Ids of accounts have no spaces in them. */
const isRemote = ({ subject }: Attempt) => subject.includes(' ')

/** Keys of counts, the one that failed longest ago first. */
interface Counted {
  open: Set<string>
  locked: Set<string>
}

/**
 * The failed sign-ins that still count. They outlive a restart. Their times are those of the steady clock.
 *
 * Anybody can invent names that an identity source answers for, and sources; so no more than `most` counts are kept
 * for such names, and as many for accounts. Whoever wants a count to be forgotten must fail as often for other names,
 * and as often as a lock takes for each of them where it is a lock.
 *
 * @param ruleOf The lockout rule of a realm for a source, as it is now.
 */
export function createLockouts(
  stored: readonly LockoutTable[],
  journal: Journal,
  clocks: Clocks,
  ruleOf: (attempt: Pick<Attempt, 'realmId' | 'source'>) => LockoutRule,
  most = 10_000,
) {
  const { clock, steady } = clocks
  const counts = new Map<string, LockoutTable>()
  const ofAccounts: Counted = { open: new Set(), locked: new Set() }
  const ofRemoteNames: Counted = { open: new Set(), locked: new Set() }
  const keyOf = ({ applianceId, realmId, subject, source }: Attempt) => `${applianceId} ${realmId} ${subject} ${source}`
  const kindOf = (row: LockoutTable) => (isRemote(row) ? ofRemoteNames : ofAccounts)
  for (const row of stored) {
    if (row.subject === nobodysSubject) continue
    keep(
      keyOf(row),
      withTimes(row, (at) => steadied(at, clocks)),
    )
  }

  /** As it is stored: the steady clock is this process's alone. */
  function byTheWall(row: LockoutTable): LockoutTable {
    const ahead = clock() - steady()
    return withTimes(row, (at) => at + ahead)
  }

  function keep(key: string, row: LockoutTable): void {
    drop(key)
    counts.set(key, row)
    const { open, locked } = kindOf(row)
    if (row.lockedAt === null) open.add(key)
    else locked.add(key)
  }

  function drop(key: string): LockoutTable | undefined {
    const row = counts.get(key)
    if (!row) return undefined
    counts.delete(key)
    const { open, locked } = kindOf(row)
    open.delete(key)
    locked.delete(key)
    return row
  }

  function makeRoom({ open, locked }: Counted): void {
    if (open.size + locked.size < most) return
    const [oldest = ''] = open.size > 0 ? open : locked
    const gone = drop(oldest)
    if (gone) store(gone)
  }

  /** The counts that are to be stored, or removed where there is none. */
  let unstored = new Map<string, Attempt>()

  /**
   * Has a count stored as it is when its turn comes: of many failures at once, all with one statement. Nobody waits for
   * it: an answer that did would tell a known name from an unknown one. A journal that cannot be written is told to the
   * caller by the audit record that follows.
   */
  function store(attempt: Attempt): void {
    const isAwaited = unstored.size > 0
    unstored.set(keyOf(attempt), attempt)
    if (isAwaited) return
    journal
      .change(
        async ({ stores }) => {
          const changed = unstored
          unstored = new Map()
          const rows: LockoutTable[] = []
          for (const [key, one] of changed) {
            const row = one.subject === nobodysSubject ? nobody(one) : counts.get(key)
            if (row) rows.push(byTheWall(row))
            else await stores.lockouts.remove(one)
          }
          await stores.lockouts.putAll(rows)
        },
        () => undefined,
      )
      .catch(() => {})
  }

  /** The row of everybody whom nobody knows: writing it takes what writing a count takes, so that time tells no name. */
  function nobody({ applianceId, realmId }: Pick<Attempt, 'applianceId' | 'realmId'>): LockoutTable {
    const subject = nobodysSubject
    return { applianceId, realmId, subject, source: '', failures: 0, lockedAt: null, windowStartedAt: steady() }
  }

  return {
    key: keyOf,

    has: (key: string): boolean => counts.has(key),

    /** Whether nobody has failed of late, as is usual. */
    isEmpty: (): boolean => counts.size === 0,

    isLocked(key: string): boolean {
      const count = counts.get(key)
      return count !== undefined && isLocked(count, ruleOf(count), steady())
    },

    /** Takes note of an attempt that was refused because of the lock. It stores as much as a failure does. */
    triedWhileLocked(attempt: Attempt): void {
      const key = keyOf(attempt)
      const count = counts.get(key)
      if (!count) return store(nobody(attempt))
      const restarted = { ...count, ...restartLock(count, ruleOf(count), steady()) }
      if (restarted.lockedAt === count.lockedAt) return store(nobody(attempt))
      keep(key, restarted)
      store(attempt)
    },

    /** What of an appliance is locked to the accounts of a realm, by their ids: its API, from one source or more, its console. */
    lockedDoors(applianceId: string, realmId: string): Map<string, Set<'API' | 'CLI'>> {
      const now = steady()
      const doors = new Map<string, Set<'API' | 'CLI'>>()
      for (const row of counts.values()) {
        if (row.applianceId !== applianceId || row.realmId !== realmId || !isLocked(row, ruleOf(row), now)) continue
        const own = doors.get(row.subject) ?? new Set()
        doors.set(row.subject, own.add(row.source === consoleSource ? 'CLI' : 'API'))
      }
      return doors
    },

    /** Whom a lock keeps out, be it from one source only. */
    lockedSubjects(realmId: string): Set<string> {
      const now = steady()
      const locked = [...counts.values()].filter((row) => row.realmId === realmId && isLocked(row, ruleOf(row), now))
      return new Set(locked.map(({ subject }) => subject))
    },

    /**
     * Counts a failure at once, and stores the count in the group of the refusal's audit record or before it.
     *
     * @returns whether it has locked the account.
     */
    failed(attempt: Attempt): boolean {
      const key = keyOf(attempt)
      const counted = { ...attempt, ...countFailure(counts.get(key), ruleOf(attempt), steady()) }
      if (!counts.has(key)) makeRoom(kindOf(counted))
      keep(key, counted)
      store(attempt)
      return counted.lockedAt !== null
    },

    /** Takes note of a failure that counts for nobody. It stores as much as one that does. */
    failedAsNobody: (attempt: Pick<Attempt, 'applianceId' | 'realmId'>) => store(nobody(attempt)),

    /** Forgets the failures before a success. */
    succeeded(attempt: Attempt): void {
      if (drop(keyOf(attempt))) store(attempt)
    },

    /** Removes counts that have nothing more to say. */
    keepHouse(): void {
      const now = steady()
      const spent = [...counts].filter(([, row]) => isSpent(row, ruleOf(row), now))
      for (const [key, row] of spent) {
        drop(key)
        store(row)
      }
    },

    /** Forgets the counts of an account that is gone; its id is never given again. */
    async forget(change: Change, realmId: string, subject: string): Promise<void> {
      await change.stores.lockouts.removeOfSubject(realmId, subject)
      change.onCommit(() => {
        for (const [key, row] of counts) if (row.realmId === realmId && row.subject === subject) drop(key)
      })
    },
  }
}

const withTimes = (row: LockoutTable, shift: (at: number) => number): LockoutTable => ({
  ...row,
  windowStartedAt: shift(row.windowStartedAt),
  lockedAt: row.lockedAt === null ? null : shift(row.lockedAt),
})
