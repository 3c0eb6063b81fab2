import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWindow } from './window.ts'

const delivered = (window: ReturnType<typeof createWindow>) => [...window.delivered()]

test('what was handed over counts as delivered when it is acknowledged, and not before', () => {
  const window = createWindow(new Map([[1, 5]]))
  window.handOver(1, 8, 3, 0)
  assert.equal(window.sent(1), 8)
  assert.deepEqual(delivered(window), [[1, 5]])
  window.acknowledge()
  assert.deepEqual(delivered(window), [[1, 8]])
  assert.equal(window.oldest(), undefined)
})

test('a break takes the reader back to what is delivered', () => {
  const window = createWindow(new Map([[1, 5]]))
  window.handOver(1, 8, 3, 0)
  window.handOver(2, 4, 4, 10)
  window.rewind()
  assert.deepEqual([window.sent(1), window.sent(2)], [5, 0])
  window.acknowledge()
  assert.deepEqual(delivered(window), [[1, 5]])
})

test('lines settle in their order, and none before the last of its burst', () => {
  const window = createWindow(new Map())
  window.handOver(1, 1, 1, 0)
  window.handOver(1, 2, 1, 900)
  window.handOver(1, 3, 1, 1500)
  window.handOver(2, 9, 1, 1600)
  assert.equal(window.oldest(), 0)
  assert.equal(window.settle(900), false)
  assert.deepEqual(delivered(window), [])
  assert.equal(window.settle(901), true)
  assert.deepEqual(delivered(window), [[1, 2]])
  assert.equal(window.oldest(), 1500)
  window.settle(1601)
  assert.deepEqual(delivered(window), [
    [1, 3],
    [2, 9],
  ])
})

test('records of which nothing is sent are delivered with what went before them', () => {
  const window = createWindow(new Map())
  window.handOver(1, 10, 0, 0)
  assert.deepEqual(delivered(window), [[1, 10]])
  window.handOver(1, 11, 1, 0)
  window.handOver(1, 20, 0, 5000)
  assert.equal(window.oldest(), 0)
  assert.deepEqual(delivered(window), [[1, 10]])
  window.settle(1)
  assert.deepEqual(delivered(window), [[1, 20]])
})

test('a day of traffic is remembered in bursts of a second', () => {
  const window = createWindow(new Map())
  for (let n = 1; n <= 100_000; n++) window.handOver(1, n, 1, n)
  window.settle(50_000)
  const [[, seq] = [0, 0]] = window.delivered()
  assert.ok(seq > 48_000 && seq < 50_000, String(seq))
})
