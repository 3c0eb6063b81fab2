import { setTimeout as pause } from 'node:timers/promises'
import { basic, createCaller } from './calls.ts'
import type { Account, Target } from './target.ts'

/** Milliseconds from one call to the next. */
const pace = 50
/** Milliseconds after which a call counts as not answered. */
const patience = 10_000

/**
 * Somebody who works with each of the managers as they should, whatever others do, until it ends.
 *
 * @param told Gets how long each call took, in milliseconds: Infinity if it was not answered with 200 in ten seconds.
 */
export async function workWell(
  { manager, nsxv }: Target,
  nsx: Account,
  vcenter: Account,
  told: (ms: number) => void,
  ended: AbortSignal,
): Promise<void> {
  const own = '127.0.0.1'
  const [first, second] = [createCaller(manager, own), createCaller(nsxv, own)]
  const session = await sessionOf()
  const calls = [
    () => first.send({ path: '/api/v1/node/version', headers: { authorization: basic(nsx) } }),
    () => first.send({ path: '/api/vcenter/datacenter', headers: { 'vmware-api-session-id': session } }),
    () => second.send({ path: '/api/2.0/services/usermgmt/roles', headers: { authorization: basic(nsx) } }),
  ]

  async function sessionOf(): Promise<string> {
    const path = '/api/session'
    const { status, text } = await first.send({ method: 'POST', path, headers: { authorization: basic(vcenter) } })
    if (status !== 201) throw new Error(`the good client cannot sign in: ${status} ${text}`)
    return JSON.parse(text)
  }

  for (let number = 0; !ended.aborted; number++) {
    const began = performance.now()
    const call = calls[number % calls.length] as (typeof calls)[number]
    const late = pause(patience, undefined, { ref: false })
    const answer = await Promise.race([call().catch(() => undefined), late])
    const took = performance.now() - began
    told(answer?.status === 200 ? took : Number.POSITIVE_INFINITY)
    if (took < pace) await pause(pace - took)
  }
  first.close()
  second.close()
}
