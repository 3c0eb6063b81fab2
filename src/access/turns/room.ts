import { AccessError } from '../errors.ts'
import { createFairQueue } from './fair-queue.ts'

/** Bytes that a call may hold. Disposing of it gives them back. */
export interface Hold extends Disposable {
  readonly bytes: number
  /** Gives a part back. @param bytes How many are still held; more than before is a bug. */
  shrink(bytes: number): void
}

export interface RoomSettings {
  /** Bytes, or places, that all calls may hold together, and those of one caller. */
  bytes: number
  bytesOfCaller: number
  /** How many calls may wait, in all and for one caller. */
  mostWaiting: number
  mostWaitingOfCaller: number
}

interface Waiting {
  bytes: number
  admit: () => void
}

export type Room = ReturnType<typeof createRoom>

/**
 * The memory for what calls hold while they are answered. A call takes all it may need at once and gives the rest back
 * later, so two calls never wait for each other. Callers who wait are served in turn; nobody overtakes a call that waits
 * for the room of all.
 *
 * @param busy What is said to those who would have to wait with too many others.
 * @see docs/decisions/037-turns.md
 */
export function createRoom(
  { bytes: most, bytesOfCaller, mostWaiting, mostWaitingOfCaller }: RoomSettings,
  busy = 'Too many calls with large answers are under way',
) {
  const queue = createFairQueue<Waiting>()
  const heldBy = new Map<string, number>()
  let held = 0
  let peak = 0

  const fits = (caller: string, bytes: number) => (heldBy.get(caller) ?? 0) + bytes <= bytesOfCaller

  function change(caller: string, by: number): void {
    held += by
    peak = Math.max(peak, held)
    const now = (heldBy.get(caller) ?? 0) + by
    if (now === 0) heldBy.delete(caller)
    else heldBy.set(caller, now)
  }

  function hold(caller: string, taken: number): Hold {
    let bytes = taken
    change(caller, bytes)
    function shrink(to: number): void {
      if (to > bytes) throw new Error(`a hold of ${bytes} bytes cannot grow to ${to}`)
      change(caller, to - bytes)
      bytes = to
      admit()
    }
    return {
      get bytes() {
        return bytes
      },
      shrink,
      [Symbol.dispose]: () => shrink(0),
    }
  }

  function admit(): void {
    for (;;) {
      let full = false
      const next = queue.shift((caller, { bytes }) => {
        if (full || !fits(caller, bytes)) return false
        full = held + bytes > most
        return !full
      })
      if (!next) return
      next.admit()
    }
  }

  return {
    /** Bytes that are held now, and the most that were held at a time. */
    get held() {
      return held
    },
    get peak() {
      return peak
    },
    heldBy: (caller: string): number => heldBy.get(caller) ?? 0,

    /**
     * Waits for room.
     *
     * @param bytes At most as many as one caller may hold.
     * @param ended Ends the wait, for example because the client is gone; its reason is what is thrown then.
     * @throws {AccessError} `busy` if too many calls wait already, of this caller or in all.
     */
    async take(caller: string, bytes: number, ended: AbortSignal): Promise<Hold> {
      if (bytes > bytesOfCaller || bytes > most) throw new Error(`${bytes} bytes are more than there ever are`)
      ended.throwIfAborted()
      if (queue.size === 0 && fits(caller, bytes) && held + bytes <= most) return hold(caller, bytes)
      if (queue.size >= mostWaiting || queue.sizeOf(caller) >= mostWaitingOfCaller) {
        throw new AccessError('busy', busy)
      }
      return new Promise<Hold>((resolve, reject) => {
        const waiting: Waiting = {
          bytes,
          admit() {
            ended.removeEventListener('abort', giveUp)
            resolve(hold(caller, bytes))
          },
        }
        function giveUp(): void {
          queue.drop(caller, waiting)
          reject(ended.reason)
          // It may have been the one that all others waited behind.
          admit()
        }
        ended.addEventListener('abort', giveUp, { once: true })
        queue.push(caller, waiting)
        admit()
      })
    },
  }
}
