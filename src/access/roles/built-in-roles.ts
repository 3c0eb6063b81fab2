import { type FeaturePermissions, features, type Permission } from './features.ts'
import nsx from './nsx-features.json' with { type: 'json' }

export interface Role {
  id: string
  displayName: string
  permissions: FeaturePermissions
}

/** The printed role matrix: by row and role. @see VMware Cloud Foundation 9.0, Role-Based Access Control */
const printed: Readonly<Record<string, Readonly<Record<string, string>>>> = nsx.matrix

type Column = (typeof columns)[number]
const columns = [
  'enterprise_admin',
  'auditor',
  'network_engineer',
  'network_op',
  'security_engineer',
  'security_op',
  'cloud_admin',
  'cloud_auditor',
] as const

const F = 'crud'
const R = 'read'
const N = 'none'

/**
 * Rows that 9.0 does not print. Groups, services and IDS/IPS are as in the roles table of VMware Cloud on AWS; their
 * cloud columns are [inferred].
 */
const unprinted = {
  //         EA Aud NE NO SE SO CA CO
  Groups: [F, R, F, R, F, R, F, R],
  Services: [F, R, F, R, F, R, F, R],
  'IDS/IPS': [F, R, R, R, F, R, F, R],
  /** What is not known to be anybody else's is the administrators' alone. */
  Others: [F, R, N, N, N, N, N, N],
} satisfies Record<string, readonly Permission[]>

/** Rows of features whose own pages name none. [inferred] by what their calls are about. */
const rowsByLikeness: Readonly<Record<string, string>> = {
  domain_admin: 'Groups',
  policy_grouping: 'Groups',
  groups_groups: 'Groups',
  groups_ip_sets: 'Groups',
  groups_mac_sets: 'Groups',
  policy_services: 'Services',
  services_services: 'Services',
  policy_common_ids: 'IDS/IPS',
  policy_gfw_ids_mps: 'IDS/IPS',
  intrusion_services: 'IDS/IPS',
  switching_switches: 'Segments',
  switching_ports: 'Segments',
  switching_switching_profiles: 'Segment Profiles',
  routing_routers: 'Tier-0 Gateways',
  policy_ospf: 'Tier-0 Gateways',
  routing_nat: 'NAT',
  lb_application_profiles: 'Load Balancing',
  lb_monitors: 'Load Balancing',
  lb_persistence_profiles: 'Load Balancing',
  lb_pools: 'Load Balancing',
  lb_rules: 'Load Balancing',
  lb_services: 'Load Balancing',
  lb_ssl_profiles: 'Load Balancing',
  lb_virtual_servers: 'Load Balancing',
  vpn: 'VPN',
  dhcp_relay_profile: 'DHCP',
  dhcp_relay_services: 'DHCP',
  dhcp_server_profiles: 'DHCP',
  dhcp_servers: 'DHCP',
  dns_forwarder: 'DNS',
  groups_ip_pools: 'IP Address Pools',
  ipam_ipam: 'IP Address Pools',
  firewall_general: 'Distributed Firewall',
  firewall_configuration: 'Distributed Firewall',
  site_admin: 'Edge Clusters',
  compute_managers_inventory: 'Compute Managers',
  trust_principal_identities: 'User Role Assignments',
}

/** What a role may do on a feature. */
function granted(role: string, feature: string): Permission {
  const row = rowsByLikeness[feature] ?? features.get(feature) ?? ''
  const own = printed[row]
  if (own) return (own[role] ?? N) as Permission
  const letters = unprinted[row as keyof typeof unprinted] ?? unprinted.Others
  return letters[columns.indexOf(role as Column)] ?? N
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

/** The roles that NSX has without anyone making them. Those of organizations, projects and VPCs may nothing of their own. */
export const builtInRoles: ReadonlyMap<string, Role> = new Map(
  Object.entries(displayNames).map(([id, displayName]) => {
    const all = [...features.keys()].map((feature) => [feature, granted(id, feature)] as const)
    const permissions = Object.fromEntries(all.filter(([, permission]) => permission !== N))
    return [id, { id, displayName, permissions }]
  }),
)
