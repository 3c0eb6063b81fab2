const firstMs = 250
const longestMs = 60_000

/**
 * How long to wait before the next attempt.
 *
 * @param failures Attempts that have failed in a row, from 1.
 * @param random From 0 up to 1: spreads exporters that lost the same collector.
 * @returns Milliseconds: doubled with every failure from 250 up to a minute, less up to a fifth.
 */
export function backOff(failures: number, random: number): number {
  const full = Math.min(firstMs * 2 ** Math.min(failures - 1, 30), longestMs)
  return Math.round(full * (1 - random / 5))
}
