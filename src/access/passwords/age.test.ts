import assert from 'node:assert/strict'
import { test } from 'node:test'
import { daysSince, expiresAt } from './age.ts'

const day = 24 * 60 * 60 * 1000
const changedAt = Date.UTC(2026, 2, 1, 18, 30)

test('the days since a change are whole ones of 24 hours, and none before the change', () => {
  for (const [passed, days] of [
    [0, 0],
    [day - 1, 0],
    [day, 1],
    [2 * day - 1, 1],
    [90 * day, 90],
    [9999 * day, 9999],
    [-1, 0],
    [-3 * day, 0],
  ] as const) {
    assert.equal(daysSince(changedAt, changedAt + passed), days, `${passed} ms`)
  }
})

test('a password expires when more whole days have passed than it is valid for, and never with 0', () => {
  assert.equal(expiresAt(changedAt, 1), Date.UTC(2026, 2, 3, 18, 30))
  assert.equal(expiresAt(changedAt, 90), changedAt + 91 * day)
  assert.equal(expiresAt(changedAt, 9999), changedAt + 10_000 * day)
  assert.equal(expiresAt(changedAt, 0), Number.POSITIVE_INFINITY)
})
