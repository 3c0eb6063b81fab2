import type { Change, Journal } from '../../audit/journal.ts'
import type { LockoutTable } from '../../store/schema.ts'
import type { Stores } from '../../store/stores.ts'
import type { Clock } from '../clock.ts'
import { countFailure, isLocked, isSpent, type LockoutRule, restartLock } from './lockout.ts'

export type Lockouts = ReturnType<typeof createLockouts>

/** Which count an attempt belongs to: each appliance counts for itself, each account and source apart. */
export interface Attempt {
  applianceId: string
  realmId: string
  /** The userid of a local account, or a name that a remote source answers for. */
  subject: string
  /** As `lockoutSource` gives it, or a word of the door's own for all sources together. */
  source: string
}

/** The one source of all failures on consoles: they lock an account wherever they come from. */
export const consoleSource = 'console'

/**
 * The failed sign-ins that still count. They outlive a restart.
 *
 * @param ruleOf The lockout rule of a realm for a source, as it is now.
 */
export function createLockouts(
  stored: readonly LockoutTable[],
  journal: Journal,
  clock: Clock,
  ruleOf: (attempt: Pick<Attempt, 'realmId' | 'source'>) => LockoutRule,
) {
  const counts = new Map<string, LockoutTable>()
  const keyOf = ({ applianceId, realmId, subject, source }: Attempt) => `${applianceId} ${realmId} ${subject} ${source}`
  for (const row of stored) counts.set(keyOf(row), row)

  // Nobody waits for it: an answer that did would tell a known name from an unknown one. A journal that cannot be
  // written is told to the caller by the audit record that follows.
  function store(work: (stores: Stores) => Promise<void>): void {
    journal
      .change(
        ({ stores }) => work(stores),
        () => undefined,
      )
      .catch(() => {})
  }

  return {
    key: keyOf,

    has: (key: string): boolean => counts.has(key),

    /** Whether nobody has failed of late, as is usual. */
    isEmpty: (): boolean => counts.size === 0,

    isLocked(key: string): boolean {
      const count = counts.get(key)
      return count !== undefined && isLocked(count, ruleOf(count), clock())
    },

    /** Takes note of an attempt that was refused because of the lock. */
    triedWhileLocked(key: string): void {
      const count = counts.get(key)
      if (!count) return
      const restarted = { ...count, ...restartLock(count, ruleOf(count), clock()) }
      if (restarted.lockedAt === count.lockedAt) return
      counts.set(key, restarted)
      store(async (stores) => {
        if (counts.get(key) === restarted) await stores.lockouts.put(restarted)
      })
    },

    /** Whom a lock keeps out, be it from one source only. */
    lockedSubjects(realmId: string): Set<string> {
      const now = clock()
      const locked = [...counts.values()].filter((row) => row.realmId === realmId && isLocked(row, ruleOf(row), now))
      return new Set(locked.map(({ subject }) => subject))
    },

    /** Counts a failure at once, and stores the count in the group of the refusal's audit record or before it. */
    failed(attempt: Attempt): void {
      const key = keyOf(attempt)
      const counted = { ...attempt, ...countFailure(counts.get(key), ruleOf(attempt), clock()) }
      counts.set(key, counted)
      // The account may have gone while its password was being checked.
      store(async (stores) => {
        if (counts.get(key) === counted) await stores.lockouts.put(counted)
      })
    },

    /** Forgets the failures before a success. */
    succeeded(attempt: Attempt): void {
      if (counts.delete(keyOf(attempt))) store((stores) => stores.lockouts.remove(attempt))
    },

    /** Removes counts that have nothing more to say, so that their number stays bounded however many sources there are. */
    keepHouse(): void {
      const now = clock()
      const spent = [...counts].filter(([, row]) => isSpent(row, ruleOf(row), now))
      if (spent.length === 0) return
      for (const [key] of spent) counts.delete(key)
      store(async (stores) => {
        for (const [, row] of spent) await stores.lockouts.remove(row)
      })
    },

    /** Forgets the counts of an account that is gone; its id is never given again. */
    async forget(change: Change, realmId: string, subject: string): Promise<void> {
      await change.stores.lockouts.removeOfSubject(realmId, subject)
      change.onCommit(() => {
        for (const [key, row] of counts) if (row.realmId === realmId && row.subject === subject) counts.delete(key)
      })
    },
  }
}
