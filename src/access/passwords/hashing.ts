import { hash, verify } from '@node-rs/argon2'
import { AccessError } from '../errors.ts'

/** What one guess costs: KiB of memory, passes over it, and lanes. */
export interface HashingCost {
  memoryCost: number
  timeCost: number
  parallelism: number
}

/** OWASP's figures for argon2id: 19 MiB, two passes, one lane. */
const owasp: HashingCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** More at once is slower for each and starves every other request. */
const atOnce = 2
const longestQueue = 200

export type PasswordHashing = ReturnType<typeof createPasswordHashing>

/** Hashes and verifies passwords with argon2id, two at a time. */
export function createPasswordHashing(cost = owasp) {
  let running = 0
  const waiting: (() => void)[] = []

  /** @throws {AccessError} `busy` when two hundred are waiting already. */
  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= atOnce) {
      if (waiting.length >= longestQueue) throw new AccessError('busy', 'Too many sign-ins are waiting')
      await new Promise<void>((resolve) => waiting.push(resolve))
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
    hash: (password: string): Promise<string> => inTurn(() => hash(password, cost)),

    /** Takes as long without a stored hash, when the answer is always no. */
    verify: (password: string, stored: string | null): Promise<boolean> =>
      inTurn(async () => (await verify(stored ?? (await decoy), password)) && stored !== null),
  }
}
