/** What is measured at one time. */
export interface Sample {
  /** Seconds since the beginning. */
  at: number
  /** Memory of the server, in MiB. */
  resident: number
}

export interface Bounds {
  /** Milliseconds. */
  p99: number
}

/** The first part of a run, in which caches fill, says nothing of how memory grows. */
const settling = 1 / 3
/** By how much memory may grow behind it, as a part of what there is. */
const flat = 0.15
/** A run must be so long, in seconds, for its memory to be judged. */
const shortestJudged = 120

/** The value that so large a part of all values is not above; Infinity of none. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.POSITIVE_INFINITY
}

/** How steeply memory rises, in MiB a minute: the median of the slopes between any two samples, which peaks do not move. */
export function slopeOf(samples: readonly Sample[]): number {
  const slopes = samples.flatMap((a, n) => samples.slice(n + 1).map((b) => (b.resident - a.resident) / (b.at - a.at)))
  return slopes.length === 0 ? 0 : percentile(slopes, 0.5) * 60
}

/** The samples behind the time in which caches fill. */
export function settled(samples: readonly Sample[]): readonly Sample[] {
  const end = samples.at(-1)?.at ?? 0
  return samples.filter(({ at }) => at >= end * settling)
}

/**
 * What is wrong, as sentences; none: nothing.
 *
 * @param latencies Of the good client's calls, in milliseconds; of those that were not answered as they should be, Infinity.
 */
export function verdict(
  samples: readonly Sample[],
  latencies: readonly number[],
  died: boolean,
  bounds: Bounds,
): string[] {
  const wrong: string[] = []
  if (died) wrong.push('the server ended')
  const p99 = percentile(latencies, 0.99)
  if (p99 > bounds.p99) wrong.push(`the good client's p99 is ${shown(p99)}, over ${bounds.p99} ms`)
  const seconds = samples.at(-1)?.at ?? 0
  if (seconds < shortestJudged) return wrong
  const behind = settled(samples)
  const slope = slopeOf(behind)
  const minutes = (seconds - (behind[0]?.at ?? 0)) / 60
  const middle = percentile(
    behind.map(({ resident }) => resident),
    0.5,
  )
  if (slope * minutes > middle * flat) wrong.push(`memory grows by ${slope.toFixed(1)} MiB a minute`)
  return wrong
}

/** Milliseconds as text. */
export const shown = (ms: number): string => (Number.isFinite(ms) ? `${ms.toFixed(0)} ms` : 'no answer')
