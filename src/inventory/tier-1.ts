import type { PolicyType } from './policy-types.ts'

/** @see nsx-api.md 8.3; the defaults are inferred there */
export const tier1Type: PolicyType = {
  collection: 'tier-1s',
  resourceType: 'Tier1',
  noun: 'Tier1',
  feature: 'policy_t1',

  complete: (body) => ({
    failover_mode: 'NON_PREEMPTIVE',
    pool_allocation: 'ROUTING',
    type: body.tier0_path ? 'ROUTED' : 'ISOLATED',
    route_advertisement_types: [],
    disable_firewall: false,
    enable_standby_relocation: false,
    force_whitelisting: false,
    default_rule_logging: false,
    ...body,
  }),

  references: (body) => (body.tier0_path ? [body.tier0_path as string] : []),

  check() {},
}
