import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditRecord } from './record.ts'
import { openRefusals, type Refused } from './refusals.ts'

const refused: Refused = {
  host: 'nsxmgr-a',
  kind: 'unauthenticated',
  user: '',
  source: '10.0.0.1',
  method: 'GET',
  url: '/x',
  status: 400,
  agent: '',
  operation: 'refused-message',
}

function counting(kinds = 1000) {
  let now = 0
  const records: AuditRecord[] = []
  const refusals = openRefusals({ append: (record) => void records.push(record) }, () => now, { window: 60_000, kinds })
  const pass = (ms: number) => {
    now += ms
  }
  return { records, refusals, pass }
}

test('the first refusal is recorded at once, those of its minute as one record with their count', () => {
  const { records, refusals, pass } = counting()
  for (let n = 0; n < 1000; n++) refusals.record(refused)
  assert.deepEqual([records.length, records[0]?.count], [1, undefined])
  pass(60_000)
  refusals.settle()
  assert.deepEqual([records.length, records[1]?.count], [2, 999])
  refusals.record(refused)
  assert.equal(records.length, 3)
  refusals.close()
  assert.equal(records.length, 3)
})

test('other operations and other addresses have records of their own', () => {
  const { records, refusals } = counting()
  for (const source of ['10.0.0.1', '10.0.0.2']) {
    for (const operation of ['refused-message', 'refused-handshake']) refusals.record({ ...refused, source, operation })
  }
  assert.equal(records.length, 4)
  refusals.close()
})

test('addresses beyond the most that are told apart share one record', () => {
  const { records, refusals } = counting(3)
  for (let n = 0; n < 100; n++) refusals.record({ ...refused, source: `10.0.0.${n}` })
  assert.equal(records.length, 4)
  refusals.close()
  assert.deepEqual([records.length, records[4]?.count, records[4]?.source], [5, 96, ''])
})
