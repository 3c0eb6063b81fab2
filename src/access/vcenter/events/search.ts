import type { AuditFilter } from '../../../audit/trail/filter.ts'
import type { PlacedRecord } from '../../../audit/trail/search.ts'
import type { AuditTrail } from '../../audit-trail.ts'
import { eventsOf, type VcenterEvent } from './event.ts'

export interface EventQuery {
  /** Milliseconds since 1970; the second is not included. */
  from?: number | undefined
  to?: number | undefined
  /** Only of records behind that one. */
  after?: number | undefined
  takes(event: VcenterEvent): boolean
  most: number
}

const recordsAtOnce = 200
/** Pages that one search reads, most of which can be of other changes. */
const mostPages = 50

/**
 * The newest events that are asked for, out of the audit trail.
 *
 * @param caller Who is charged.
 * @returns oldest first.
 * @throws {AccessError} `busy`
 */
export async function newestEvents(
  trail: Pick<AuditTrail, 'page'>,
  { from, to, after = 0, takes, most }: EventQuery,
  caller: string,
  ended: AbortSignal,
): Promise<VcenterEvent[]> {
  const shared: AuditFilter = { surfaces: ['vcenter'], from, to }
  const newestFirst: VcenterEvent[] = []
  for await (const placed of merged(
    records({ ...shared, kinds: ['sign-in', 'sign-out'] }),
    records({ ...shared, kinds: ['call'], write: true, outcomes: ['success'] }),
  )) {
    if (placed.position.seq <= after || newestFirst.length >= most) break
    newestFirst.push(...eventsOf(placed).filter(takes).reverse())
  }
  return newestFirst.slice(0, most).reverse()

  async function* records(filter: AuditFilter): AsyncGenerator<PlacedRecord> {
    let before: PlacedRecord['position'] | undefined
    for (let pages = 0; pages < mostPages; pages++) {
      const page = await trail.page({ filter, before, limit: recordsAtOnce }, caller, ended)
      yield* page.records
      if (!page.older) return
      before = page.older
    }
  }
}

/** Two sequences that are newest first, as one. */
async function* merged(
  one: AsyncGenerator<PlacedRecord>,
  other: AsyncGenerator<PlacedRecord>,
): AsyncGenerator<PlacedRecord> {
  const sources = [one, other]
  const heads = await Promise.all(sources.map((source) => source.next()))
  try {
    for (;;) {
      let newest: number | undefined
      for (const [n, { done }] of heads.entries()) {
        if (!done && (newest === undefined || isLater(heads[n]!.value, heads[newest]!.value))) newest = n
      }
      if (newest === undefined) return
      yield heads[newest]!.value
      heads[newest] = await sources[newest]!.next()
    }
  } finally {
    await Promise.all(sources.map((source) => source.return(undefined)))
  }
}

const isLater = ({ position: a }: PlacedRecord, { position: b }: PlacedRecord) =>
  a.journal > b.journal || (a.journal === b.journal && a.seq > b.seq)
