import type { PolicyType } from './policy-types.ts'

/** Gateways that tier-1s can point to. @see nsx-structs.json, Tier0 */
export const tier0Type: PolicyType = {
  collection: 'tier-0s',
  resourceType: 'Tier0',
  noun: 'Tier0',
  feature: 'policy_t0',
  readOnly: true,
  complete: (body) => ({ ha_mode: 'ACTIVE_ACTIVE', failover_mode: 'NON_PREEMPTIVE', ...body }),
  references: () => [],
  check() {},
}
