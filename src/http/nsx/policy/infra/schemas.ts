import { Type } from 'typebox'
import { readOnly } from '../../wire.ts'

/** Own fields of a policy type on the wire: those a client sets, and those it only reads. */
export interface PolicySchema {
  writable: Record<string, Type.TSchema>
  computed: Record<string, Type.TSchema>
}

const text = (maxLength = 1024) => Type.String({ maxLength })
const paths = Type.Array(text(), { maxItems: 1000 })
const open = { additionalProperties: true }

/** @see nsx-api.md 8.2 */
export const segmentSchema: PolicySchema = {
  computed: { type: Type.Enum(['ROUTED', 'EXTENDED', 'ROUTED_AND_EXTENDED', 'DISCONNECTED']) },
  writable: {
    subnets: Type.Array(
      Type.Object({
        gateway_address: Type.Optional(text(64)),
        network: Type.Optional(text(64)),
        dhcp_ranges: Type.Optional(Type.Array(text(128), { maxItems: 99 })),
        dhcp_config: Type.Optional(Type.Object({}, open)),
      }),
      { maxItems: 1 },
    ),
    connectivity_path: Type.String({ pattern: '^(/infra/tier-[01]s/[^/]+)?$', maxLength: 1024 }),
    transport_zone_path: text(),
    vlan_ids: Type.Array(text(16), { maxItems: 4095 }),
    advanced_config: Type.Object(
      {
        address_pool_paths: Type.Optional(paths),
        hybrid: Type.Optional(Type.Boolean()),
        multicast: Type.Optional(Type.Boolean()),
        inter_router: Type.Optional(Type.Boolean()),
        local_egress: Type.Optional(Type.Boolean()),
        urpf_mode: Type.Optional(Type.Enum(['STRICT', 'NONE'])),
        connectivity: Type.Optional(Type.Enum(['ON', 'OFF'])),
      },
      open,
    ),
    admin_state: Type.Enum(['UP', 'DOWN']),
    replication_mode: Type.Enum(['MTEP', 'SOURCE']),
    overlay_id: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }),
    domain_name: text(255),
    dhcp_config_path: text(),
    l2_extension: Type.Object({}, open),
    extra_configs: Type.Array(Type.Object({}, open), { maxItems: 1000 }),
    metadata_proxy_paths: paths,
    mac_pool_id: text(255),
  },
}

/** @see nsx-structs.json, Tier0 */
export const tier0Schema: PolicySchema = {
  computed: {},
  writable: {
    ha_mode: Type.Enum(['ACTIVE_ACTIVE', 'ACTIVE_STANDBY']),
    failover_mode: Type.Enum(['PREEMPTIVE', 'NON_PREEMPTIVE']),
  },
}

/** @see nsx-api.md 8.3 */
export const tier1Schema: PolicySchema = {
  computed: {},
  writable: {
    tier0_path: Type.String({ pattern: '^(/infra/tier-0s/[^/]+)?$', maxLength: 1024 }),
    failover_mode: Type.Enum(['PREEMPTIVE', 'NON_PREEMPTIVE']),
    ha_mode: Type.Enum(['ACTIVE_ACTIVE', 'ACTIVE_STANDBY']),
    pool_allocation: Type.Enum(['ROUTING', 'LB_SMALL', 'LB_MEDIUM', 'LB_LARGE', 'LB_XLARGE']),
    type: Type.Enum(['ROUTED', 'ISOLATED', 'NATTED']),
    route_advertisement_types: Type.Array(
      Type.Enum([
        'TIER1_STATIC_ROUTES',
        'TIER1_CONNECTED',
        'TIER1_NAT',
        'TIER1_LB_VIP',
        'TIER1_LB_SNAT',
        'TIER1_DNS_FORWARDER_IP',
        'TIER1_IPSEC_LOCAL_ENDPOINT',
      ]),
      { maxItems: 7 },
    ),
    disable_firewall: Type.Boolean(),
    enable_standby_relocation: Type.Boolean(),
    force_whitelisting: Type.Boolean(),
    default_rule_logging: Type.Boolean(),
    dhcp_config_paths: paths,
    ipv6_profile_paths: paths,
  },
}

/** Fields that every policy object has and a client may set. */
export const commonWritable = {
  display_name: Type.String({ maxLength: 255 }),
  description: Type.String({ maxLength: 1024 }),
  tags: Type.Array(
    Type.Object({
      scope: Type.Optional(Type.String({ maxLength: 128 })),
      tag: Type.Optional(Type.String({ maxLength: 256 })),
    }),
    { maxItems: 30 },
  ),
}

/** Fields that every policy object has and that are read only. @see nsx-api.md 8.2 */
export const commonReadOnly = {
  resource_type: readOnly,
  id: readOnly,
  path: readOnly,
  relative_path: readOnly,
  parent_path: readOnly,
  remote_path: readOnly,
  unique_id: readOnly,
  realization_id: readOnly,
  owner_id: readOnly,
  origin_site_id: readOnly,
  marked_for_delete: readOnly,
  overridden: readOnly,
}
