import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditRecord } from '../audit/record.ts'
import type { AuditRecordStore } from '../store/audit-records.ts'
import { createAuditLogReader, type LogQuery } from './audit-log-reader.ts'

const atOnce = 100

/** Journals in memory; `reads` counts the records that were looked at. */
function journalsOf(...journals: Partial<AuditRecord>[][]) {
  const store = {
    reads: 0,
    journals: async () => journals.map((_, id) => ({ id, name: '' })),
    async before(journal: number, seq: number) {
      const rows = (journals[journal] ?? [])
        .map((record, index) => ({ seq: index + 1, at: 0, hash: '', record: JSON.stringify(record) }))
        .filter((row) => row.seq < seq)
        .slice(-atOnce)
        .reverse()
      store.reads += rows.length
      return rows
    },
  }
  return store
}

const query: LogQuery = {
  host: 'v',
  wants: ({ status }) => status !== 500,
  lineOf: ({ at }) => String(at),
  signal: new AbortController().signal,
}

const newest = (store: ReturnType<typeof journalsOf>, most: number, asked = query) =>
  createAuditLogReader(store as unknown as AuditRecordStore, { id: 0, onRecords: () => () => {} }).newest(asked, most)

const records = Array.from({ length: 10_000 }, (_, n) => ({
  at: n,
  host: n % 2 ? 'v' : 'a',
  status: n % 5 ? 200 : 500,
}))

test('the newest lines are read from the end, and no further than they go', async () => {
  const store = journalsOf(records)
  assert.deepEqual(await newest(store, 4), ['9991', '9993', '9997', '9999'])
  assert.equal(store.reads, atOnce)
  assert.equal((await newest(store, 1000)).length, 1000)
  assert.ok(store.reads < 3000, `${store.reads} records were read`)
  assert.equal((await newest(journalsOf(records.slice(0, 10)), 1000)).length, 4)
  assert.deepEqual(await newest(journalsOf([]), 10), [])
})

test('those of several journals are in the order of their times', async () => {
  const one = [1, 4, 5, 9].map((at) => ({ at, host: 'v' }))
  const other = [2, 3, 6, 7, 8].map((at) => ({ at, host: 'v' }))
  assert.deepEqual(await newest(journalsOf(one, other), 5), ['5', '6', '7', '8', '9'])
})

test('reading ends when nobody waits for it', async () => {
  const store = journalsOf(records.map((record) => ({ ...record, host: 'a' })))
  assert.deepEqual(await newest(store, 10, { ...query, signal: AbortSignal.abort() }), [])
  assert.equal(store.reads, 0)
})
