import { Agent, request } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'

/** Of each second, evenly spread, whatever becomes of those before. */
const signInsPerSecond = 50
const readsPerSecond = 200

/** In milliseconds. */
export interface Waits {
  alone: number[]
  besideSignIns: number[]
}

/**
 * How long one of a hundred session GETs takes, alone and beside 50 sign-ins a second that each cost a hash.
 *
 * @param target What is read, and with which headers.
 * @param seconds How long each of the two is measured in a round.
 * @returns the 99th percentile of every round.
 */
export async function measureSignIns(
  target: string,
  headers: Record<string, string>,
  seconds: number,
  rounds: number,
): Promise<Waits> {
  const waits: Waits = { alone: [], besideSignIns: [] }
  const signInUrl = new URL('/api/session/create', target).href
  // Sign-ins have connections of their own, so that no read waits for one in the client.
  using reading = openAgent()
  using signingIn = openAgent()

  const read = async (times: number[]) => {
    const began = performance.now()
    const status = await send(reading.agent, target, 'GET', headers)
    if (status !== 200) throw new Error(`${target}: ${status}`)
    times.push(performance.now() - began)
  }
  const signIn = async (outcomes: number[]) => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const body = `j_username=nobody-${Math.random()}&j_password=wrong`
    outcomes.push(await send(signingIn.agent, signInUrl, 'POST', form, body))
  }

  for (let round = 0; round < rounds; round++) {
    for (const isBeside of round % 2 ? [true, false] : [false, true]) {
      const [times, outcomes]: [number[], number[]] = [[], []]
      await Promise.all([
        paced(readsPerSecond, seconds, () => read(times)),
        isBeside ? paced(signInsPerSecond, seconds, () => signIn(outcomes)) : undefined,
      ])
      const unknown = outcomes.filter((status) => status !== 403 && status !== 503)
      if (unknown.length > 0) throw new Error(`${signInUrl}: ${unknown[0]}`)
      waits[isBeside ? 'besideSignIns' : 'alone'].push(p99(times))
    }
  }
  return waits
}

const p99 = (times: number[]) => times.sort((a, b) => a - b)[Math.ceil(times.length * 0.99) - 1] ?? 0

/** Starts a call so many times a second, and waits for all of them at the end. */
async function paced(perSecond: number, seconds: number, call: () => Promise<void>): Promise<void> {
  const began = performance.now()
  const calls: Promise<void>[] = []
  for (let count = 0; count < perSecond * seconds; count++) {
    const early = began + (count * 1000) / perSecond - performance.now()
    if (early > 0) await pause(early)
    calls.push(call())
  }
  await Promise.all(calls)
}

function openAgent() {
  const agent = new Agent({ keepAlive: true })
  return { agent, [Symbol.dispose]: () => agent.destroy() }
}

/** @returns the status of the answer, when all of it is there. */
function send(agent: Agent, url: string, method: string, headers: Record<string, string>, body = ''): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, headers }, (answer) => {
      answer.on('error', reject).on('end', () => resolve(answer.statusCode ?? 0))
      answer.resume()
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
