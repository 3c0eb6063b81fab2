import type { Feature, FeaturePermissions, Permission } from './features.ts'

export interface Role {
  id: string
  displayName: string
  permissions: FeaturePermissions
}

const F = 'crud'
const R = 'read'
const N = 'none'

/** The columns of the matrix below. @see nsx-api.md 6.2 */
const columns = [
  'enterprise_admin',
  'auditor',
  'network_engineer',
  'network_op',
  'security_engineer',
  'security_op',
  'cloud_admin',
  'cloud_auditor',
  'support_bundle_collector',
] as const

/**
 * The matrix as printed; the row of audit logs is inferred ("auditor may read").
 *
 * Of the rows behind Tier-1 Gateways, which the relay asks for, network and security columns of segment profiles, NAT,
 * VPN, DNS, services, context profiles, virtual machines and the three firewalls are as printed in the roles table of
 * VMware Cloud on AWS, interfaces and static routes as in that of NSX-T 3.0 (whose full access for operators is taken
 * for a slip); the others, and the cloud columns of Tier-0 and of the fabric, are [inferred].
 */
const matrix: Record<Feature, readonly Permission[]> = {
  //                                  EA Aud NE NO SE SO CA CO SBC
  system_administration_passwd_mgmt: [F, R, N, N, N, N, N, N, N],
  system_user_role_assignments: [F, R, N, N, N, N, F, R, N],
  system_roles: [F, R, F, R, F, F, F, R, N],
  system_authentication_providers: [F, R, F, R, F, F, R, R, N],
  system_administration: [F, R, R, R, R, R, R, R, N],
  system_certificates: [F, R, N, N, F, R, N, N, N],
  system_support_bundle: [F, N, N, N, N, N, N, N, F],
  system_audit_logs: [F, R, N, N, N, N, N, N, N],
  policy_segment: [F, R, F, R, R, R, F, R, N],
  policy_tier1: [F, R, F, R, R, R, F, R, N],
  policy_tier0: [F, R, F, R, R, R, R, R, N],
  policy_interfaces: [F, R, F, R, R, R, F, R, N],
  policy_static_routes: [F, R, F, R, R, R, F, R, N],
  policy_segment_profiles: [F, R, F, R, R, R, F, R, N],
  policy_nat: [F, R, F, R, F, R, F, R, N],
  policy_load_balancer: [F, R, N, N, R, N, F, R, N],
  policy_vpn: [F, R, F, R, F, R, F, R, N],
  policy_dhcp: [F, R, F, R, R, R, F, R, N],
  policy_dns: [F, R, F, R, R, R, F, R, N],
  policy_ip_pools: [F, R, F, R, R, R, F, R, N],
  policy_grouping: [F, R, F, R, F, R, F, R, N],
  policy_services: [F, R, F, R, F, R, F, R, N],
  policy_context_profiles: [F, R, F, R, F, R, F, R, N],
  policy_dfw: [F, R, R, R, F, R, F, R, N],
  policy_gateway_firewall: [F, R, R, R, F, R, F, R, N],
  policy_ids: [F, R, R, R, F, R, F, R, N],
  inventory_virtual_machines: [R, R, R, R, R, R, R, R, N],
  fabric_nodes: [F, R, F, R, R, R, R, R, N],
  fabric_transport_zones: [F, R, F, R, R, R, R, R, N],
}

const displayNames: Record<string, string> = {
  enterprise_admin: 'Enterprise Admin',
  auditor: 'Auditor',
  network_engineer: 'Network Admin',
  network_op: 'Network Operator',
  security_engineer: 'Security Admin',
  security_op: 'Security Operator',
  lb_admin: 'LB Admin',
  lb_auditor: 'LB Operator',
  vpn_admin: 'VPN Admin',
  gi_partner_admin: 'GI Partner Admin',
  netx_partner_admin: 'NETX Partner Admin',
  support_bundle_collector: 'Support Bundle Collector',
  org_admin: 'Org Admin',
  project_admin: 'Project Admin',
  vpc_admin: 'VPC Admin',
  cloud_admin: 'Cloud Admin',
  cloud_auditor: 'Cloud Operator',
}

/** The roles that NSX has without anyone making them. Those that the matrix does not print may nothing on its rows. */
export const builtInRoles: ReadonlyMap<string, Role> = new Map(
  Object.entries(displayNames).map(([id, displayName]) => {
    const column = columns.indexOf(id as (typeof columns)[number])
    const granted = column < 0 ? [] : Object.entries(matrix).map(([feature, row]) => [feature, row[column]])
    return [id, { id, displayName, permissions: Object.fromEntries(granted) }]
  }),
)
