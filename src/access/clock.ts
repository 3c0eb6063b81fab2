/** The time, in milliseconds since 1970 UTC. Comes in from outside, so that a test can hold and move it. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()

/**
 * Time that goes on evenly: what the wall clock had when the process began, and what has passed since. Durations are
 * measured with it, so that a wall clock that is set neither ends nor prolongs anything. While the machine sleeps it stands.
 */
export const steadyClock: Clock = () => Math.floor(performance.timeOrigin + performance.now())

/** The time as it is told and stored, and the time that durations are measured with. */
export interface Clocks {
  clock: Clock
  steady: Clock
}

/** What was stored by the wall clock, as the steady one has it: as long ago as the wall clock says now, never in future. */
export function steadied(at: number, { clock, steady }: Clocks): number {
  return steady() - Math.max(0, clock() - at)
}
