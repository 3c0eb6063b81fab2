import type { Journal } from '../../audit/journal.ts'
import type { LockoutTable } from '../../store/schema.ts'
import type { Stores } from '../../store/stores.ts'
import type { Account } from '../accounts/account.ts'
import type { Clock } from '../clock.ts'
import { countFailure, isLocked, isSpent, type LockoutRule } from './lockout.ts'

export type Lockouts = ReturnType<typeof createLockouts>

/** Which count an attempt belongs to: each appliance counts for itself, each account and source apart. */
export interface Attempt {
  applianceId: string
  account: Account
  /** As `lockoutSource` gives it. */
  source: string
}

/**
 * The failed sign-ins that still count. They outlive a restart.
 *
 * @param ruleOf The lockout rule of a realm, as it is now.
 */
export function createLockouts(
  stored: readonly LockoutTable[],
  journal: Journal,
  clock: Clock,
  ruleOf: (realmId: string) => LockoutRule,
) {
  const counts = new Map<string, LockoutTable>()
  const keyOf = (row: Pick<LockoutTable, 'applianceId' | 'realmId' | 'userid' | 'source'>) =>
    `${row.applianceId} ${row.realmId} ${row.userid} ${row.source}`
  const rowKey = ({ applianceId, account, source }: Attempt) => ({
    applianceId,
    realmId: account.realmId,
    userid: account.userid,
    source,
  })
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
    key: (attempt: Attempt): string => keyOf(rowKey(attempt)),

    has: (key: string): boolean => counts.has(key),

    /** Whether nobody has failed of late, as is usual. */
    isEmpty: (): boolean => counts.size === 0,

    isLocked: (key: string, realmId: string): boolean => isLocked(counts.get(key), ruleOf(realmId), clock()),

    /** Counts a failure at once, and stores the count in the group of the refusal's audit record or before it. */
    failed(attempt: Attempt): void {
      const row = rowKey(attempt)
      const key = keyOf(row)
      const counted = { ...row, ...countFailure(counts.get(key), ruleOf(row.realmId), clock()) }
      counts.set(key, counted)
      store(async (stores) => {
        // The account may have gone while its password was being checked.
        if (await stores.accounts.find(row.realmId, row.userid)) await stores.lockouts.put(counted)
      })
    },

    /** Forgets the failures before a success. */
    succeeded(attempt: Attempt): void {
      const row = rowKey(attempt)
      if (counts.delete(keyOf(row))) store((stores) => stores.lockouts.remove(row))
    },

    /** Removes counts that have nothing more to say, so that their number stays bounded however many sources there are. */
    keepHouse(): void {
      const now = clock()
      const spent = [...counts].filter(([, row]) => isSpent(row, ruleOf(row.realmId), now))
      if (spent.length === 0) return
      for (const [key] of spent) counts.delete(key)
      store(async (stores) => {
        for (const [, row] of spent) await stores.lockouts.remove(row)
      })
    },

    /** Forgets the counts of an account that is gone; its id is never given again. */
    forget(realmId: string, userid: number): void {
      for (const [key, row] of counts) if (row.realmId === realmId && row.userid === userid) counts.delete(key)
    },
  }
}
