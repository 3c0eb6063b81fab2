import { setTimeout } from 'node:timers/promises'
import type { Journal } from '../audit/journal.ts'
import type { AuditRecord } from '../audit/record.ts'
import type { AuditIndex, Position } from '../audit/trail/audit-index.ts'
import type { AuditFilter } from '../audit/trail/filter.ts'
import { createTrailSearch, type PlacedRecord, type TrailPage, type TrailQuery } from '../audit/trail/search.ts'
import { type RefusedSignIns, refusedSignIns } from '../audit/trail/sign-ins.ts'
import type { AuditRecordStore } from '../store/audit-records.ts'
import type { Clock } from './clock.ts'
import { placesOfExports, placesOfSearches } from './turns/limits.ts'
import { createRoom } from './turns/room.ts'
import type { Turns } from './turns/turns.ts'

export type AuditTrail = ReturnType<typeof createAuditTrail>

/** Between two looks for new records while somebody waits for them, in milliseconds. */
const shortestPause = 250

/** The records of all appliances, for people who look for something in them. */
export function createAuditTrail(
  index: AuditIndex,
  records: AuditRecordStore,
  journal: Pick<Journal, 'onRecords'>,
  clock: Clock,
  turns: Turns,
) {
  const search = createTrailSearch(index, records)
  const closed = new AbortController()
  const places = createRoom(placesOfSearches, 'Too many searches of the audit log are running')
  const exports = createRoom(placesOfExports, 'Too many exports of the audit log are running')

  /**
   * @param caller Who is charged: callers have their pages in turn.
   * @param ended Nobody waits for it any more.
   * @throws {AccessError} `busy`
   */
  async function page(query: TrailQuery, caller: string, ended: AbortSignal): Promise<TrailPage> {
    using _place = await places.take(caller, 1, ended)
    return await search.page(query, turns.begin(caller))
  }

  /** Resolves when there are new records, or with the time, or when nobody wants to know any more. */
  async function nextRecords(milliseconds: number, ended: AbortSignal): Promise<void> {
    const woken = new AbortController()
    const stop = journal.onRecords(() => woken.abort())
    await setTimeout(milliseconds, undefined, { signal: AbortSignal.any([woken.signal, ended]) }).catch(() => {})
    stop()
  }

  return {
    page,

    /**
     * New records as soon as there are any.
     *
     * @param query With the place that the caller knows of.
     * @param ended The caller is gone.
     * @returns a page without records where none came in so many seconds.
     */
    async follow(query: TrailQuery, seconds: number, caller: string, ended: AbortSignal): Promise<TrailPage> {
      const stopped = AbortSignal.any([ended, closed.signal])
      const end = performance.now() + seconds * 1000
      let { after } = query
      for (;;) {
        const found = await page({ ...query, after }, caller, ended)
        const left = end - performance.now()
        if (found.records.length > 0 || found.more || left <= 0 || stopped.aborted) return found
        after = found.newer
        await setTimeout(Math.min(shortestPause, left), undefined, { signal: stopped }).catch(() => {})
        const { seq } = await index.newest()
        if (seq <= after.seq) await nextRecords(Math.max(0, end - performance.now()), stopped)
      }
    },

    find: (position: Position): Promise<AuditRecord | undefined> => search.find(position),

    /**
     * All records that match, oldest first.
     *
     * @returns what gives them piece by piece; who asked for it must say when they have done with it.
     * @throws {AccessError} `busy`
     */
    async export(
      filter: AuditFilter,
      caller: string,
    ): Promise<{ pieces: AsyncGenerator<PlacedRecord[]>; done: () => void }> {
      const place = await exports.take(caller, 1, closed.signal)
      return { pieces: search.all(filter, turns.begin(caller)), done: () => place.shrink(0) }
    },

    /** Refused sign-ins of the last day, by the hour. */
    refusedSignIns: (hours = 24): Promise<RefusedSignIns> => refusedSignIns(index, hours, clock()),

    keepHouse: index.keepHouse,

    /** Nobody waits any longer. */
    close(): void {
      closed.abort()
    },
  }
}
