import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AccessError } from '../errors.ts'
import { createPasswordHashing } from './hashing.ts'

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

test('no more than two hundred wait for two at a time', async () => {
  const { verify } = createPasswordHashing({ memoryCost: 64, timeCost: 1, parallelism: 1 })
  const all = await Promise.allSettled(Array.from({ length: 203 }, () => verify('x', null)))
  const refused = all.filter((one) => one.status === 'rejected')
  assert.equal(refused.length, 1)
  assert(refused[0]?.reason instanceof AccessError && refused[0].reason.code === 'busy')
})
