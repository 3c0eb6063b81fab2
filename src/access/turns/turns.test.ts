import assert from 'node:assert/strict'
import test from 'node:test'
import { AccessError } from '../errors.ts'
import { createFairQueue } from './fair-queue.ts'
import { createTurns } from './turns.ts'

/** Slices that are used up at once: each turn is one slice. */
const oneStep = { slice: 0 }

test('callers are served in turn, however many items each of them has in the queue', () => {
  const queue = createFairQueue<string>()
  for (const item of ['a1', 'a2', 'a3']) queue.push('a', item)
  queue.push('b', 'b1')
  queue.push('c', 'c1')
  queue.drop('a', 'a2')
  assert.deepEqual([queue.size, queue.sizeOf('a'), queue.sizeOf('d')], [4, 2, 0])
  assert.deepEqual(
    [queue.shift(), queue.shift((caller) => caller !== 'b'), queue.shift(), queue.shift(), queue.shift()],
    ['a1', 'c1', 'b1', 'a3', undefined],
  )
})

test('twenty calls of one caller get as many slices as one call of another', async () => {
  const turns = createTurns(oneStep)
  const taken = { many: 0, one: 0 }
  async function run(caller: 'many' | 'one', steps: number): Promise<void> {
    const work = turns.begin(caller)
    for (let step = 0; step < steps; step++) {
      await work.turn()
      taken[caller]++
    }
  }
  const many = Array.from({ length: 20 }, () => run('many', 50))
  await run('one', 40)
  assert.ok(taken.many <= 42, `${taken.many} slices for the other caller`)
  await Promise.all(many)
  assert.deepEqual(taken, { many: 1000, one: 40 })
})

test('there is one slice in each round of the event loop', async () => {
  const turns = createTurns(oneStep)
  const works = Array.from({ length: 10 }, async (_, n) => {
    const work = turns.begin(`caller ${n}`)
    for (let step = 0; step < 10; step++) await work.turn()
  })
  let rounds = 0
  let counting = true
  function count(): void {
    rounds++
    if (counting) setImmediate(count)
  }
  setImmediate(count)
  const before = turns.slices
  await Promise.all(works)
  counting = false
  assert.ok(turns.slices - before <= rounds + 1, `${turns.slices - before} slices in ${rounds} rounds`)
})

test('work that is alone begins at once, and goes on for a slice', () => {
  const turns = createTurns({ slice: 60_000 })
  assert.equal(turns.begin('a').isSpent, false)
  assert.equal(turns.begin('b').isSpent, false)
  assert.equal(turns.slices, 1)
})

test('work that begins while other work waits is behind it', async () => {
  const turns = createTurns({ slice: 60_000 })
  const first = turns.begin('a')
  const waits = first.turn()
  assert.equal(turns.begin('b').isSpent, true)
  await waits
  assert.equal(first.isSpent, false)
})

test('what is too much to wait is refused, of one caller and of all', async () => {
  const turns = createTurns({ ...oneStep, mostWaiting: 3, mostWaitingOfCaller: 2 })
  const isBusy = (error: unknown) => error instanceof AccessError && error.code === 'busy'
  const waiting = ['a', 'a', 'b'].map((caller) => turns.begin(caller).turn())
  await assert.rejects(turns.begin('a').turn(), isBusy)
  await assert.rejects(turns.begin('c').turn(), isBusy)
  await Promise.all(waiting)
  await turns.begin('c').turn()
})
