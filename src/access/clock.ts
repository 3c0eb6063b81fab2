/** The time, in milliseconds since 1970 UTC. Comes in from outside, so that a test can hold and move it. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()
