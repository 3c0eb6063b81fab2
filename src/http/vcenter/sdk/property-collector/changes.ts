import { setTimeout } from 'node:timers/promises'
import type { Journal } from '../../../../audit/journal.ts'

/** Tells when something may have changed: whatever changes is journaled. */
export function followChanges(journal: Journal) {
  let changed = false
  let wake = () => {}
  const forget = journal.onRecords(() => {
    changed = true
    wake()
  })
  return {
    /** Waits for a change since it was last asked for one, at most so many milliseconds. @throws when the signal says so. */
    async next(ms: number, signal: AbortSignal): Promise<void> {
      if (!changed) {
        const woken = new AbortController()
        wake = () => woken.abort()
        await setTimeout(ms, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(() => {})
      }
      signal.throwIfAborted()
      changed = false
    },

    [Symbol.dispose]: () => void forget(),
  }
}
