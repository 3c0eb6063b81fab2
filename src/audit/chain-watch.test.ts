import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditRecordStore, ChainedRecord } from '../store/audit-records.ts'
import { chainHash, chainStart } from './chain.ts'
import { createChainWatch } from './chain-watch.ts'

const unexpected = (error: unknown) => assert.fail(String(error))

/** A journal in memory, with what was read of it. */
function openJournal() {
  const records: ChainedRecord[] = []
  let reads = 0
  const store = {
    journals: async () => [{ id: 1, name: 'one' }],
    last: async () => records.at(-1),
    exports: async () => [],
    after: async (_journal: number, seq: number, atLeast: number) => {
      const found = records.filter((record) => record.seq > seq).slice(0, atLeast)
      reads += found.length
      return found
    },
  } as unknown as AuditRecordStore
  return {
    store,
    records,
    reads: () => reads,
    grow(count: number) {
      for (let n = 0; n < count; n++) {
        const last = records.at(-1)
        const record = JSON.stringify({ user: `somebody ${records.length}` })
        records.push({
          seq: (last?.seq ?? 0) + 1,
          at: records.length,
          record,
          hash: chainHash(last?.hash ?? chainStart, record),
        })
      }
    },
  }
}

test('each look verifies what came since the last one', async () => {
  const journal = openJournal()
  let now = 10
  const watch = createChainWatch(
    journal.store,
    () => undefined,
    () => now,
    unexpected,
  )
  journal.grow(2500)
  assert.deepEqual(await watch.state(), { records: 2500, lastAt: 2499, verified: undefined })
  await watch.close()
  const first = { verdict: { intact: true, records: 2500 }, at: 10 }
  assert.deepEqual((await watch.state()).verified, first)
  await watch.close()

  journal.grow(3)
  now = 20
  await watch.state()
  await watch.close()
  const { verified } = await watch.state()
  assert.deepEqual(verified, { verdict: { intact: true, records: 2503 }, at: 20 })
  await watch.close()
  assert.equal(journal.reads(), 2503)
})

test('a record that was changed, and one that is missing, stay broken', async () => {
  for (const [spoil, seq, reason] of [
    [
      (records: ChainedRecord[]) => Object.assign(records[4]!, { record: '{"user":"nobody"}' }),
      5,
      'its text or its hash was changed',
    ],
    [(records: ChainedRecord[]) => records.splice(4, 1), 5, 'it is missing'],
  ] as const) {
    const journal = openJournal()
    const watch = createChainWatch(
      journal.store,
      () => undefined,
      () => 0,
      unexpected,
    )
    journal.grow(10)
    spoil(journal.records)
    for (let look = 0; look < 3; look++) {
      await watch.state()
      await watch.close()
    }
    const { verified } = await watch.state()
    assert.deepEqual(verified?.verdict, { intact: false, records: 4, journal: 'one', seq, reason })
  }
})

test('records that were verified and are gone are missed', async () => {
  const journal = openJournal()
  const watch = createChainWatch(
    journal.store,
    () => undefined,
    () => 0,
    unexpected,
  )
  journal.grow(10)
  await watch.state()
  await watch.close()
  journal.records.length = 7
  await watch.state()
  await watch.close()
  const { verified } = await watch.state()
  const reason = 'this process has verified record 10, the journal ends with 7'
  assert.deepEqual(verified?.verdict, { intact: false, records: 10, journal: 'one', seq: 8, reason })
  await watch.close()
})

test('a store that cannot be read is no verdict', async () => {
  const told: unknown[] = []
  const failing = {
    journals: async () => [],
    last: async () => undefined,
    exports: async () => [],
  } as unknown as AuditRecordStore
  const watch = createChainWatch(
    { ...failing, journals: async () => Promise.reject(new Error('gone')) },
    () => undefined,
    () => 0,
    (error) => told.push(error),
  )
  await assert.rejects(watch.state())
  await watch.close()
  assert.equal(told.length, 1)
})
