import { hash } from 'node:crypto'

/** What the first record of a journal is chained to. */
export const chainStart = '0'.repeat(64)

/** The hash that ties a record to all before it: SHA-256 over the previous hash and the record's text, in hex. */
export function chainHash(previous: string, record: string): string {
  return hash('sha256', previous + record, 'hex')
}
