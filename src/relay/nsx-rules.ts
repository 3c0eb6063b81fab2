import type { Feature, Permission } from '../access/roles/features.ts'
import type { RelayRule } from './rules.ts'

const policy = '/policy/api/v1'
const manager = '/api/v1'

/**
 * Collections of the policy tree: who asks for what, and the type of their objects. One row is five calls: list and
 * read ask for `read`; PUT, PATCH and DELETE of an object for `crud`. A type's name is how a hierarchical body names
 * it. Which feature a collection belongs to is [inferred] but for segments.
 *
 * @see NSX Policy REST API 4.2
 */
const collections: readonly [Feature, type: string, path: string][] = [
  ['policy_segment', 'Segment', '/infra/segments'],
  ['policy_segment', 'SegmentPort', '/infra/segments/{}/ports'],
  ['policy_segment', 'Segment', '/infra/tier-1s/{}/segments'],
  ['policy_segment', 'SegmentPort', '/infra/tier-1s/{}/segments/{}/ports'],
  ['policy_segment', 'SegmentSecurityProfileBindingMap', '/infra/segments/{}/segment-security-profile-binding-maps'],
  ['policy_segment', 'SegmentDiscoveryProfileBindingMap', '/infra/segments/{}/segment-discovery-profile-binding-maps'],
  ['policy_segment', 'SegmentQosProfileBindingMap', '/infra/segments/{}/segment-qos-profile-binding-maps'],
  ['policy_segment_profiles', 'SegmentSecurityProfile', '/infra/segment-security-profiles'],
  ['policy_segment_profiles', 'IPDiscoveryProfile', '/infra/ip-discovery-profiles'],
  ['policy_segment_profiles', 'MacDiscoveryProfile', '/infra/mac-discovery-profiles'],
  ['policy_segment_profiles', 'SpoofGuardProfile', '/infra/spoofguard-profiles'],
  ['policy_segment_profiles', 'QosProfile', '/infra/qos-profiles'],
  ['policy_tier1', 'Tier1', '/infra/tier-1s'],
  ['policy_tier1', 'LocaleServices', '/infra/tier-1s/{}/locale-services'],
  ['policy_interfaces', 'Tier1Interface', '/infra/tier-1s/{}/locale-services/{}/interfaces'],
  ['policy_static_routes', 'StaticRoutes', '/infra/tier-1s/{}/static-routes'],
  ['policy_tier0', 'Tier0', '/infra/tier-0s'],
  ['policy_tier0', 'LocaleServices', '/infra/tier-0s/{}/locale-services'],
  ['policy_interfaces', 'Tier0Interface', '/infra/tier-0s/{}/locale-services/{}/interfaces'],
  ['policy_tier0', 'BgpNeighborConfig', '/infra/tier-0s/{}/locale-services/{}/bgp/neighbors'],
  ['policy_tier0', 'PrefixList', '/infra/tier-0s/{}/prefix-lists'],
  ['policy_tier0', 'Tier0RouteMap', '/infra/tier-0s/{}/route-maps'],
  ['policy_tier0', 'CommunityList', '/infra/tier-0s/{}/community-lists'],
  ['policy_static_routes', 'StaticRoutes', '/infra/tier-0s/{}/static-routes'],
  ['policy_nat', 'PolicyNat', '/infra/tier-0s/{}/nat'],
  ['policy_nat', 'PolicyNatRule', '/infra/tier-0s/{}/nat/{}/nat-rules'],
  ['policy_nat', 'PolicyNat', '/infra/tier-1s/{}/nat'],
  ['policy_nat', 'PolicyNatRule', '/infra/tier-1s/{}/nat/{}/nat-rules'],
  ['policy_load_balancer', 'LBService', '/infra/lb-services'],
  ['policy_load_balancer', 'LBVirtualServer', '/infra/lb-virtual-servers'],
  ['policy_load_balancer', 'LBPool', '/infra/lb-pools'],
  ['policy_load_balancer', 'LBAppProfile', '/infra/lb-app-profiles'],
  ['policy_load_balancer', 'LBMonitorProfile', '/infra/lb-monitor-profiles'],
  ['policy_load_balancer', 'LBPersistenceProfile', '/infra/lb-persistence-profiles'],
  ['policy_load_balancer', 'LBClientSslProfile', '/infra/lb-client-ssl-profiles'],
  ['policy_load_balancer', 'LBServerSslProfile', '/infra/lb-server-ssl-profiles'],
  ...vpnOf('/infra/tier-0s/{}'),
  ...vpnOf('/infra/tier-0s/{}/locale-services/{}'),
  ...vpnOf('/infra/tier-1s/{}'),
  ...vpnOf('/infra/tier-1s/{}/locale-services/{}'),
  ['policy_vpn', 'IPSecVpnIkeProfile', '/infra/ipsec-vpn-ike-profiles'],
  ['policy_vpn', 'IPSecVpnTunnelProfile', '/infra/ipsec-vpn-tunnel-profiles'],
  ['policy_vpn', 'IPSecVpnDpdProfile', '/infra/ipsec-vpn-dpd-profiles'],
  ['policy_dhcp', 'DhcpServerConfig', '/infra/dhcp-server-configs'],
  ['policy_dhcp', 'DhcpRelayConfig', '/infra/dhcp-relay-configs'],
  ['policy_dhcp', 'DhcpStaticBindingConfig', '/infra/segments/{}/dhcp-static-binding-configs'],
  ['policy_dns', 'PolicyDnsForwarderZone', '/infra/dns-forwarder-zones'],
  ['policy_ip_pools', 'IpAddressPool', '/infra/ip-pools'],
  ['policy_ip_pools', 'IpAddressPoolSubnet', '/infra/ip-pools/{}/ip-subnets'],
  ['policy_ip_pools', 'IpAddressAllocation', '/infra/ip-pools/{}/ip-allocations'],
  ['policy_ip_pools', 'IpAddressBlock', '/infra/ip-blocks'],
  ['policy_grouping', 'Domain', '/infra/domains'],
  ['policy_grouping', 'Group', '/infra/domains/{}/groups'],
  ['policy_dfw', 'SecurityPolicy', '/infra/domains/{}/security-policies'],
  ['policy_dfw', 'Rule', '/infra/domains/{}/security-policies/{}/rules'],
  ['policy_gateway_firewall', 'GatewayPolicy', '/infra/domains/{}/gateway-policies'],
  ['policy_gateway_firewall', 'Rule', '/infra/domains/{}/gateway-policies/{}/rules'],
  ['policy_ids', 'IdsSecurityPolicy', '/infra/domains/{}/intrusion-service-policies'],
  ['policy_ids', 'IdsRule', '/infra/domains/{}/intrusion-service-policies/{}/rules'],
  ['policy_services', 'Service', '/infra/services'],
  ['policy_services', 'ServiceEntry', '/infra/services/{}/service-entries'],
  ['policy_context_profiles', 'PolicyContextProfile', '/infra/context-profiles'],
  ['fabric_transport_zones', 'PolicyTransportZone', '/infra/sites/{}/enforcement-points/{}/transport-zones'],
]

function vpnOf(gateway: string): [Feature, string, string][] {
  return [
    ['policy_vpn', 'IPSecVpnService', `${gateway}/ipsec-vpn-services`],
    ['policy_vpn', 'IPSecVpnSession', `${gateway}/ipsec-vpn-services/{}/sessions`],
    ['policy_vpn', 'IPSecVpnLocalEndpoint', `${gateway}/ipsec-vpn-services/{}/local-endpoints`],
    ['policy_vpn', 'L2VPNService', `${gateway}/l2vpn-services`],
    ['policy_vpn', 'L2VPNSession', `${gateway}/l2vpn-services/{}/sessions`],
  ]
}

/** Objects of which there is one, at a path of its own. */
const singles: readonly [Feature, type: string, path: string][] = [
  ['policy_tier0', 'BgpRoutingConfig', '/infra/tier-0s/{}/locale-services/{}/bgp'],
  ['policy_dns', 'PolicyDnsForwarder', '/infra/tier-0s/{}/dns-forwarder'],
  ['policy_dns', 'PolicyDnsForwarder', '/infra/tier-1s/{}/dns-forwarder'],
]

/** What is only read, beside the collections. */
const readings: readonly [Feature, path: string][] = [
  ['policy_segment', '/infra/segments/{}/state'],
  ['policy_segment', '/infra/segments/{}/statistics'],
  ['policy_tier1', '/infra/tier-1s/{}/state'],
  ['policy_tier0', '/infra/tier-0s/{}/state'],
  ['policy_tier0', '/infra/tier-0s/{}/locale-services/{}/bgp/neighbors/status'],
  ['policy_grouping', '/infra/domains/{}/groups/{}/members/virtual-machines'],
  ['policy_grouping', '/infra/domains/{}/groups/{}/members/ip-addresses'],
  ['policy_grouping', '/infra/domains/{}/groups/{}/members/segments'],
  ['policy_grouping', '/infra/domains/{}/groups/{}/members/segment-ports'],
  ['policy_dfw', '/infra/domains/{}/security-policies/{}/statistics'],
  ['policy_gateway_firewall', '/infra/domains/{}/gateway-policies/{}/statistics'],
  ['policy_load_balancer', '/infra/lb-services/{}/statistics'],
  ['policy_load_balancer', '/infra/lb-services/{}/detailed-status'],
  ['fabric_nodes', '/infra/sites'],
  ['fabric_nodes', '/infra/sites/{}'],
  ['fabric_nodes', '/infra/sites/{}/enforcement-points'],
  ['fabric_nodes', '/infra/sites/{}/enforcement-points/{}'],
  ['fabric_nodes', '/infra/sites/{}/enforcement-points/{}/edge-clusters'],
  ['fabric_nodes', '/infra/sites/{}/enforcement-points/{}/edge-clusters/{}'],
  ['fabric_nodes', '/infra/sites/{}/enforcement-points/{}/edge-clusters/{}/edge-nodes'],
]

/** Calls that `?action=` tells apart. */
const actions: readonly [Feature, Permission, path: string, action: string][] = [
  ['policy_tier1', 'execute', `${policy}/infra/tier-1s/{}`, 'reprocess'],
  ['policy_tier0', 'execute', `${policy}/infra/tier-0s/{}`, 'reprocess'],
  ['policy_dfw', 'crud', `${policy}/infra/domains/{}/security-policies/{}`, 'revise'],
  ['policy_dfw', 'crud', `${policy}/infra/domains/{}/security-policies/{}/rules/{}`, 'revise'],
  ['policy_gateway_firewall', 'crud', `${policy}/infra/domains/{}/gateway-policies/{}`, 'revise'],
  ['policy_gateway_firewall', 'crud', `${policy}/infra/domains/{}/gateway-policies/{}/rules/{}`, 'revise'],
  ['policy_dfw', 'read', `${manager}/firewall/sections/{}`, 'list_with_rules'],
  ['policy_dfw', 'crud', `${manager}/firewall/sections`, 'create_with_rules'],
  ['policy_dfw', 'crud', `${manager}/firewall/sections/{}`, 'update_with_rules'],
  ['policy_dfw', 'crud', `${manager}/firewall/sections/{}`, 'revise'],
  ['policy_dfw', 'crud', `${manager}/firewall/sections/{}/rules`, 'create_multiple'],
  ['policy_ip_pools', 'crud', `${manager}/pools/ip-pools/{}`, 'ALLOCATE'],
  ['policy_ip_pools', 'crud', `${manager}/pools/ip-pools/{}`, 'RELEASE'],
  ['policy_grouping', 'crud', `${manager}/ns-groups/{}`, 'ADD_MEMBERS'],
  ['policy_grouping', 'crud', `${manager}/ns-groups/{}`, 'REMOVE_MEMBERS'],
]

/** Collections of the manager API: list and read; POST creates, PUT replaces, DELETE removes. */
const managerCollections: readonly [Feature, path: string][] = [
  ['policy_segment', '/logical-switches'],
  ['policy_segment', '/logical-ports'],
  ['policy_segment_profiles', '/switching-profiles'],
  ['policy_tier0', '/logical-routers'],
  ['policy_interfaces', '/logical-router-ports'],
  ['policy_static_routes', '/logical-routers/{}/routing/static-routes'],
  ['policy_nat', '/logical-routers/{}/nat/rules'],
  ['policy_load_balancer', '/loadbalancer/services'],
  ['policy_load_balancer', '/loadbalancer/virtual-servers'],
  ['policy_load_balancer', '/loadbalancer/pools'],
  ['policy_load_balancer', '/loadbalancer/monitors'],
  ['policy_load_balancer', '/loadbalancer/application-profiles'],
  ['policy_load_balancer', '/loadbalancer/persistence-profiles'],
  ['policy_vpn', '/vpn/ipsec/services'],
  ['policy_vpn', '/vpn/ipsec/sessions'],
  ['policy_vpn', '/vpn/l2vpn/services'],
  ['policy_vpn', '/vpn/l2vpn/sessions'],
  ['policy_dhcp', '/dhcp/servers'],
  ['policy_dhcp', '/dhcp/server-profiles'],
  ['policy_dhcp', '/dhcp/relays'],
  ['policy_dhcp', '/dhcp/relay-profiles'],
  ['policy_dns', '/dns/forwarders'],
  ['policy_ip_pools', '/pools/ip-pools'],
  ['policy_ip_pools', '/pools/ip-blocks'],
  ['policy_ip_pools', '/pools/ip-subnets'],
  ['policy_grouping', '/ns-groups'],
  ['policy_grouping', '/ip-sets'],
  ['policy_grouping', '/mac-sets'],
  ['policy_services', '/ns-services'],
  ['policy_services', '/ns-service-groups'],
  ['policy_dfw', '/firewall/sections'],
  ['policy_dfw', '/firewall/sections/{}/rules'],
  ['fabric_transport_zones', '/transport-zones'],
  ['fabric_nodes', '/transport-nodes'],
  ['fabric_nodes', '/edge-clusters'],
  ['fabric_nodes', '/host-switch-profiles'],
  ['fabric_nodes', '/transport-node-profiles'],
  ['fabric_nodes', '/transport-node-collections'],
  ['system_administration', '/fabric/compute-managers'],
]

const managerReadings: readonly [Feature, path: string][] = [
  ['policy_segment', '/logical-switches/{}/state'],
  ['policy_segment', '/logical-switches/{}/statistics'],
  ['policy_segment', '/logical-ports/{}/status'],
  ['policy_ip_pools', '/pools/ip-pools/{}/allocations'],
  ['policy_grouping', '/ns-groups/{}/effective-virtual-machine-members'],
  ['policy_grouping', '/ns-groups/{}/effective-ip-address-members'],
  ['inventory_virtual_machines', '/fabric/virtual-machines'],
  ['inventory_virtual_machines', '/fabric/vifs'],
  ['fabric_nodes', '/fabric/compute-collections'],
  ['fabric_nodes', '/transport-nodes/{}/state'],
  ['fabric_nodes', '/transport-nodes/{}/status'],
  ['fabric_nodes', '/transport-nodes/status'],
  ['fabric_transport_zones', '/transport-zones/{}/summary'],
  ['system_administration', '/alarms'],
  ['system_administration', '/alarms/{}'],
]

/** Where a hierarchical body begins. */
export const treeRoot = `${policy}/infra`

/** The rules that come with Sallyport. What they do not speak of is denied. */
export const nsxRules: readonly RelayRule[] = [
  // Every object in its body is asked for by the rule of its own path; nothing else can be in it.
  { methods: ['PATCH'], path: treeRoot, feature: 'system_administration', permission: 'none', body: 'tree' },
  ...collections.flatMap(([feature, , path]): RelayRule[] => [
    { methods: ['GET'], path: policy + path, feature, permission: 'read' },
    { methods: ['GET'], path: `${policy}${path}/{}`, feature, permission: 'read' },
    { methods: ['PUT', 'PATCH', 'DELETE'], path: `${policy}${path}/{}`, feature, permission: 'crud' },
  ]),
  ...singles.flatMap(([feature, , path]): RelayRule[] => [
    { methods: ['GET'], path: policy + path, feature, permission: 'read' },
    { methods: ['PUT', 'PATCH', 'DELETE'], path: policy + path, feature, permission: 'crud' },
  ]),
  ...readings.map(([feature, path]): RelayRule => {
    return { methods: ['GET'], path: policy + path, feature, permission: 'read' }
  }),
  ...managerCollections.flatMap(([feature, path]): RelayRule[] => [
    { methods: ['GET'], path: manager + path, feature, permission: 'read' },
    { methods: ['POST'], path: manager + path, feature, permission: 'crud' },
    { methods: ['GET'], path: `${manager}${path}/{}`, feature, permission: 'read' },
    { methods: ['PUT', 'DELETE'], path: `${manager}${path}/{}`, feature, permission: 'crud' },
  ]),
  ...managerReadings.map(([feature, path]): RelayRule => {
    return { methods: ['GET'], path: manager + path, feature, permission: 'read' }
  }),
  ...actions.map(([feature, permission, path, action]): RelayRule => {
    return { methods: ['POST'], path, feature, permission, action }
  }),
]

/** Where objects of a type live below a parent: the collection's last segment, or the place of the only one. */
const childPlaces = new Map<string, { segment: string; single: boolean }>([
  ...collections.map((row) => childPlace(row, false)),
  ...singles.map((row) => childPlace(row, true)),
])

function childPlace([, type, path]: readonly [Feature, string, string], single: boolean) {
  const slash = path.lastIndexOf('/')
  return [`${policy}${path.slice(0, slash)} ${type}`, { segment: path.slice(slash + 1), single }] as const
}

/**
 * Where a hierarchical body's object of a type is kept below its parent.
 *
 * @param parent Template of the parent's path.
 * @returns undefined for types that are not known there.
 */
export function placeOfChild(parent: string, type: string): { segment: string; single: boolean } | undefined {
  return childPlaces.get(`${parent} ${type}`)
}
