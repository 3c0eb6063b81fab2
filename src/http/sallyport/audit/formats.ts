import { escapeControl } from '../../../audit/escape.ts'
import { logLine } from '../../../audit/log-line.ts'
import type { PlacedRecord } from '../../../audit/trail/search.ts'
import { csvRow } from './csv.ts'
import { wireEntry } from './entry.ts'

interface Format {
  type: string
  /** How its files end. */
  ending: string
  header: string
  /** @param proofOf What proves that the journal had the record of that id and hash. */
  line(placed: PlacedRecord, proofOf: (id: string, hash: string) => string): string
}

const json = (value: unknown) => (value === undefined ? '' : JSON.stringify(value))

const columns: [name: string, of: (entry: ReturnType<typeof wireEntry>) => string | undefined][] = [
  ['id', (entry) => entry.id],
  ['time', (entry) => entry.time],
  ['surface', (entry) => entry.surface],
  ['appliance', (entry) => entry.appliance],
  ['kind', (entry) => entry.kind],
  ['user', (entry) => entry.user],
  ['source', (entry) => entry.source],
  ['operation', (entry) => entry.operation],
  ['outcome', (entry) => entry.outcome],
  ['status', (entry) => String(entry.status)],
  ['error', (entry) => entry.error],
  ['method', (entry) => entry.method],
  ['url', (entry) => entry.url],
  ['changes', (entry) => String(entry.changes)],
  ['entity', (entry) => entry.entity],
  ['old_value', (entry) => json(entry.before)],
  ['new_value', (entry) => json(entry.after)],
  ['parameters', (entry) => json(entry.parameters)],
  ['other_user', (entry) => entry.other_user],
  ['agent', (entry) => entry.agent],
  ['request_id', (entry) => entry.request_id],
]

/** As what the audit log can be taken away: a line a record. */
export const formats = {
  csv: {
    type: 'text/csv; charset=utf-8; header=present',
    ending: 'csv',
    header: csvRow([...columns.map(([name]) => name), 'proof']),
    line(placed, proofOf) {
      const entry = wireEntry(placed)
      // What ends no line and moves no cursor.
      const cells = columns.map(([, of]) => escapeControl(of(entry) ?? ''))
      return csvRow([...cells, proofOf(entry.id, placed.hash)])
    },
  },
  ndjson: {
    type: 'application/x-ndjson',
    ending: 'ndjson',
    header: '',
    line(placed, proofOf) {
      const entry = wireEntry(placed)
      return `${JSON.stringify({ ...entry, proof: proofOf(entry.id, placed.hash) })}\n`
    },
  },
  syslog: {
    type: 'text/plain; charset=utf-8',
    ending: 'log',
    header: '',
    line: ({ record }) => `${logLine(record)}\n`,
  },
} satisfies Record<string, Format>

export type FormatName = keyof typeof formats
export const formatNames = Object.keys(formats) as FormatName[]
