import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mock, test } from 'node:test'
import { pino } from 'pino'
import type { AuditRecordStore } from '../store/audit-records.ts'
import { openHeadKeeper } from './head-keeper.ts'

test('the head is written once for all records of a second, and at the end', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-head-'))
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const file = join(dir, 'head')
    let seq = 0
    let listen = () => {}
    const journal = {
      id: 1,
      name: 'one',
      end: () => ({ seq, hash: String(seq).padStart(64, '0') }),
      onRecords(heard: () => void) {
        listen = heard
        return () => {
          listen = () => {}
        }
      },
      append: () => assert.fail('nothing was lost'),
      settled: async () => {},
    }
    const store = { journals: async () => [{ id: 1, name: 'one' }] } as unknown as AuditRecordStore
    const log = pino({ level: 'silent' })
    const keeper = await openHeadKeeper({ file, keyFile: join(dir, 'key') }, journal, store, 'a', () => 0, log)
    const written = () => JSON.parse(readFileSync(file, 'utf8').split('\n')[0] ?? '').head.seq

    for (seq = 1; seq < 1000; seq++) listen()
    mock.timers.tick(999)
    assert.equal(written(), 0)
    mock.timers.tick(1)
    for (let turns = 0; written() === 0 && turns < 10_000; turns++) await new Promise(setImmediate)
    assert.equal(written(), 1000)
    mock.timers.tick(10_000)
    seq = 1001
    await keeper.close()
    assert.equal(written(), 1001)
  } finally {
    mock.timers.reset()
    rmSync(dir, { recursive: true, force: true })
  }
})
