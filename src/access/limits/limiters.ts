import type { Clock } from '../clock.ts'
import { createLimiter, type Limiter, type Limits } from './limiter.ts'

export type Limiters = ReturnType<typeof createLimiters>

/** Each manager node counts for itself. @see nsx-api.md 7.5 */
export function createLimiters(applianceIds: readonly string[], limits: () => Limits, steady: Clock) {
  const limiters = new Map(applianceIds.map((id) => [id, createLimiter(limits, steady)]))
  return {
    of(applianceId: string): Limiter {
      const limiter = limiters.get(applianceId)
      if (!limiter) throw new Error(`${applianceId} serves no calls`)
      return limiter
    },

    keepHouse(): void {
      for (const limiter of limiters.values()) limiter.forgetIdle()
    },
  }
}
