import { setTimeout } from 'node:timers/promises'
import type { Journal } from '../audit/journal.ts'
import type { AuditRecord } from '../audit/record.ts'
import type { AuditIndex, Position } from '../audit/trail/audit-index.ts'
import type { AuditFilter } from '../audit/trail/filter.ts'
import { createTrailSearch, type PlacedRecord, type TrailPage, type TrailQuery } from '../audit/trail/search.ts'
import { type RefusedSignIns, refusedSignIns } from '../audit/trail/sign-ins.ts'
import type { AuditRecordStore } from '../store/audit-records.ts'
import type { Clock } from './clock.ts'
import { AccessError } from './errors.ts'

export type AuditTrail = ReturnType<typeof createAuditTrail>

/** Pages that are looked for at once, and that may wait for their turn; exports that may be written at once. */
const pagesAtOnce = 2
const mostWaiting = 100
const exportsAtOnce = 2
/** Between two looks for new records while somebody waits for them, in milliseconds. */
const shortestPause = 250

/** The records of all appliances, for people who look for something in them. */
export function createAuditTrail(
  index: AuditIndex,
  records: AuditRecordStore,
  journal: Pick<Journal, 'onRecords'>,
  clock: Clock,
) {
  const search = createTrailSearch(index, records)
  const closed = new AbortController()
  let pages = 0
  const waiting: (() => void)[] = []
  let exports = 0

  /** @throws {AccessError} `busy` */
  async function page(query: TrailQuery): Promise<TrailPage> {
    if (pages < pagesAtOnce) pages++
    else if (waiting.length < mostWaiting) await new Promise<void>((turn) => waiting.push(turn))
    else throw new AccessError('busy', 'Too many searches of the audit log are running')
    try {
      return await search.page(query)
    } finally {
      const next = waiting.shift()
      if (next) next()
      else pages--
    }
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
    async follow(query: TrailQuery, seconds: number, ended: AbortSignal): Promise<TrailPage> {
      const stopped = AbortSignal.any([ended, closed.signal])
      const end = performance.now() + seconds * 1000
      let { after } = query
      for (;;) {
        const found = await page({ ...query, after })
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
    export(filter: AuditFilter): { pieces: AsyncGenerator<PlacedRecord[]>; done: () => void } {
      if (exports >= exportsAtOnce) throw new AccessError('busy', 'Too many exports of the audit log are running')
      exports++
      let done = () => {
        exports--
        done = () => {}
      }
      return { pieces: search.all(filter), done: () => done() }
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
