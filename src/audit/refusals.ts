import type { Clock } from '../access/clock.ts'
import type { Journal } from './journal.ts'
import type { AuditRecord } from './record.ts'

/** What was refused before it was a call of anybody's, or beside all calls. */
export type Refused = Omit<AuditRecord, 'at' | 'pid' | 'requestId' | 'bytes' | 'micros' | 'count'> & {
  operation: string
  /** Of the connection, where it has one. */
  requestId?: string
}

export const refusalLimits = {
  /** Milliseconds in which refusals that are like each other become one record behind the first. */
  window: 60_000,
  /** Kinds of refusals, by address, that are told apart; beyond them the address is not. */
  kinds: 1000,
}

export type Refusals = ReturnType<typeof openRefusals>

interface Counted {
  refused: Refused
  since: number
  more: number
}

/**
 * Records refusals so that nobody can fill the disk with them: of one operation, by one
 * address (and user, where it is known), at one appliance, the
 * first is recorded at once, and those of the minute behind it as one record with their count.
 *
 * @param limits Given by tests.
 */
export function openRefusals(journal: Pick<Journal, 'append'>, clock: Clock, limits = refusalLimits) {
  const counted = new Map<string, Counted>()
  let timer: NodeJS.Timeout | undefined

  function write({ requestId = '', ...refused }: Refused, count?: number): void {
    const record: AuditRecord = { at: clock(), pid: process.pid, requestId, bytes: 0, micros: 0, ...refused }
    // A journal that cannot be written says so itself; there is nobody here to answer.
    journal.append(count === undefined ? record : { ...record, count }, () => {})
  }

  function finish(key: string, { refused, more }: Counted): void {
    counted.delete(key)
    if (more > 0) write(refused, more)
  }

  /** Writes what is counted of windows that are over. */
  function settle(all = false): void {
    const now = clock()
    for (const [key, one] of counted) {
      if (all || Math.abs(now - one.since) >= limits.window) finish(key, one)
    }
    if (counted.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  return {
    record(refused: Refused): void {
      const keyOf = (source: string) => JSON.stringify([refused.host, refused.operation, refused.user, source])
      settle()
      const own = keyOf(refused.source)
      const isCrowded = counted.size >= limits.kinds && !counted.has(own)
      const key = isCrowded ? keyOf('') : own
      const before = counted.get(key)
      if (before) {
        before.more++
        return
      }
      counted.set(key, {
        refused: isCrowded ? { ...refused, source: '', url: '', agent: '' } : refused,
        since: clock(),
        more: 0,
      })
      timer ??= setInterval(settle, limits.window / 4).unref()
      write(refused)
    },

    settle,

    close(): void {
      settle(true)
    },
  }
}
