import type { Clock } from '../clock.ts'

/** After so long without a call the next one is a new visit, in milliseconds; inferred. */
const idle = 30 * 60 * 1000
const most = 10_000

export type Visits = ReturnType<typeof createVisits>

/**
 * Who is here. Clients send their password with every call; the audit log has a sign-in for the first of them and
 * not for each.
 */
export function createVisits(steady: Clock) {
  /** By user and source, those heard of last at the end. */
  const seen = new Map<string, { user: string; at: number }>()

  return {
    /** Notes a call. @returns whether a visit begins with it. */
    arrive(user: string, source: string): boolean {
      const key = `${source} ${user}`
      const now = steady()
      const last = seen.get(key)
      seen.delete(key)
      seen.set(key, { user, at: now })
      if (seen.size > most) seen.delete(seen.keys().next().value as string)
      return last === undefined || now - last.at >= idle
    },

    /** Ends a user's visits. */
    end(user: string): void {
      for (const [key, visit] of seen) if (visit.user === user) seen.delete(key)
    },
  }
}
