import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  countFailure,
  type FailureCount,
  isLocked,
  isSpent,
  type LockoutRule,
  lockoutSource,
  plainAddress,
  restartLock,
} from './lockout.ts'

const rule: LockoutRule = { maxFailures: 5, resetPeriod: 900, lockoutPeriod: 900 }
const start = Date.UTC(2026, 2, 2, 8)
const at = (seconds: number) => start + seconds * 1000

/** The count after failures at these seconds. */
function failedAt(seconds: readonly number[], changes: Partial<LockoutRule> = {}, before?: FailureCount) {
  return seconds.reduce<FailureCount | undefined>(
    (count, second) => countFailure(count, { ...rule, ...changes }, at(second)),
    before,
  )
}

function isLockedAt(second: number, count: FailureCount | undefined, changes: Partial<LockoutRule> = {}): boolean {
  return isLocked(count, { ...rule, ...changes }, at(second))
}

test('the fifth failure locks, and the lock ends 900 seconds after it', () => {
  const four = failedAt([0, 10, 20, 30])
  assert.deepEqual(four, { failures: 4, windowStartedAt: start, lockedAt: null })
  assert.equal(isLockedAt(30, four), false)

  const five = failedAt([40], {}, four)
  assert.deepEqual(five, { failures: 5, windowStartedAt: start, lockedAt: at(40) })
  for (const [second, locked] of [
    [40, true],
    [900, true],
    [939.999, true],
    [940, false],
  ] as const) {
    assert.equal(isLockedAt(second, five), locked, `${second} s`)
  }
})

test('nobody is locked who never failed', () => {
  assert.equal(isLockedAt(0, undefined), false)
})

test('failures count together when all fall into the reset period; when it has passed, a new count starts', () => {
  for (const [seconds, failures, locked] of [
    [[0, 1, 2, 3, 899.999], 5, true],
    [[0, 1, 2, 3, 900], 1, false],
    [[0, 896, 897, 898, 900], 1, false],
    [[0, 897, 898, 899, 900, 901, 902, 903], 4, false],
    [[0, 897, 898, 899, 900, 901, 902, 903, 904], 5, true],
  ] as const) {
    const count = failedAt(seconds)
    assert.equal(count?.failures, failures, seconds.join())
    assert.equal(isLockedAt(seconds.at(-1) as number, count), locked, seconds.join())
  }
})

test('after a lock has ended, it takes the whole number of failures to lock again', () => {
  const locked = failedAt([0, 0, 0, 0, 0], { lockoutPeriod: 60 })
  const one = failedAt([60], { lockoutPeriod: 60 }, locked)
  assert.deepEqual(one, { failures: 1, windowStartedAt: at(60), lockedAt: null })
  assert.equal(isLockedAt(63, failedAt([61, 62, 63], { lockoutPeriod: 60 }, one), { lockoutPeriod: 60 }), false)
  assert.equal(isLockedAt(64, failedAt([61, 62, 63, 64], { lockoutPeriod: 60 }, one), { lockoutPeriod: 60 }), true)
})

test('a rule changed while an account is locked counts at once', () => {
  const locked = failedAt([0, 0, 0, 0, 0])
  for (const [changes, second, expected] of [
    [{ lockoutPeriod: 1 }, 0.999, true],
    [{ lockoutPeriod: 1 }, 1, false],
    [{ lockoutPeriod: 9000 }, 8999, true],
    [{ lockoutPeriod: 0 }, 0, false],
    [{ maxFailures: 0 }, 0, false],
    [{ maxFailures: 50 }, 0, true],
    [{ resetPeriod: 1 }, 899, true],
  ] as const) {
    assert.equal(isLockedAt(second, locked, changes), expected, JSON.stringify(changes))
  }
})

test('a count is spent when its lock has ended or its failures have grown old', () => {
  const one = failedAt([0])
  const locked = failedAt([0, 0, 0, 0, 0])
  for (const [count, changes, second, spent] of [
    [one, {}, 899.999, false],
    [one, {}, 900, true],
    [one, { resetPeriod: 1 }, 1, true],
    [one, { resetPeriod: 0 }, 999_999, false],
    [locked, {}, 899.999, false],
    [locked, {}, 900, true],
    [locked, { resetPeriod: 1 }, 899, false],
    [locked, { lockoutPeriod: 1 }, 1, true],
    [locked, { maxFailures: 0 }, 0, true],
  ] as const) {
    assert.equal(isSpent(count as FailureCount, { ...rule, ...changes }, at(second)), spent, JSON.stringify(changes))
  }
})

test('a lower number of failures locks at the next one', () => {
  const four = failedAt([0, 0, 0, 0])
  assert.equal(isLockedAt(1, four, { maxFailures: 3 }), false)
  assert.equal(isLockedAt(1, failedAt([1], { maxFailures: 3 }, four), { maxFailures: 3 }), true)
})

test('with a maximum of 1 the first failure locks', () => {
  assert.equal(isLockedAt(0, failedAt([0], { maxFailures: 1 })), true)
})

test('periods of a second count', () => {
  const second = { resetPeriod: 1, lockoutPeriod: 1 }
  assert.equal(failedAt([0, 1], second)?.failures, 1)
  assert.equal(failedAt([0, 0.999], second)?.failures, 2)
  const locked = failedAt([0, 0, 0, 0, 0], second)
  assert.equal(isLockedAt(0.999, locked, second), true)
  assert.equal(isLockedAt(1, locked, second), false)
})

test('0 failures and a lockout period of 0 switch the lockout off, a reset period of 0 lets no failure grow old', () => {
  const many = Array<number>(100).fill(0)
  for (const off of [{ maxFailures: 0 }, { lockoutPeriod: 0 }]) {
    const count = failedAt(many, off)
    assert.equal(count?.lockedAt, null)
    assert.equal(isLockedAt(0, count, off), false)
  }
  const years = [0, 1, 2, 3, 4].map((year) => year * 365 * 86_400)
  assert.equal(isLockedAt(years[4] as number, failedAt(years, { resetPeriod: 0 }), { resetPeriod: 0 }), true)
})

test('failures are counted under an IPv4 address or the /64 network of an IPv6 one', () => {
  for (const [address, source] of [
    ['10.0.0.15', '10.0.0.15'],
    ['::ffff:10.0.0.15', '10.0.0.15'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:0000:0000:0000:0009', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::5:6:7:8', '2001:db8:0:0::/64'],
    ['2001:db8::4:5:6:7:8', '2001:db8:0:4::/64'],
    ['64:ff9b::10.0.0.15', '64:ff9b:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ] as const) {
    assert.equal(lockoutSource(address), source, address)
  }
})

test('an IPv4 address that came in through an IPv6 socket is shown as itself', () => {
  for (const [address, plain] of [
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['64:ff9b::127.0.0.1', '64:ff9b::127.0.0.1'],
    ['::abcd:127.0.0.1', '::abcd:127.0.0.1'],
    ['', ''],
  ] as const) {
    assert.equal(plainAddress(address), plain, address)
  }
})

test('on a console an attempt during the lock makes it begin anew, and does nothing once it has ended', () => {
  const cli = { ...rule, resetPeriod: 0, restarts: true }
  const locked = failedAt([0, 1, 2, 3, 4], cli) as FailureCount
  const tried = restartLock(locked, cli, at(500))
  assert.equal(isLockedAt(1399, tried, cli), true)
  assert.equal(isLockedAt(1400, tried, cli), false)
  assert.equal(restartLock(locked, cli, at(904)), locked)
  assert.equal(restartLock(locked, rule, at(500)), locked)
})
