import type { Limits } from '../limits/limiter.ts'

/** Calls under way at a time: NSX-v names no limits, and these keep one client from taking the server from the others. */
export const nsxvLimits: Limits = {
  clientApiRateLimit: 0,
  clientApiConcurrencyLimit: 200,
  globalApiConcurrencyLimit: 600,
}
