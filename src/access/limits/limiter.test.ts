import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AccessError } from '../errors.ts'
import { createLimiter, type Limits } from './limiter.ts'

const defaults: Limits = { clientApiRateLimit: 100, clientApiConcurrencyLimit: 40, globalApiConcurrencyLimit: 199 }
const none: Limits = { clientApiRateLimit: 0, clientApiConcurrencyLimit: 0, globalApiConcurrencyLimit: 0 }

function limiterWith(changes: Partial<Limits>) {
  const time = { now: 1_000_000 }
  const limits = { ...none, ...changes }
  const limiter = createLimiter(
    () => limits,
    () => time.now,
  )
  /** A call that is answered at once. @returns why it was refused. */
  const call = (key: number | string = 10_000, name = 'admin') => {
    const refusal = refusalOf(() => limiter.leaveClient(limiter.enterClient(key, name)))
    return refusal?.code
  }
  return { limiter, limits, time, call }
}

function refusalOf(work: () => void): AccessError | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    assert(error instanceof AccessError)
    return error
  }
}

const repeat = <T>(times: number, work: () => T): T[] => Array.from({ length: times }, work)
const passed = (answers: (string | undefined)[]) => answers.filter((code) => code === undefined).length

test('client_api_rate_limit lets so many requests of a client through in a second, and no other client feels it', () => {
  const { call, time, limiter } = limiterWith({ clientApiRateLimit: 100 })
  const answers = repeat(300, () => call())
  assert.equal(passed(answers), 100)
  assert.deepEqual(
    answers.slice(100),
    repeat(200, () => 'rate_exceeded'),
  )
  assert.equal(passed(repeat(100, () => call('u@corp', 'u@corp'))), 100)
  assert.equal(
    refusalOf(() => limiter.enterClient(10_000, 'admin'))?.message,
    "Client 'admin' exceeded request rate of 100 per second",
  )
  time.now += 999
  assert.equal(call(), 'rate_exceeded')
  time.now += 1
  assert.equal(passed(repeat(300, () => call())), 100)
})

test("a client's second begins with its first call, wherever the clock's seconds begin", () => {
  const { call, time } = limiterWith({ clientApiRateLimit: 100 })
  time.now += 990
  assert.equal(passed(repeat(60, () => call())), 60)
  time.now += 20
  assert.equal(passed(repeat(60, () => call())), 40)
})

test('refused requests do not keep a client out: the next second is its own again', () => {
  const { call, time } = limiterWith({ clientApiRateLimit: 1 })
  for (let at = 0; at < 50; at++) {
    assert.equal(call(), at % 10 === 0 ? undefined : 'rate_exceeded')
    time.now += 100
  }
})

test('a clock that is set back keeps nobody out', () => {
  const { call, time } = limiterWith({ clientApiRateLimit: 1 })
  assert.equal(call(), undefined)
  time.now -= 3_600_000
  assert.equal(call(), undefined)
  assert.equal(call(), 'rate_exceeded')
})

test('client_api_concurrency_limit counts outstanding requests of one client', () => {
  const { limiter } = limiterWith({ clientApiConcurrencyLimit: 40 })
  const admin = () => limiter.enterClient(10_000, 'admin')
  const held = repeat(40, admin)
  const refusal = refusalOf(admin)
  assert.deepEqual(
    [refusal?.code, refusal?.message],
    ['client_busy', "Client 'admin' exceeded request concurrency of 40"],
  )
  limiter.leaveClient(limiter.enterClient(10_001, 'audit'))
  limiter.leaveClient(held[0]!)
  admin()
  assert.equal(refusalOf(admin)?.code, 'client_busy')
})

test('global_api_concurrency_limit counts outstanding requests of all', () => {
  const { limiter } = limiterWith({ globalApiConcurrencyLimit: 199 })
  repeat(199, () => limiter.enter())
  const refusal = refusalOf(() => limiter.enter())
  assert.deepEqual([refusal?.code, refusal?.message], ['server_busy', 'Server exceeded request concurrency of 199'])
  limiter.leave()
  limiter.enter()
  assert.equal(refusalOf(() => limiter.enter())?.code, 'server_busy')
})

test('a limit of 0 is none, and a limit that is changed holds from the next request on', () => {
  const { limiter, limits, call, time } = limiterWith({})
  repeat(1000, () => limiter.enter())
  const held = repeat(1000, () => limiter.enterClient(10_000, 'admin'))
  Object.assign(limits, defaults)
  assert.equal(refusalOf(() => limiter.enter())?.code, 'server_busy')
  assert.equal(call(), 'rate_exceeded')
  time.now += 1000
  assert.equal(call(), 'client_busy')
  for (const client of held) limiter.leaveClient(client)
  assert.equal(call(), undefined)
})

test('clients who have gone quiet are forgotten, those with something under way are not', () => {
  const { limiter, call, time } = limiterWith({ clientApiRateLimit: 1, clientApiConcurrencyLimit: 1 })
  for (let key = 0; key < 5000; key++) call(key, 'x')
  const held = limiter.enterClient('slow', 'slow')
  limiter.forgetIdle()
  assert.equal(limiter.size, 5001)
  time.now += 1000
  limiter.forgetIdle()
  assert.equal(limiter.size, 1)
  assert.equal(call('slow', 'slow'), 'client_busy')
  limiter.leaveClient(held)
  time.now += 1000
  limiter.forgetIdle()
  assert.equal(limiter.size, 0)
})

test('whatever comes and goes, no limit is exceeded and nothing is left at the end', () => {
  const limits: Limits = { clientApiRateLimit: 6, clientApiConcurrencyLimit: 3, globalApiConcurrencyLimit: 5 }
  const step = fc.oneof(
    fc.record({ kind: fc.constant('call' as const), key: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ kind: fc.constant('end' as const), at: fc.nat(20) }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 700 }) }),
    fc.record({ kind: fc.constant('forget' as const) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const { limiter, time } = limiterWith(limits)
      const underWay: { key: number; client: ReturnType<typeof limiter.enterClient> }[] = []
      const began = new Map<number, { from: number; calls: number }>()
      for (const one of steps) {
        if (one.kind === 'wait') time.now += one.ms
        else if (one.kind === 'forget') limiter.forgetIdle()
        else if (one.kind === 'end') {
          const [ended] = underWay.splice(one.at % Math.max(1, underWay.length), 1)
          if (!ended) continue
          limiter.leaveClient(ended.client)
          limiter.leave()
        } else {
          if (refusalOf(() => limiter.enter())) continue
          let known = began.get(one.key)
          if (!known || time.now - known.from >= 1000) known = { from: time.now, calls: 0 }
          began.set(one.key, known)
          const refusal = refusalOf(() => {
            underWay.push({ key: one.key, client: limiter.enterClient(one.key, 'x') })
          })
          if (refusal) limiter.leave()
          if (refusal?.code !== 'rate_exceeded') known.calls++
          assert(known.calls <= limits.clientApiRateLimit)
          const own = underWay.filter(({ key }) => key === one.key).length
          assert(own <= limits.clientApiConcurrencyLimit && underWay.length <= limits.globalApiConcurrencyLimit)
          if (refusal?.code === 'client_busy') assert.equal(own, limits.clientApiConcurrencyLimit)
        }
      }
      for (const { client } of underWay) {
        limiter.leaveClient(client)
        limiter.leave()
      }
      time.now += 1000
      limiter.forgetIdle()
      assert.equal(limiter.size, 0)
      repeat(limits.globalApiConcurrencyLimit, () => limiter.enter())
      assert.equal(refusalOf(() => limiter.enter())?.code, 'server_busy')
    }),
  )
})
