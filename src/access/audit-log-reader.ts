import { setImmediate } from 'node:timers/promises'
import type { Journal } from '../audit/journal.ts'
import type { AuditRecord } from '../audit/record.ts'
import { syslogLine } from '../audit/syslog-line.ts'
import type { AuditRecordStore } from '../store/audit-records.ts'

export interface LogQuery {
  /** Name of the appliance whose lines they are. */
  host: string
  wants(record: AuditRecord): boolean
  /** How a record looks; as NSX Manager's lines do unless said otherwise. */
  lineOf?(record: AuditRecord): string
  /** Ends the reading. */
  signal: AbortSignal
}

export type AuditLogReader = ReturnType<typeof createAuditLogReader>

const readAtOnce = 500

/** Reads the journal as an appliance's log file, piece by piece, so that a long one is never held as a whole. */
export function createAuditLogReader(store: AuditRecordStore, journal: Pick<Journal, 'id' | 'onRecords'>) {
  function recordsOf(rows: readonly { record: string }[], { host, wants }: LogQuery): AuditRecord[] {
    const mark = `"host":${JSON.stringify(host)}`
    return rows
      .filter(({ record }) => record.includes(mark))
      .map(({ record }) => JSON.parse(record) as AuditRecord)
      .filter((record) => record.host === host && wants(record))
  }

  const linesOf = (rows: readonly { record: string }[], query: LogQuery): string[] =>
    recordsOf(rows, query).map(query.lineOf ?? syslogLine)

  async function* piecesOf(
    id: number,
    from: number,
    query: LogQuery,
  ): AsyncGenerator<{ lines: string[]; seq: number }> {
    for (let seq = from; !query.signal.aborted; ) {
      const rows = await store.after(id, seq, readAtOnce)
      const last = rows.at(-1)
      if (!last) return
      seq = last.seq
      yield { lines: linesOf(rows, query), seq }
      // Other requests go on while a long journal is read.
      await setImmediate()
    }
  }

  /** The newest records of one journal, oldest first. */
  async function newestOf(id: number, query: LogQuery, most: number): Promise<AuditRecord[]> {
    const found: AuditRecord[] = []
    for (let seq = Number.MAX_SAFE_INTEGER; found.length < most && !query.signal.aborted; ) {
      const rows = await store.before(id, seq)
      const oldest = rows.at(-1)
      if (!oldest) break
      seq = oldest.seq
      for (const record of recordsOf(rows, query)) found.push(record)
      await setImmediate()
    }
    return found.slice(0, most).reverse()
  }

  return {
    /** All lines there are, oldest first. */
    async *all(query: LogQuery): AsyncGenerator<string[]> {
      for (const { id } of await store.journals()) {
        for await (const { lines } of piecesOf(id, 0, query)) if (lines.length > 0) yield lines
      }
    },

    /** The newest lines, oldest first; no more of the journal is read than has them. @param most How many at most. */
    async newest(query: LogQuery, most: number): Promise<string[]> {
      const found: AuditRecord[] = []
      for (const { id } of await store.journals()) found.push(...(await newestOf(id, query, most)))
      const lineOf = query.lineOf ?? syslogLine
      return found
        .sort((a, b) => a.at - b.at)
        .slice(-most)
        .map(lineOf)
    },

    /**
     * The last lines, and new ones as they come.
     *
     * @param last How many, of the newest records.
     */
    async *follow(query: LogQuery, last: number): AsyncGenerator<string[]> {
      let wake = () => {}
      const stop = journal.onRecords(() => wake())
      const aborted = () => wake()
      query.signal.addEventListener('abort', aborted)
      try {
        const newest = (await store.last(journal.id))?.seq ?? 0
        let seq = Math.max(0, newest - readAtOnce)
        const recent: string[] = []
        for await (const piece of piecesOf(journal.id, seq, query)) {
          recent.push(...piece.lines)
          seq = piece.seq
          if (seq >= newest) break
        }
        yield recent.slice(-last)
        while (!query.signal.aborted) {
          const woken = new Promise<void>((resolve) => {
            wake = resolve
          })
          for await (const piece of piecesOf(journal.id, seq, query)) {
            seq = piece.seq
            if (piece.lines.length > 0) yield piece.lines
          }
          if (!query.signal.aborted) await woken
        }
      } finally {
        stop()
        query.signal.removeEventListener('abort', aborted)
      }
    },
  }
}
