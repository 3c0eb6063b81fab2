import { AccessError } from '../errors.ts'
import { createFairQueue } from './fair-queue.ts'

/**
 * Work that is done for one call, in slices of some milliseconds. The event loop takes part in it between two slices, so
 * that short calls are answered in the meantime.
 *
 * @example
 * const work = turns.begin(caller)
 * for (const object of objects) {
 *   if (work.isSpent) await work.turn()
 *   …
 * }
 */
export interface Work {
  /** Whether the slice is used up. A look at the clock (about 50 ns), so it can be asked for every object. */
  readonly isSpent: boolean
  /**
   * Waits until the caller's turn comes, and begins a new slice.
   *
   * @throws {AccessError} `busy` if too much work waits already, of this caller or in all.
   */
  turn(): Promise<void>
}

export interface TurnsSettings {
  /** The length of a slice, in milliseconds. */
  slice: number
  /** How much work may wait at a time, in all and for one caller. */
  mostWaiting: number
  mostWaitingOfCaller: number
}

export type Turns = ReturnType<typeof createTurns>

/**
 * A call needs about four rounds of the event loop to be read, recorded and answered, so a slice adds four times its
 * length to the answer of everybody else.
 */
const usual: TurnsSettings = { slice: 2, mostWaiting: 1000, mostWaitingOfCaller: 250 }

/**
 * Shares the event loop among the callers whose calls take long. In each round of the loop there is one slice; callers
 * take turns, so a caller with twenty calls gets as much as a caller with one.
 *
 * Work that begins while no other work waits goes on at once, until the slice of this round is used up: a call that
 * needs less than a slice is not delayed.
 *
 * @see docs/decisions/037-turns.md
 */
export function createTurns(settings: Partial<TurnsSettings> = {}) {
  const { slice, mostWaiting, mostWaitingOfCaller } = { ...usual, ...settings }
  const queue = createFairQueue<() => void>()
  let slices = 0
  /** Whether a slice was given in this round of the event loop. */
  let isGiven = false
  /** When that slice ends, as `performance.now()`. */
  let end = 0

  function give(): void {
    slices++
    isGiven = true
    end = performance.now() + slice
    setImmediate(nextRound)
  }

  function nextRound(): void {
    const next = queue.shift()
    isGiven = false
    if (!next) return
    give()
    next()
  }

  return {
    /** How many slices were given so far. */
    get slices() {
      return slices
    },

    /** How much work waits for its turn. */
    get waiting() {
      return queue.size
    },

    /**
     * Begins a piece of work. Nothing needs to be told when it ends.
     *
     * @param caller Who is charged, such as `callerKeyOf(request)` gives it.
     */
    begin(caller: string): Work {
      if (!isGiven) give()
      // What waits was there first.
      let until = queue.size > 0 ? 0 : end
      return {
        get isSpent() {
          return performance.now() >= until
        },
        turn() {
          if (queue.size >= mostWaiting || queue.sizeOf(caller) >= mostWaitingOfCaller) {
            return Promise.reject(new AccessError('busy', 'Too many calls that take long are under way'))
          }
          return new Promise<void>((resolve) => {
            queue.push(caller, () => {
              until = end
              resolve()
            })
            if (!isGiven) give()
          })
        },
      }
    },
  }
}
