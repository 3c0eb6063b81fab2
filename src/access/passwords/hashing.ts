import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { AccessError } from '../errors.ts'
import { createUnderWay } from '../sign-in/under-way.ts'
import { createFairQueue } from '../turns/fair-queue.ts'

/** What one guess costs: KiB of memory, passes over it, and lanes. */
export interface HashingCost {
  memoryCost: number
  timeCost: number
  parallelism: number
}

/** OWASP's figures for argon2id: 19 MiB, two passes, one lane. */
const owasp: HashingCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** A core is left to those who sign in nowhere: more at once is slower for each and starves every other request. */
export const atOnce = Math.max(1, Math.min(2, availableParallelism() - 1))
/** Sign-ins that wait, in all. An address has no more of these places than it leaves free for others. */
const longestQueue = 200

export type PasswordHashing = ReturnType<typeof createPasswordHashing>

/** Hashes and verifies passwords with argon2id, few at a time; addresses take turns. */
export function createPasswordHashing(cost = owasp) {
  let running = 0
  const waiting = createFairQueue<() => void>()

  /**
   * @param from Whose turn it is: an address, or nothing for what the server itself wants.
   * @throws {AccessError} `busy` when two hundred are waiting already, or as many of the address as there are places left.
   */
  async function inTurn<T>(from: string, work: () => Promise<T>): Promise<T> {
    if (running >= atOnce) {
      const free = longestQueue - waiting.size
      if (free <= 0 || (from !== '' && waiting.sizeOf(from) >= free)) {
        throw new AccessError('busy', 'Too many sign-ins are waiting')
      }
      await new Promise<void>((resolve) => waiting.push(from, resolve))
    } else {
      running++
    }
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  // Costs what a real hash costs and matches nothing.
  const decoy = hash(crypto.randomUUID(), cost)

  return {
    /** The sign-ins that wait, at every door that verifies passwords here. */
    underWay: createUnderWay(),

    hash: (password: string): Promise<string> => inTurn('', () => hash(password, cost)),

    /**
     * Takes as long without a stored hash, when the answer is always no.
     *
     * @param from The address that wants to know; absent: the server itself.
     */
    verify: (password: string, stored: string | null, from = ''): Promise<boolean> =>
      inTurn(from, async () => (await verify(stored ?? (await decoy), password)) && stored !== null),
  }
}
