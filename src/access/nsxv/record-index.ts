import { setImmediate } from 'node:timers/promises'
import type { AuditRecord } from '../../audit/record.ts'
import type { AuditRecordStore } from '../../store/audit-records.ts'

/** A record, and its number among those that are indexed: the first ever is 1. */
export interface NumberedRecord {
  id: number
  record: AuditRecord
}

export interface RecordPage {
  /** Records passed over before the page begins. */
  startIndex: number
  pageSize: number
  sortBy: 'id' | 'timestamp'
  ascending: boolean
}

export type RecordIndex = ReturnType<typeof createRecordIndex>

const readAtOnce = 500
/** The newest that are kept in the index. @see nsxv-api.md 4 */
const mostRecords = 1_000_000

/**
 * Finds records of one kind in the journal by their place among their like. It reads what the journal has got since it
 * was last asked, and keeps where the records are and no more of them.
 *
 * @param mark What the text of every record wanted has, so that most others are passed over unread.
 */
export function createRecordIndex(store: AuditRecordStore, mark: string, wants: (record: AuditRecord) => boolean) {
  // In the order of their ids; three arrays of numbers take a fraction of the room of as many objects.
  const journals: number[] = []
  const seqs: number[] = []
  const times: number[] = []
  /** Records that have left the front of the index. */
  let dropped = 0
  /** Whether records are older the smaller their ids. */
  let inTime = true
  const read = new Map<number, number>()
  let catchingUp = Promise.resolve()

  async function catchUp(): Promise<void> {
    for (const { id: journal } of await store.journals()) {
      for (;;) {
        const seen = read.get(journal) ?? 0
        const rows = await store.after(journal, seen, readAtOnce)
        for (const { seq, record: text } of rows) {
          read.set(journal, seq)
          if (!text.includes(mark)) continue
          const record: AuditRecord = JSON.parse(text)
          if (!wants(record)) continue
          if (record.at < (times.at(-1) ?? 0)) inTime = false
          journals.push(journal)
          seqs.push(seq)
          times.push(record.at)
        }
        if (rows.length < readAtOnce) break
        // Other requests go on while a long journal is read.
        await setImmediate()
      }
    }
    // In large steps, for each moves all that stay.
    if (seqs.length < mostRecords * 1.1) return
    dropped += seqs.length - mostRecords
    for (const array of [journals, seqs, times]) array.splice(0, array.length - mostRecords)
  }

  /** The places of a page's records in the arrays, in the page's order. */
  function places({ startIndex, pageSize, sortBy, ascending }: RecordPage): number[] {
    const count = seqs.length
    const byTime =
      sortBy === 'timestamp' && !inTime
        ? Array.from({ length: count }, (_, place) => place).sort((a, b) => times[a]! - times[b]! || a - b)
        : undefined
    const length = Math.max(0, Math.min(pageSize, count - startIndex))
    return Array.from({ length }, (_, offset) => {
      const at = ascending ? startIndex + offset : count - 1 - startIndex - offset
      return byTime?.[at] ?? at
    })
  }

  async function fetch(wanted: readonly number[]): Promise<Map<number, AuditRecord>> {
    const found = new Map<number, AuditRecord>()
    let window = new Map<number, string>()
    let journal = -1
    for (const place of wanted.toSorted((a, b) => a - b)) {
      const seq = seqs[place]!
      if (journal !== journals[place] || !window.has(seq)) {
        journal = journals[place]!
        const rows = await store.after(journal, seq - 1, 64, 0, 16)
        window = new Map(rows.map((row) => [row.seq, row.record]))
      }
      found.set(place, JSON.parse(window.get(seq) as string))
    }
    return found
  }

  return {
    async page(page: RecordPage): Promise<{ records: NumberedRecord[]; total: number }> {
      catchingUp = catchingUp.then(catchUp, catchUp)
      await catchingUp
      const wanted = places(page)
      const total = seqs.length
      const first = dropped + 1
      const found = await fetch(wanted)
      return { records: wanted.map((place) => ({ id: first + place, record: found.get(place)! })), total }
    },
  }
}
