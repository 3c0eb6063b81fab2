import assert from 'node:assert/strict'
import { test } from 'node:test'
import { percentile, type Sample, slopeOf, verdict } from './figures.ts'

/** A sample every ten seconds for ten minutes. */
const run = (resident: (minutes: number) => number): Sample[] =>
  Array.from({ length: 61 }, (_, n) => ({ at: n * 10, resident: resident(n / 6) }))

const quick = Array(1000).fill(5)
const bounds = { p99: 250 }

test('a percentile is a value that was measured, and of nothing it is no answer', () => {
  assert.equal(percentile([4, 1, 3, 2], 0.5), 2)
  assert.equal(percentile([4, 1, 3, 2], 0.99), 4)
  assert.equal(percentile([], 0.99), Number.POSITIVE_INFINITY)
})

test('memory that fills up and then goes up and down is flat', () => {
  const samples = run((minutes) => 300 + Math.min(minutes, 2) * 100 + ((minutes * 6) % 7) * 10)
  assert.deepEqual(verdict(samples, quick, false, bounds), [])
})

test('memory that grows on and on is not', () => {
  const samples = run((minutes) => 300 + minutes * 20)
  assert.equal(Math.round(slopeOf(samples)), 20)
  assert.deepEqual(verdict(samples, quick, false, bounds), ['memory grows by 20.0 MiB a minute'])
})

test('of a short run memory is not judged', () => {
  assert.deepEqual(verdict(run((minutes) => 300 + minutes * 20).slice(0, 6), quick, false, bounds), [])
})

test('a server that ends and calls that are not answered are told', () => {
  const slow = [...Array(980).fill(5), ...Array(20).fill(Number.POSITIVE_INFINITY)]
  assert.deepEqual(
    verdict(
      run(() => 300),
      slow,
      true,
      bounds,
    ),
    ['the server ended', "the good client's p99 is no answer, over 250 ms"],
  )
})
