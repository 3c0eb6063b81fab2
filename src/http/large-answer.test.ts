import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { AccessError } from '../access/errors.ts'
import { largestAnswer, roomForAnswers } from '../access/turns/limits.ts'
import { createRoom } from '../access/turns/room.ts'
import { createLargeAnswer } from './large-answer.ts'

const never = new AbortController().signal
const mebibyte = 'é'.repeat(2 ** 19)

/** As much of a response as an answer listens to. */
const response = () => Object.assign(new EventEmitter(), { closed: false }) as unknown as ServerResponse

test('a small answer is text, and needs no room', async () => {
  const room = createRoom(roomForAnswers)
  const answer = createLargeAnswer(room, 'a', response(), never)
  await answer.add('b')
  assert.equal(answer.finish('a', 'c'), 'abc')
  assert.equal(room.peak, 0)
})

test('a large answer holds room for the largest while it is made, and for what is left of it while it is sent', async () => {
  const room = createRoom(roomForAnswers)
  const raw = response()
  const answer = createLargeAnswer(room, 'a', raw, never)
  for (let n = 0; n < 8; n++) await answer.add(mebibyte)
  assert.equal(room.held, largestAnswer)
  const whole = answer.finish('<', '>') as Exclude<ReturnType<typeof answer.finish>, string>
  assert.equal(whole.bytes, 8 * 2 ** 20 + 2)
  assert.equal(room.held, whole.bytes)

  let bytes = 0
  const left: number[] = []
  for await (const chunk of whole.stream) {
    bytes += chunk.length
    left.push(room.held)
  }
  assert.equal(bytes, whole.bytes)
  assert(left.every((held, n) => n === 0 || held <= (left[n - 1] as number)))
  assert.equal(room.held, 0)
  raw.emit('close')
})

test('the room is given back when the client goes, and never taken for one who is gone', async () => {
  const room = createRoom(roomForAnswers)
  const raw = response()
  const answer = createLargeAnswer(room, 'a', raw, never)
  await answer.add(mebibyte)
  raw.emit('close')
  assert.equal(room.held, 0)

  const late = Object.assign(response(), { closed: true })
  await createLargeAnswer(room, 'a', late, never).add(mebibyte)
  assert.equal(room.held, 0)
})

test('of a hundred answers of ten callers no more are made at a time than there is room for', async () => {
  const room = createRoom(roomForAnswers)
  let made = 0
  async function run(caller: string): Promise<void> {
    const raw = response()
    const answer = createLargeAnswer(room, caller, raw, never)
    await answer.add(mebibyte)
    await setImmediate()
    assert(room.heldBy(caller) <= roomForAnswers.bytesOfCaller)
    const { stream } = answer.finish('', '') as { stream: AsyncIterable<Buffer> }
    for await (const _ of stream) made += 1
    raw.emit('close')
  }
  await Promise.all(Array.from({ length: 100 }, (_, n) => run(`caller ${n % 10}`)))
  assert(made >= 100)
  assert(room.peak <= roomForAnswers.bytes)
  assert.equal(room.held, 0)
})

test('an answer that would be larger than the largest is refused', async () => {
  const answer = createLargeAnswer(createRoom(roomForAnswers), 'a', response(), never)
  const isTooLarge = (error: unknown) => error instanceof AccessError && error.code === 'limit_reached'
  for (let n = 0; n < 64; n++) await answer.add(mebibyte)
  await assert.rejects(answer.add(mebibyte), isTooLarge)
})
