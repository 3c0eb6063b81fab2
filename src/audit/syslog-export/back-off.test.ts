import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backOff } from './back-off.ts'

test('the wait doubles with every failure, from a quarter of a second to a minute', () => {
  const waits = [1, 2, 3, 4, 8, 9, 10, 1000].map((failures) => backOff(failures, 0))
  assert.deepEqual(waits, [250, 500, 1000, 2000, 32_000, 60_000, 60_000, 60_000])
})

test('exporters that fail together do not come back together, and never later', () => {
  for (const failures of [1, 5, 100]) {
    const full = backOff(failures, 0)
    assert.equal(backOff(failures, 0.5), full * 0.9)
    assert.ok(backOff(failures, 0.999) >= full * 0.8)
  }
})
