import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databases, openLab } from '../lab.ts'
import { type Caller, makeCallers, type Surface } from './callers.ts'
import { type Call, callsOf } from './calls.ts'
import { expected } from './expected.ts'

const sqlite = databases[0] ?? assert.fail('no database')

/** How many calls each surface has at least. With fewer, the calls are not found any more. */
const leastCalls: Record<Surface, number> = {
  nsx: 100,
  nsxv: 55,
  rest: 35,
  legacy: 20,
  'json-rpc': 40,
  soap: 40,
  sallyport: 40,
}

test('every call of every surface meets every kind of caller as the printed matrices say', sqlite, async () => {
  await using lab = await openLab(sqlite, { nsxvCliRoles: '6.2', clientCertificates: 'on' })
  const callers = await makeCallers(lab)
  const calls = await callsOf(lab)
  for (const [surface, least] of Object.entries(leastCalls)) {
    const count = calls.filter((call) => call.surface === surface).length
    assert.ok(count >= least, `${surface} has ${count} calls`)
  }

  const wrong: string[] = []
  async function ask(caller: Caller, call: Call): Promise<void> {
    const { verdict, answer } = await call.ask(caller)
    const failed = call.surface !== 'soap' && answer.status >= 500 && answer.status !== 501
    const wanted = expected(call, caller)
    if ((wanted === 'out' ? verdict !== 'in' : verdict === wanted) && !failed) return
    wrong.push(
      `${caller.name}: ${call.name} (${call.surface}): ${verdict}, not ${wanted}: ${answer.status} ${answer.text.slice(0, 200)}`,
    )
  }
  for (const last of [false, true]) {
    const round = calls.filter((call) => call.last === last)
    for (const caller of callers) {
      await caller.become?.()
      await Promise.all(round.map((call) => ask(caller, call)))
    }
  }
  assert.deepEqual(wrong, [])
})
