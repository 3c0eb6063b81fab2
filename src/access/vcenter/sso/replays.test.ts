import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReplays } from './replays.ts'

test('a message is taken once', () => {
  const replays = createReplays(() => 0)
  replays.take('a', 10)
  replays.take('b', 10)
  assert.throws(() => replays.take('a', 10), { code: 'unauthenticated' })
})

test('only so many are remembered, and none longer than it is good', () => {
  let now = 0
  const replays = createReplays(() => now, 2)
  replays.take('a', 10)
  replays.take('b', 20)
  assert.throws(() => replays.take('c', 20), { code: 'server_busy' })
  now = 10
  replays.take('c', 20)
  assert.throws(() => replays.take('b', 20), { code: 'unauthenticated' })
})
