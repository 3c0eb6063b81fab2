import type { AuditRecord } from '../record.ts'
import type { Classified, Outcome, Surface } from './facets.ts'
import { withoutRelayReason } from './relay-reason.ts'

/** Which records are wanted; what is absent is not asked. All that is asked must hold. */
export interface AuditFilter {
  surfaces: readonly Surface[]
  /** Whatever their case; `*` stands for any characters. */
  user?: string | undefined
  operation?: string | undefined
  source?: string | undefined
  /** An operation whose records are left out. */
  exceptOperation?: string | undefined
  outcomes?: readonly Outcome[] | undefined
  kinds?: readonly AuditRecord['kind'][] | undefined
  /** Whether the call changes something. */
  write?: boolean | undefined
  /** Milliseconds since 1970; the second is not included. */
  from?: number | undefined
  to?: number | undefined
  /** A text that a record has somewhere, whatever its case. */
  text?: string | undefined
  /** Whether it is told, and looked into, why upstreams gave no answer. Absent: it is not. */
  relayReasons?: boolean | undefined
}

export interface AuditMatcher {
  user(name: string): boolean
  operation(name: string): boolean
  source(name: string): boolean
  class(of: Classified): boolean
  /** Reads a record. @returns undefined where its time or its text is not as wanted; the rest is not looked at. */
  read(text: string): AuditRecord | undefined
  /** What the text of each record has that is wanted, in lower case. */
  text: string | undefined
  /** Times of the records that are wanted, both included. */
  from: number
  to: number
}

export function createMatcher(filter: AuditFilter): AuditMatcher {
  const { surfaces, outcomes, kinds, write, from = Number.MIN_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER } = filter
  const user = patternOf(filter.user)
  const operation = patternOf(filter.operation)
  const source = patternOf(filter.source)
  const text = filter.text ? inJson(filter.text) : undefined
  return {
    user,
    operation: (name) => name !== filter.exceptOperation && operation(name),
    source,
    class: (of) =>
      surfaces.includes(of.surface) &&
      (outcomes?.includes(of.outcome) ?? true) &&
      (kinds?.includes(of.kind) ?? true) &&
      (write === undefined || write === of.write),
    read(json) {
      // Most that lack it are told from their text.
      if (text !== undefined && !json.toLowerCase().includes(text)) return undefined
      const whole: AuditRecord = JSON.parse(json)
      // Before it is looked into: what may not be read must not be found by guessing either.
      const record = filter.relayReasons ? whole : withoutRelayReason(whole)
      if (record.at < from || record.at >= to) return undefined
      return text === undefined || searchable(record).includes(text) ? record : undefined
    },
    text,
    from,
    to: to - 1,
  }
}

/** As a text stands within JSON. */
const inJson = (text: string) => JSON.stringify(text).slice(1, -1).toLowerCase()

/** What a record tells, in JSON and in lower case: not the names of its own fields, which all records have. */
function searchable({ at: _, ...record }: AuditRecord): string {
  return JSON.stringify(Object.values(record)).toLowerCase()
}

/** Compares in linear time: pieces between asterisks are looked for one after another. */
function patternOf(pattern: string | undefined): (text: string) => boolean {
  if (pattern === undefined) return () => true
  const [first = '', ...rest] = pattern.toLowerCase().split('*')
  const last = rest.pop()
  if (last === undefined) return (text) => text.toLowerCase() === first
  return (text) => {
    const whole = text.toLowerCase()
    if (whole.length < first.length + last.length || !whole.startsWith(first) || !whole.endsWith(last)) return false
    let at = first.length
    for (const piece of rest) {
      const found = whole.indexOf(piece, at)
      if (found < 0) return false
      at = found + piece.length
    }
    return at <= whole.length - last.length
  }
}
