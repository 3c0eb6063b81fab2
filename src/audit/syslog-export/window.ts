/** Up to which record of each journal: the journal's number, the record's. A journal that is not in it: none. */
export type Positions = ReadonlyMap<number, number>

interface Burst {
  /** When its first and its last line were handed over. */
  from: number
  to: number
  journal: number
  /** Of the last record in it. */
  seq: number
}

/** What is handed over within so many milliseconds is remembered as one. */
const burstMs = 1000

export type SendWindow = ReturnType<typeof createWindow>

/**
 * What was handed over and is not yet known to have arrived.
 *
 * Syslog has no acknowledgements. A line counts as delivered when the collector has closed a connection that we ended
 * (it has read to the end of it), or when it was handed over so long ago that a connection that had lost it would have
 * broken. All others are sent again on the next connection. Times are milliseconds of a clock that never goes back.
 * @see docs/decisions/010-syslog-export.md
 */
export function createWindow(start: Positions) {
  const delivered = new Map(start)
  let handedOver = new Map(start)
  let bursts: Burst[] = []

  function deliver(burst: Burst): void {
    delivered.set(burst.journal, burst.seq)
  }

  return {
    /** From where the next records are to be read. */
    sent: (journal: number): number => handedOver.get(journal) ?? 0,

    /** From where a reader that comes later has to begin, so that nothing is lost. */
    delivered: (): Positions => delivered,

    /** When the oldest line was handed over that is not known to have arrived. */
    oldest: (): number | undefined => bursts[0]?.from,

    /** Records up to `seq` were handed over. @param lines How many of them there was something to send of. */
    handOver(journal: number, seq: number, lines: number, now: number): void {
      handedOver.set(journal, seq)
      const last = bursts.at(-1)
      if (last && last.journal === journal && (lines === 0 || now - last.from < burstMs)) {
        last.seq = seq
        if (lines > 0) last.to = now
      } else if (lines === 0 && !last) delivered.set(journal, seq)
      else bursts.push({ from: now, to: now, journal, seq })
    },

    /** What was handed over before `since` has arrived. @returns whether there was any. */
    settle(since: number): boolean {
      const open = bursts.findIndex(({ to }) => to >= since)
      const settled = open < 0 ? bursts : bursts.slice(0, open)
      if (settled.length === 0) return false
      for (const burst of settled) deliver(burst)
      bursts = bursts.slice(settled.length)
      return true
    },

    /** All that was handed over has arrived. */
    acknowledge(): void {
      for (const burst of bursts) deliver(burst)
      bursts = []
    },

    /** The connection broke: what is not known to have arrived is to be sent again. */
    rewind(): void {
      handedOver = new Map(delivered)
      bursts = []
    },
  }
}
