import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clockTolerance, isWithin, lifeOf, messagePeriod } from './token-times.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const minute = 60_000
const asked = (from: number, until: number) => ({ from: now + from, until: now + until })

test('a token lives as long as was asked for, and no longer than its kind may', () => {
  assert.deepEqual(lifeOf('bearer', undefined, now), { from: now, until: now + 5 * minute })
  assert.deepEqual(lifeOf('bearer', asked(0, minute), now), { from: now, until: now + minute })
  assert.deepEqual(lifeOf('bearer', asked(0, 60 * minute), now), { from: now, until: now + 5 * minute })
  assert.deepEqual(lifeOf('holderOfKey', asked(0, 60 * minute), now), { from: now, until: now + 60 * minute })
  const day = 24 * 60 * minute
  assert.deepEqual(lifeOf('holderOfKey', asked(0, 365 * day), now), { from: now, until: now + 30 * day })
})

test('a client whose clock is wrong by ten minutes gets a token of our time', () => {
  for (const off of [-10, 10]) {
    assert.deepEqual(lifeOf('bearer', asked(off * minute, (off + 5) * minute), now), {
      from: now,
      until: now + 5 * minute,
    })
  }
})

test('a time that is over, has not begun or has no length is refused', () => {
  for (const wrong of [
    asked(0, 0),
    asked(5, 0),
    asked(-minute, -clockTolerance),
    asked(clockTolerance + 1, 20 * minute),
  ])
    assert.throws(() => lifeOf('holderOfKey', wrong, now), /^AccessError: Lifetime: /)
})

test('what others have dated is good ten minutes before it begins and after it ends', () => {
  const period = asked(0, minute)
  assert.equal(isWithin(period, now - clockTolerance - 1), false)
  assert.equal(isWithin(period, now - clockTolerance), true)
  assert.equal(isWithin(period, now + minute + clockTolerance - 1), true)
  assert.equal(isWithin(period, now + minute + clockTolerance), false)
})

test('a message is good for an hour at most, whatever it says', () => {
  assert.deepEqual(messagePeriod(asked(0, minute)), asked(0, minute))
  assert.deepEqual(messagePeriod(asked(0, 1e9 * minute)), asked(0, 60 * minute))
})
