import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditRecord } from '../../audit/record.ts'
import type { AuditRecordStore, ChainedRecord } from '../../store/audit-records.ts'
import { createRecordIndex, type RecordPage } from './record-index.ts'

/** A journal in memory, of which each record is a group. */
function journalOf(records: Partial<AuditRecord>[]): AuditRecordStore {
  const chained = (record: object, index: number): ChainedRecord => ({
    seq: index + 1,
    at: 0,
    hash: '',
    record: JSON.stringify(record),
  })
  return {
    journals: async () => [{ id: 1, name: '' }],
    after: async (_journal: number, seq: number, atLeast: number) =>
      records
        .map(chained)
        .filter((row) => row.seq > seq)
        .slice(0, atLeast),
  } as unknown as AuditRecordStore
}

const page = (fields: Partial<RecordPage> = {}): RecordPage => ({
  startIndex: 0,
  pageSize: 256,
  sortBy: 'id',
  ascending: true,
  ...fields,
})

test('records are numbered by their place among their like, whatever lies between them', async () => {
  const records = Array.from({ length: 2000 }, (_, n) => ({ at: n, host: n % 3 === 0 ? 'v' : 'a', status: n }))
  const index = createRecordIndex(journalOf(records), '"host":"v"', ({ host }) => host === 'v')
  const ids = async (fields: Partial<RecordPage>) =>
    (await index.page(page(fields))).records.map(({ id, record }) => [id, record.status])

  assert.equal((await index.page(page())).total, 667)
  assert.deepEqual(await ids({ pageSize: 2 }), [
    [1, 0],
    [2, 3],
  ])
  assert.deepEqual(await ids({ startIndex: 665, pageSize: 1024 }), [
    [666, 1995],
    [667, 1998],
  ])
  assert.deepEqual(await ids({ startIndex: 1, pageSize: 2, ascending: false }), [
    [666, 1995],
    [665, 1992],
  ])
  assert.deepEqual(await ids({ startIndex: 667 }), [])
})

test('what the journal gets later is there at the next call', async () => {
  const records: Partial<AuditRecord>[] = [{ at: 1, host: 'v' }]
  const index = createRecordIndex(journalOf(records), '"host":"v"', () => true)
  assert.equal((await index.page(page())).total, 1)
  records.push({ at: 2, host: 'v' }, { at: 3, host: 'a' })
  const [first, second] = await Promise.all([index.page(page()), index.page(page())])
  assert.deepEqual([first.total, second.total], [2, 2])
})

test('by timestamp they come in the order of their times, even where the clock was set back', async () => {
  const index = createRecordIndex(journalOf([5, 9, 2, 9].map((at) => ({ at, host: 'v' }))), '"host":"v"', () => true)
  const ids = async (fields: Partial<RecordPage>) => (await index.page(page(fields))).records.map(({ id }) => id)
  assert.deepEqual(await ids({ sortBy: 'timestamp' }), [3, 1, 2, 4])
  assert.deepEqual(await ids({ sortBy: 'timestamp', ascending: false }), [4, 2, 1, 3])
  assert.deepEqual(await ids({}), [1, 2, 3, 4])
})
