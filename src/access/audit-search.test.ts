import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditRecordStore } from '../store/audit-records.ts'
import { createAuditSearch } from './audit-search.ts'
import { AccessError } from './errors.ts'
import { createTurns } from './turns/turns.ts'

const never = new AbortController().signal
const records = 20_000

/** A journal of many records, none of them NSX Manager's. */
function open() {
  const row = (seq: number) => ({ seq, record: '{"surface":"vcenter","at":1}' })
  const store = {
    journals: async () => [{ id: 1, name: 'a' }],
    after: async (_id: number, seq: number, most: number) =>
      Array.from({ length: Math.min(most, records - seq) }, (_, n) => row(seq + n + 1)),
  } as unknown as AuditRecordStore
  // Slices that are used up at once.
  return createAuditSearch(store, () => 0, createTurns({ slice: 0 }))
}

const query = { offset: 0, pageSize: 10 }

test('twenty searches of one auditor do not keep that of another waiting', async () => {
  const { search } = open()
  let ended = 0
  const many = Array.from({ length: 20 }, () => search(query, 'many', never).then(() => ended++))
  await search(query, 'one', never)
  assert(ended <= 2, `${ended} searches of the other auditor came first`)
  await Promise.all(many)
})

test('a caller who has very many searches waiting is told to come back', async () => {
  const { search } = open()
  const gone = new AbortController()
  const isBusy = (error: unknown) => error instanceof AccessError && error.code === 'busy'
  const many = Array.from({ length: 102 }, () => search(query, 'many', gone.signal).catch(() => {}))
  await assert.rejects(search(query, 'many', never), isBusy)
  const one = search(query, 'one', never)
  gone.abort()
  await Promise.all([one, ...many])
})
