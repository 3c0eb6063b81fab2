import assert from 'node:assert/strict'
import test from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { AccessError } from '../errors.ts'
import { createRoom } from './room.ts'

const settings = { bytes: 100, bytesOfCaller: 60, mostWaiting: 10, mostWaitingOfCaller: 3 }
const never = new AbortController().signal

test('no more bytes are held than there is room for, in all and by one caller', async () => {
  const room = createRoom(settings)
  let finished = 0
  async function call(caller: string): Promise<void> {
    using hold = await room.take(caller, 40, never)
    assert.ok(room.held <= 100 && room.heldBy(caller) <= 60)
    await setImmediate()
    hold.shrink(10)
    await setImmediate()
    finished++
  }
  await Promise.all(['a', 'a', 'a', 'b', 'b', 'c', 'd'].map(call))
  assert.deepEqual([finished, room.held], [7, 0])
  assert.ok(room.peak <= 100)
})

test('a caller who waits for room of their own does not keep others waiting', async () => {
  const room = createRoom(settings)
  using _first = await room.take('a', 60, never)
  const second = room.take('a', 10, never)
  using other = await room.take('b', 40, never)
  assert.equal(other.bytes, 40)
  other.shrink(0)
  _first.shrink(0)
  assert.equal((await second).bytes, 10)
})

test('small holds do not overtake one that waits for the room of all', async () => {
  const room = createRoom(settings)
  const order: string[] = []
  using first = await room.take('a', 60, never)
  const large = room.take('b', 60, never).then((hold) => order.push('large') && hold)
  const small = room.take('c', 10, never).then((hold) => order.push('small') && hold)
  first.shrink(0)
  await Promise.all([large, small])
  assert.deepEqual(order, ['large', 'small'])
})

test('who is gone waits no longer, and nobody waits behind them', async () => {
  const room = createRoom(settings)
  using _first = await room.take('a', 60, never)
  const gone = new AbortController()
  const refused = assert.rejects(room.take('b', 60, gone.signal), /gone/)
  const behind = room.take('c', 30, never)
  gone.abort(new Error('gone'))
  await refused
  assert.equal((await behind).bytes, 30)
})

test('what is too much to wait is refused, of one caller and of all', async () => {
  const room = createRoom({ ...settings, mostWaiting: 4 })
  const isBusy = (error: unknown) => error instanceof AccessError && error.code === 'busy'
  using _first = await room.take('a', 60, never)
  const ended = new AbortController()
  const waiting = ['a', 'a', 'a', 'b'].map((caller) => room.take(caller, 60, ended.signal).catch(() => {}))
  await assert.rejects(room.take('a', 60, never), isBusy)
  await assert.rejects(room.take('c', 60, never), isBusy)
  ended.abort()
  await Promise.all(waiting)
})
