import { RE2JS } from 're2js'
import { type AuditRecord, isNsxRecord } from '../audit/record.ts'
import { syslogLine } from '../audit/syslog-line.ts'
import type { AuditRecordStore } from '../store/audit-records.ts'
import type { Clock } from './clock.ts'
import { AccessError } from './errors.ts'
import { placesOfSearches } from './turns/limits.ts'
import { createRoom } from './turns/room.ts'
import type { Turns, Work } from './turns/turns.ts'

export interface AuditQuery {
  /** Only records of the last so many days; absent: all. */
  ageLimitDays?: number
  filter?: { type: 'TEXT' | 'REGEX'; text: string }
  /** Matches passed over before the page begins. */
  offset: number
  pageSize: number
}

export interface AuditPage {
  records: AuditRecord[]
  /** Matches there are in all. */
  total: number
}

export type AuditSearch = ReturnType<typeof createAuditSearch>

const dayInMs = 24 * 60 * 60 * 1000
const readAtOnce = 100

/** Reads the journal as NSX Manager's audit log shows it, oldest first. */
export function createAuditSearch(store: AuditRecordStore, clock: Clock, turns: Turns) {
  const places = createRoom(placesOfSearches, 'Too many audit log searches are running')

  /**
   * @param caller Who is charged: callers have their searches in turn.
   * @param ended Nobody waits for it any more.
   * @throws {AccessError} `invalid_field` for an expression that is none; `busy` when too many searches wait.
   */
  async function search(query: AuditQuery, caller: string, ended: AbortSignal): Promise<AuditPage> {
    const matches = matcher(query.filter)
    using _place = await places.take(caller, 1, ended)
    return await collect(query, matches, turns.begin(caller), ended)
  }

  async function collect(
    query: AuditQuery,
    matches: (line: string) => boolean,
    work: Work,
    ended: AbortSignal,
  ): Promise<AuditPage> {
    const oldest = query.ageLimitDays === undefined ? 0 : clock() - query.ageLimitDays * dayInMs
    const records: AuditRecord[] = []
    let total = 0
    for (const { id } of await store.journals()) {
      for (let seq = 0; ; ) {
        const rows = await store.after(id, seq, readAtOnce, oldest)
        for (const row of rows) {
          seq = row.seq
          const record: AuditRecord = JSON.parse(row.record)
          if (record.at < oldest || !isNsxRecord(record) || !matches(syslogLine(record))) continue
          if (total >= query.offset && records.length < query.pageSize) records.push(record)
          total++
        }
        if (rows.length < readAtOnce) break
        if (!work.isSpent) continue
        await work.turn()
        ended.throwIfAborted()
      }
    }
    return { records, total }
  }

  return { search }
}

/** Regular expressions run in linear time: none can be written that keeps the server busy. */
function matcher(filter: AuditQuery['filter']): (line: string) => boolean {
  if (!filter || filter.text === '') return () => true
  const { type, text } = filter
  if (type === 'TEXT') return (line) => line.includes(text)
  try {
    const expression = RE2JS.compile(text)
    return (line) => expression.matcher(line).find()
  } catch (error) {
    throw new AccessError('invalid_field', `value ${text} of property log_filter is not a regular expression`, {
      cause: error,
    })
  }
}
