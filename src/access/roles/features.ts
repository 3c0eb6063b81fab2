/**
 * What a route needs: a feature and one of these on it, each including those before it.
 * @see NSX REST API 4.2, FeaturePermission
 */
export const permissions = ['none', 'read', 'execute', 'crud'] as const
export type Permission = (typeof permissions)[number]

/**
 * The rows of the permission matrix that routes ask for, by their printed names. Of the ids, sources name those of
 * System Administration, Local Users and Segments; the others are inferred.
 * @see nsx-api.md 2.1, 6.2
 */
export const features = {
  system_administration: 'System Administration',
  system_administration_passwd_mgmt: 'Local Users',
  system_user_role_assignments: 'User Role Assignments',
  system_roles: 'Roles',
  system_authentication_providers: 'Authentication Providers',
  system_certificates: 'Certificates',
  system_support_bundle: 'Support Bundle',
  system_audit_logs: 'Audit Logs',
  policy_segment: 'Segments',
  policy_tier1: 'Tier-1 Gateways',
  // What the relay's rules ask for; of these ids sources name policy_grouping and policy_services.
  policy_tier0: 'Tier-0 Gateways',
  policy_interfaces: 'Network Interface',
  policy_static_routes: 'Network Static Routes',
  policy_segment_profiles: 'Segment Profiles',
  policy_nat: 'NAT',
  policy_load_balancer: 'Load Balancing',
  policy_vpn: 'VPN',
  policy_dhcp: 'DHCP',
  policy_dns: 'DNS',
  policy_ip_pools: 'IP Address Pools',
  policy_grouping: 'Groups',
  policy_services: 'Services',
  policy_context_profiles: 'Context Profiles',
  policy_dfw: 'Distributed Firewall',
  policy_gateway_firewall: 'Gateway Firewall',
  policy_ids: 'IDS/IPS',
  inventory_virtual_machines: 'Virtual Machines',
  fabric_nodes: 'Fabric Nodes',
  fabric_transport_zones: 'Transport Zones',
} as const
export type Feature = keyof typeof features

/**
 * Features whose calls are the manager's own (`/api/v1`) and no policy calls. A custom role never has them: what is sent
 * for them is ignored, and they read back as `none`. Which of today's features they are is inferred.
 *
 * @see knowledge.broadcom.com 390631 and 435871
 */
export const internalFeatures: ReadonlySet<Feature> = new Set([
  'system_administration',
  'system_administration_passwd_mgmt',
  'system_certificates',
  'system_support_bundle',
  'system_audit_logs',
  // These have policy calls too, but the knowledge base names them.
  'fabric_nodes',
  'fabric_transport_zones',
])

/** A set of permissions; features that are not named are `none`. */
export type FeaturePermissions = Partial<Record<Feature, Permission>>

/** What of a wanted set a custom role may have. */
export function withoutInternal(wanted: FeaturePermissions): FeaturePermissions {
  const entries = Object.entries(wanted) as [Feature, Permission][]
  return Object.fromEntries(
    entries.filter(([feature, permission]) => permission !== 'none' && !internalFeatures.has(feature)),
  )
}
