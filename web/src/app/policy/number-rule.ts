/** A number of a policy, as people are told of it. */
export interface NumberRule {
  /** Its name in the API. */
  name: string
  label: string
  unit: string
  minimum: number
  maximum: number
  default: number
  /** What it does. */
  meaning: string
  /** What 0 means, where that is not just none of the unit. */
  zero?: string
}

/** The range, the default and what 0 means, as one line. */
export function rangeOf({ unit, minimum, maximum, default: value, zero }: NumberRule): string {
  const range = `${minimum} to ${maximum} ${unit}, by default ${value}.`
  return zero === undefined ? range : `${range} 0: ${zero}.`
}

/** `1 digit`, `2 digits`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Seconds as people say them: `15 minutes`. */
export function duration(seconds: number): string {
  for (const [size, noun] of [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ] as const) {
    if (seconds >= size && seconds % size === 0) return counted(seconds / size, noun)
  }
  return counted(seconds, 'second')
}
