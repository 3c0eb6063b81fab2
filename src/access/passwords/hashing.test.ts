import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AccessError } from '../errors.ts'
import { atOnce, createPasswordHashing } from './hashing.ts'

test('a guess costs what OWASP asks for: argon2id, 19 MiB, two passes', async () => {
  const { hash } = createPasswordHashing()
  assert.match(await hash('Harbour-Lantern-77'), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
})

test('a password matches its own hash only, and each hash is salted', async () => {
  const { hash, verify } = createPasswordHashing()
  const [one, other] = [await hash('Harbour-Lantern-77'), await hash('Harbour-Lantern-77')]
  assert.notEqual(one, other)
  assert.equal(await verify('Harbour-Lantern-77', one), true)
  assert.equal(await verify('Harbour-Lantern-78', one), false)
  assert.equal(await verify('', one), false)
})

test('where there is no hash a guess costs the same, and is wrong', async () => {
  const { hash, verify } = createPasswordHashing()
  const stored = await hash('Harbour-Lantern-77')
  const cost = async (work: () => Promise<unknown>) => {
    const before = process.cpuUsage()
    for (let i = 0; i < 5; i++) await work()
    const { user, system } = process.cpuUsage(before)
    return user + system
  }
  await verify('x', null)
  const known = await cost(() => verify('x', stored))
  const unknown = await cost(() => verify('x', null))
  assert.equal(await verify('x', null), false)
  assert(unknown > known / 2 && unknown < known * 2, `${unknown} and ${known} microseconds`)
})

const cheap = { memoryCost: 64, timeCost: 1, parallelism: 1 }
const isBusy = (one: PromiseSettledResult<unknown>) =>
  one.status === 'rejected' && one.reason instanceof AccessError && one.reason.code === 'busy'

test('no more than two hundred wait, and no more than a hundred of one address', async () => {
  for (const [from, most] of [
    ['', 200],
    ['192.0.2.7', 100],
  ] as const) {
    const { verify } = createPasswordHashing(cheap)
    const all = await Promise.allSettled(Array.from({ length: most + atOnce + 1 }, () => verify('x', null, from)))
    assert.equal(all.filter(isBusy).length, 1, from)
  }
})

test('an address waits in no more places than it leaves free, so that two or three cannot take them all', async () => {
  const { verify } = createPasswordHashing(cheap)
  const waitingOf = new Map<string, number>()
  const all: Promise<unknown>[] = []
  for (const from of ['running', 'a', 'b', 'c', 'd']) {
    const guesses = Array.from({ length: from === 'running' ? atOnce : 300 }, () => verify('x', null, from))
    all.push(Promise.allSettled(guesses).then((ends) => waitingOf.set(from, ends.length - ends.filter(isBusy).length)))
  }
  const last = verify('x', null, 'e')
  await Promise.all(all)
  assert.deepEqual([...waitingOf].toSorted(), [...Object.entries({ a: 100, b: 50, c: 25, d: 13, running: atOnce })])
  assert.equal(await last, false)
})

test('addresses take turns, however many wait of one of them', async () => {
  const { verify } = createPasswordHashing(cheap)
  const done: string[] = []
  const guess = (from: string) => verify('x', null, from).then(() => done.push(from))
  await Promise.all([...Array.from({ length: 90 }, () => guess('a')), guess('b')])
  assert.ok(done.indexOf('b') <= atOnce + 2, `${done.indexOf('b')} of a came first`)
})
