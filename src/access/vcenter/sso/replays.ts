import { hash } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { AccessError } from '../../errors.ts'

/** Messages that are remembered at once: signing that many takes a client some minutes. */
const most = 20_000

export type Replays = ReturnType<typeof createReplays>

/** Remembers messages that are good once, as long as they are good. It does not outlive the process. */
export function createReplays(clock: Clock, limit = most) {
  /** Until when each is good, the first that came first. */
  const seen = new Map<string, number>()

  function forget(now: number): void {
    for (const [id, until] of seen) if (until <= now) seen.delete(id)
  }

  return {
    /**
     * @param until When nobody would take the message any more.
     * @throws {AccessError} `unauthenticated` for a message that has come before; `server_busy` when no more can be
     *   remembered.
     */
    take(message: string, until: number): void {
      const id = hash('sha256', message, 'hex')
      if (seen.has(id)) throw new AccessError('unauthenticated', 'The message has come before')
      if (seen.size >= limit) forget(clock())
      if (seen.size >= limit) throw new AccessError('server_busy', 'Too many signed messages')
      seen.set(id, until)
    },
  }
}
