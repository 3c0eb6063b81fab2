/** A sleep that others can end. */
export interface Alarm {
  ring(): void
  /** Waits until it rings, or for so many milliseconds; returns at once when it has rung since the last wait. */
  wait(ms: number): Promise<void>
}

/** Timers know no longer times. */
const longestMs = 2 ** 31 - 1

export function createAlarm(): Alarm {
  let rung = false
  let wake: (() => void) | undefined
  return {
    ring() {
      rung = true
      wake?.()
    },
    async wait(ms) {
      if (!rung && ms > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.min(ms, longestMs))
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        wake = undefined
      }
      rung = false
    },
  }
}
