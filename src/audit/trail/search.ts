import type { Work } from '../../access/turns/turns.ts'
import type { AuditRecordStore, ChainedRecord } from '../../store/audit-records.ts'
import type { AuditRecord } from '../record.ts'
import type { AuditIndex, ChunkPart, Position } from './audit-index.ts'
import { type Names, type Selection, select, takesEntries } from './chunk.ts'
import { type AuditFilter, type AuditMatcher, createMatcher } from './filter.ts'
import { mayContain } from './signature.ts'

export interface PlacedRecord {
  position: Position
  record: AuditRecord
  /** The record's in the chain. */
  hash: string
}

export interface TrailQuery {
  filter: AuditFilter
  /** Only records before or after that one; the ones next to it. */
  before?: Position | undefined
  after?: Position | undefined
  limit: number
}

export interface TrailPage {
  /** Newest first. */
  records: PlacedRecord[]
  /** How many match in all; undefined where that is not asked, or would take too long to count. */
  total: number | undefined
  /** Where to go on towards the past; undefined: there is nothing more. */
  older: Position | undefined
  /** Where to go on towards the present, which may bring nothing yet. */
  newer: Position
  /** Whether there is more already in the direction that was asked for. */
  more: boolean
}

export type TrailSearch = ReturnType<typeof createTrailSearch>

/** Characters that one page may read: it is answered with what was found until then. */
const mostRead = 8_000_000
/** Records between two that are wanted that are read along, rather than with a query more. */
const widestGap = 64
/** Records read at once, and characters where the records are long. */
const mostAtOnce = 100
const charactersAtOnce = 2_000_000

/** Pages of the audit records that match, from any place in the journals. */
export function createTrailSearch(index: AuditIndex, records: AuditRecordStore) {
  /** The numbers of the records of a part that may match, in the order they are met. */
  async function candidates({ chunk, first, last }: ChunkPart, { wanted }: Selection, descending: boolean) {
    const places = wanted && (await chunk.places())
    const numbers: number[] = []
    for (let seq = first; seq <= last; seq++) {
      if (!places || wanted[places[seq - chunk.firstSeq]!]) numbers.push(seq)
    }
    return descending ? numbers.reverse() : numbers
  }

  /**
   * Reads records of a journal, and remembers the groups that the last ones were in: the next ones are mostly there too.
   *
   * @returns what gives the records of some numbers, in the order of these, and how much had to be read for them.
   */
  function reader(journal: number) {
    let held = new Map<number, ChainedRecord>()
    return async (numbers: readonly number[]) => {
      const found = new Map<number, ChainedRecord>()
      let length = 0
      const missing = numbers.filter((seq) => !held.has(seq)).sort((a, b) => a - b)
      for (let begin = 0; begin < missing.length; ) {
        let end = begin
        while (end + 1 < missing.length && missing[end + 1]! - missing[end]! <= widestGap) end++
        for (const row of await records.around(journal, missing[begin]!, missing[end]!)) {
          found.set(row.seq, row)
          length += row.record.length
        }
        begin = end + 1
      }
      const rows = numbers.flatMap((seq) => {
        const row = found.get(seq) ?? held.get(seq)
        return row === undefined ? [] : [row]
      })
      if (missing.length > 0) held = found
      return { rows, length }
    }
  }

  /** What of a chunk matches. @returns undefined: nothing does. */
  function look({ chunk }: ChunkPart, matcher: AuditMatcher) {
    if (chunk.toAt < matcher.from || chunk.fromAt > matcher.to) return undefined
    if (matcher.text !== undefined && chunk.signature && !mayContain(chunk.signature, matcher.text)) return undefined
    const selection = select(chunk, matcher)
    if (!selection) return undefined
    // Whether names say all.
    const sure = matcher.text === undefined && chunk.fromAt >= matcher.from && chunk.toAt <= matcher.to
    return { ...selection, sure }
  }

  /** Matching records of a part, as many at once as are asked for at most. */
  async function* matches(
    part: ChunkPart,
    selection: Selection & { sure: boolean },
    matcher: AuditMatcher,
    descending: boolean,
    atOnce: () => number,
    work: Work,
  ): AsyncGenerator<{ matching: PlacedRecord[]; read: number; to: number }> {
    const { journal } = part.chunk
    const numbers = await candidates(part, selection, descending)
    const read = reader(journal)
    let most = mostAtOnce
    for (let done = 0; done < numbers.length; ) {
      const batch = numbers.slice(done, done + (selection.sure ? Math.min(most, atOnce()) : most))
      done += batch.length
      const { rows, length } = await read(batch)
      const characters = rows.reduce((sum, { record }) => sum + record.length, 1)
      most = Math.min(mostAtOnce, Math.ceil((batch.length * charactersAtOnce) / characters))
      const matching: PlacedRecord[] = []
      for (const { seq, record: text, hash } of rows) {
        const record = matcher.read(text)
        if (record) matching.push({ position: { journal, seq }, record, hash })
      }
      yield { matching, read: length, to: batch.at(-1)! }
      if (work.isSpent) await work.turn()
    }
  }

  async function page({ filter, before, after, limit }: TrailQuery, work: Work): Promise<TrailPage> {
    await index.catchUp()
    const matcher = createMatcher(filter)
    const descending = after === undefined
    const newest = await index.newest()
    /** One more than is shown tells whether there is more. */
    const most = limit + 1
    const found: PlacedRecord[] = []
    let counting = descending && before === undefined && matcher.text === undefined
    let total = 0
    let spent = 0
    /** Up to where all has been looked at, where that is not everything. */
    let stopped: Position | undefined
    const parts = index.chunks({
      from: after ?? before,
      order: descending ? 'desc' : 'asc',
      times: matcher,
      signatures: matcher.text !== undefined,
      entriesOf: (names: Names) => takesEntries(names, matcher),
    })
    for await (const part of parts) {
      const { chunk } = part
      spent += chunk.cost
      const seen = look(part, matcher)
      if (seen) {
        if (counting && seen.sure) total += seen.count
        const readsAll = counting && !seen.sure
        if (found.length < most || readsAll) {
          for await (const batch of matches(part, seen, matcher, descending, () => most - found.length, work)) {
            spent += batch.read
            if (readsAll) total += batch.matching.length
            found.push(...batch.matching.slice(0, most - found.length))
            stopped = { journal: chunk.journal, seq: batch.to }
            if ((found.length >= most && !readsAll) || spent > mostRead) break
          }
        }
      }
      if (spent > mostRead) {
        counting = false
        if (found.length < most) {
          stopped ??= { journal: chunk.journal, seq: descending ? part.first : part.last }
          break
        }
      }
      if (found.length >= most && !counting) break
      stopped = undefined
    }
    return paged({ found, limit, stopped, descending, before, after, newest, total: counting ? total : undefined })
  }

  /** All records that match, oldest first, as many at once as were read at once. */
  async function* all(filter: AuditFilter, work: Work): AsyncGenerator<PlacedRecord[]> {
    const matcher = createMatcher(filter)
    const signatures = matcher.text !== undefined
    const entriesOf = (names: Names) => takesEntries(names, matcher)
    for await (const part of index.chunks({ order: 'asc', times: matcher, signatures, entriesOf })) {
      const seen = look(part, matcher)
      if (!seen) continue
      for await (const { matching } of matches(part, seen, matcher, false, () => mostAtOnce, work)) yield matching
    }
  }

  return {
    page,
    all,

    async find({ journal, seq }: Position): Promise<AuditRecord | undefined> {
      const row = (await records.around(journal, seq, seq)).find((one) => one.seq === seq)
      return row && JSON.parse(row.record)
    },
  }
}

interface Found {
  found: PlacedRecord[]
  limit: number
  stopped: Position | undefined
  descending: boolean
  before: Position | undefined
  after: Position | undefined
  newest: Position
  total: number | undefined
}

function paged({ found, limit, stopped, descending, before, after, newest, total }: Found): TrailPage {
  const full = found.length > limit
  const shown = full ? found.slice(0, limit) : found
  const end = full ? shown.at(-1)?.position : stopped
  if (descending) {
    const top = shown[0]?.position
    const newer = before ? (top ?? { ...before, seq: before.seq - 1 }) : later(newest, top)
    const counted = before || end ? undefined : shown.length
    return { records: shown, total: total ?? counted, older: end, newer, more: end !== undefined }
  }
  const records = shown.toReversed()
  const newer = end ?? later(later(newest, after), records[0]?.position)
  const older = records.at(-1)?.position ?? { ...newer, seq: newer.seq + 1 }
  return { records, total: undefined, older, newer, more: end !== undefined }
}

function later(a: Position, b: Position | undefined): Position {
  return b && (b.journal > a.journal || (b.journal === a.journal && b.seq > a.seq)) ? b : a
}
