import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Journal } from '../../audit/journal.ts'
import type { LockoutTable } from '../../store/schema.ts'
import { type Attempt, createLockouts, remoteSubject } from './lockouts.ts'

const rule = { maxFailures: 2, resetPeriod: 900, lockoutPeriod: 900 }
const source = { type: 'LDAP', id: 'corp', countedAs: (name: string) => name, verify: async () => undefined } as const
const account = (id: string): Attempt => ({ applianceId: 'a', realmId: 'r', subject: id, source: '127.0.0.1' })
const named = (name: string): Attempt => account(remoteSubject(source, name))

/** Counts with room for three, and what is stored of them. */
function counting(stored: readonly LockoutTable[] = []) {
  const rows = new Map(stored.map((row) => [row.subject, row]))
  const lockoutStore = {
    async putAll(changed: LockoutTable[]) {
      for (const row of changed) rows.set(row.subject, row)
    },
    remove: async ({ subject }: Attempt) => rows.delete(subject),
  }
  let changes = 0
  const journal = {
    async change(work: (change: unknown) => Promise<void>) {
      changes++
      await new Promise(setImmediate)
      await work({ stores: { lockouts: lockoutStore } })
    },
  } as unknown as Journal
  const lockouts = createLockouts(stored, journal, { clock: () => 0, steady: () => 0 }, () => rule, 3)
  return {
    lockouts,
    fail: (attempt: Attempt, times = 1) => {
      for (let i = 0; i < times; i++) lockouts.failed(attempt)
    },
    has: (attempt: Attempt) => lockouts.has(lockouts.key(attempt)),
    isLocked: (attempt: Attempt) => lockouts.isLocked(lockouts.key(attempt)),
    stored: () => [...rows.keys()].map((subject) => subject.split(' ').at(-1)).sort(),
    rows,
    changes: () => changes,
    /** Waits for what is being stored. */
    settled: async () => {
      for (let turns = 0; turns < 3; turns++) await new Promise(setImmediate)
    },
  }
}

test('what fails at once is stored with one change, as it is then', async () => {
  const { lockouts, fail, rows, changes, settled } = counting()
  fail(account('1'))
  fail(account('2'), 2)
  for (const id of ['3', '4']) lockouts.failedAsNobody(account(id))
  lockouts.succeeded(account('1'))
  assert.equal(changes(), 1)
  await settled()
  assert.deepEqual([...rows.keys()].sort(), ['-', '2'])
  assert.equal(rows.get('2')?.lockedAt, 0)
  fail(account('5'))
  await settled()
  assert.deepEqual([changes(), rows.has('5')], [2, true])
})

test('of more names than there is room for, the one that failed longest ago is forgotten', async () => {
  const { fail, has, stored, settled } = counting()
  for (const name of ['a', 'b', 'c', 'd']) fail(named(name))
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((name) => has(named(name))),
    [false, true, true, true],
  )
  await settled()
  assert.deepEqual(stored(), ['b', 'c', 'd'])
  for (let i = 0; i < 1000; i++) fail(named(`invented-${i}`))
  await settled()
  assert.equal(stored().length, 3)
})

test('a lock is the last to be forgotten', () => {
  const { fail, isLocked } = counting()
  fail(named('target'), 2)
  for (let i = 0; i < 1000; i++) fail(named(`invented-${i}`))
  assert(isLocked(named('target')))
  // Only other locks push it out.
  for (const name of ['x', 'y', 'z']) fail(named(name), 2)
  assert(!isLocked(named('target')))
})

test('invented names push out no account', () => {
  const { fail, has, isLocked } = counting()
  fail(account('10002'))
  fail(account('10003'), 2)
  for (let i = 0; i < 1000; i++) fail(named(`invented-${i}`), 2)
  assert(has(account('10002')) && isLocked(account('10003')))
})

test('what was forgotten, by a success or for want of room, counts anew', () => {
  const { lockouts, fail, has, isLocked } = counting()
  fail(named('a'))
  lockouts.succeeded(named('a'))
  assert(lockouts.isEmpty())
  fail(named('a'))
  assert(!isLocked(named('a')))
  for (const name of ['b', 'c', 'd']) fail(named(name))
  assert(!has(named('a')))
  fail(named('a'))
  assert(!isLocked(named('a')))
  fail(named('a'))
  assert(isLocked(named('a')))
})

test('what is stored goes on counting after a restart', async () => {
  const before = counting()
  before.fail(named('a'))
  await before.settled()
  const after = counting([...before.rows.values()])
  after.fail(named('a'))
  assert(after.isLocked(named('a')))
})
