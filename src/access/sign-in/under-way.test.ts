import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createUnderWay } from './under-way.ts'

test('so many sign-ins are under way and no more, in all and of one address, until they end', async () => {
  const underWay = createUnderWay({ inAll: 3, ofAddress: 2 })
  const isBusy = { code: 'busy' }
  const { promise, reject } = Promise.withResolvers<string>()
  const [one, other] = ['192.0.2.1', '192.0.2.2']
  const waiting = [underWay.during(one, () => promise), underWay.during(one, () => promise)]
  await assert.rejects(
    underWay.during(one, async () => assert.fail('it has begun')),
    isBusy,
  )
  waiting.push(underWay.during(other, () => promise))
  await assert.rejects(
    underWay.during(other, async () => assert.fail('it has begun')),
    isBusy,
  )
  reject(new Error('wrong password'))
  for (const { status } of await Promise.allSettled(waiting)) assert.equal(status, 'rejected')
  assert.equal(await underWay.during(one, async () => 'in'), 'in')
})
