import type { ApiServiceConfig } from './api-service.ts'
import { complexity, type PolicyRange } from './passwords/auth-policy.ts'

/** What differs between the releases of NSX Manager that are served. */
export interface NsxRelease {
  /** As `/node/version` says it. */
  version: string
  /** What a first start begins with, and what a PUT that leaves them out returns to. */
  limits: Pick<ApiServiceConfig, 'clientApiRateLimit' | 'clientApiConcurrencyLimit' | 'globalApiConcurrencyLimit'>
  /** Of `password_remembrance`. */
  remembrance: PolicyRange
  /** Whether users say when their passwords end and what is locked to them, and policies what passwords must not have. */
  saysExpiry: boolean
}

/** @see nsx-api.md 1.3 and 7.2 for 9.0; nsx-structs.json for the fields and ranges of 9.1 */
export const nsxReleases = {
  '9.0': {
    version: '9.0.0.0.0',
    limits: { clientApiRateLimit: 100, clientApiConcurrencyLimit: 40, globalApiConcurrencyLimit: 199 },
    remembrance: complexity(0, 100, 0),
    saysExpiry: false,
  },
  '9.1': {
    version: '9.1.0.0.0',
    limits: { clientApiRateLimit: 250, clientApiConcurrencyLimit: 100, globalApiConcurrencyLimit: 500 },
    remembrance: complexity(1, 12, 5),
    saysExpiry: true,
  },
} satisfies Record<string, NsxRelease>

export type NsxReleaseName = keyof typeof nsxReleases
