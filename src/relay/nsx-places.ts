const policy = '/policy/api/v1'
const manager = '/api/v1'

/**
 * Collections of the policy tree and the type of their objects. One row is five calls: list, read, PUT, PATCH and
 * DELETE of an object. A type's name is how a hierarchical body names it.
 *
 * @see NSX Policy REST API 4.2
 */
const collections: readonly [type: string, path: string][] = [
  ['Segment', '/infra/segments'],
  ['SegmentPort', '/infra/segments/{}/ports'],
  ['Segment', '/infra/tier-1s/{}/segments'],
  ['SegmentPort', '/infra/tier-1s/{}/segments/{}/ports'],
  ['SegmentSecurityProfileBindingMap', '/infra/segments/{}/segment-security-profile-binding-maps'],
  ['SegmentDiscoveryProfileBindingMap', '/infra/segments/{}/segment-discovery-profile-binding-maps'],
  ['SegmentQosProfileBindingMap', '/infra/segments/{}/segment-qos-profile-binding-maps'],
  ['SegmentSecurityProfile', '/infra/segment-security-profiles'],
  ['IPDiscoveryProfile', '/infra/ip-discovery-profiles'],
  ['MacDiscoveryProfile', '/infra/mac-discovery-profiles'],
  ['SpoofGuardProfile', '/infra/spoofguard-profiles'],
  ['QosProfile', '/infra/qos-profiles'],
  ['Tier1', '/infra/tier-1s'],
  ['LocaleServices', '/infra/tier-1s/{}/locale-services'],
  ['Tier1Interface', '/infra/tier-1s/{}/locale-services/{}/interfaces'],
  ['StaticRoutes', '/infra/tier-1s/{}/static-routes'],
  ['Tier0', '/infra/tier-0s'],
  ['LocaleServices', '/infra/tier-0s/{}/locale-services'],
  ['Tier0Interface', '/infra/tier-0s/{}/locale-services/{}/interfaces'],
  ['BgpNeighborConfig', '/infra/tier-0s/{}/locale-services/{}/bgp/neighbors'],
  ['PrefixList', '/infra/tier-0s/{}/prefix-lists'],
  ['Tier0RouteMap', '/infra/tier-0s/{}/route-maps'],
  ['CommunityList', '/infra/tier-0s/{}/community-lists'],
  ['StaticRoutes', '/infra/tier-0s/{}/static-routes'],
  ['PolicyNat', '/infra/tier-0s/{}/nat'],
  ['PolicyNatRule', '/infra/tier-0s/{}/nat/{}/nat-rules'],
  ['PolicyNat', '/infra/tier-1s/{}/nat'],
  ['PolicyNatRule', '/infra/tier-1s/{}/nat/{}/nat-rules'],
  ['LBService', '/infra/lb-services'],
  ['LBVirtualServer', '/infra/lb-virtual-servers'],
  ['LBPool', '/infra/lb-pools'],
  ['LBAppProfile', '/infra/lb-app-profiles'],
  ['LBMonitorProfile', '/infra/lb-monitor-profiles'],
  ['LBPersistenceProfile', '/infra/lb-persistence-profiles'],
  ['LBClientSslProfile', '/infra/lb-client-ssl-profiles'],
  ['LBServerSslProfile', '/infra/lb-server-ssl-profiles'],
  ...vpnOf('/infra/tier-0s/{}'),
  ...vpnOf('/infra/tier-0s/{}/locale-services/{}'),
  ...vpnOf('/infra/tier-1s/{}'),
  ...vpnOf('/infra/tier-1s/{}/locale-services/{}'),
  ['IPSecVpnIkeProfile', '/infra/ipsec-vpn-ike-profiles'],
  ['IPSecVpnTunnelProfile', '/infra/ipsec-vpn-tunnel-profiles'],
  ['IPSecVpnDpdProfile', '/infra/ipsec-vpn-dpd-profiles'],
  ['DhcpServerConfig', '/infra/dhcp-server-configs'],
  ['DhcpRelayConfig', '/infra/dhcp-relay-configs'],
  ['DhcpStaticBindingConfig', '/infra/segments/{}/dhcp-static-binding-configs'],
  ['PolicyDnsForwarderZone', '/infra/dns-forwarder-zones'],
  ['IpAddressPool', '/infra/ip-pools'],
  ['IpAddressPoolSubnet', '/infra/ip-pools/{}/ip-subnets'],
  ['IpAddressAllocation', '/infra/ip-pools/{}/ip-allocations'],
  ['IpAddressBlock', '/infra/ip-blocks'],
  ['Domain', '/infra/domains'],
  ['Group', '/infra/domains/{}/groups'],
  ['SecurityPolicy', '/infra/domains/{}/security-policies'],
  ['Rule', '/infra/domains/{}/security-policies/{}/rules'],
  ['GatewayPolicy', '/infra/domains/{}/gateway-policies'],
  ['Rule', '/infra/domains/{}/gateway-policies/{}/rules'],
  ['IdsSecurityPolicy', '/infra/domains/{}/intrusion-service-policies'],
  ['IdsRule', '/infra/domains/{}/intrusion-service-policies/{}/rules'],
  ['Service', '/infra/services'],
  ['ServiceEntry', '/infra/services/{}/service-entries'],
  ['PolicyContextProfile', '/infra/context-profiles'],
  ['PolicyTransportZone', '/infra/sites/{}/enforcement-points/{}/transport-zones'],
]

function vpnOf(gateway: string): [string, string][] {
  return [
    ['IPSecVpnService', `${gateway}/ipsec-vpn-services`],
    ['IPSecVpnSession', `${gateway}/ipsec-vpn-services/{}/sessions`],
    ['IPSecVpnLocalEndpoint', `${gateway}/ipsec-vpn-services/{}/local-endpoints`],
    ['L2VPNService', `${gateway}/l2vpn-services`],
    ['L2VPNSession', `${gateway}/l2vpn-services/{}/sessions`],
  ]
}

/** Objects of which there is one, at a path of its own. */
const singles: readonly [type: string, path: string][] = [
  ['BgpRoutingConfig', '/infra/tier-0s/{}/locale-services/{}/bgp'],
  ['PolicyDnsForwarder', '/infra/tier-0s/{}/dns-forwarder'],
  ['PolicyDnsForwarder', '/infra/tier-1s/{}/dns-forwarder'],
]

/** What is only read, beside the collections. */
const readings: readonly string[] = [
  '/infra/segments/{}/state',
  '/infra/segments/{}/statistics',
  '/infra/tier-1s/{}/state',
  '/infra/tier-0s/{}/state',
  '/infra/tier-0s/{}/locale-services/{}/bgp/neighbors/status',
  '/infra/domains/{}/groups/{}/members/virtual-machines',
  '/infra/domains/{}/groups/{}/members/ip-addresses',
  '/infra/domains/{}/groups/{}/members/segments',
  '/infra/domains/{}/groups/{}/members/segment-ports',
  '/infra/domains/{}/security-policies/{}/statistics',
  '/infra/domains/{}/gateway-policies/{}/statistics',
  '/infra/lb-services/{}/statistics',
  '/infra/lb-services/{}/detailed-status',
  '/infra/sites',
  '/infra/sites/{}',
  '/infra/sites/{}/enforcement-points',
  '/infra/sites/{}/enforcement-points/{}',
  '/infra/sites/{}/enforcement-points/{}/edge-clusters',
  '/infra/sites/{}/enforcement-points/{}/edge-clusters/{}',
  '/infra/sites/{}/enforcement-points/{}/edge-clusters/{}/edge-nodes',
]

/** Calls that `?action=` tells apart. */
const actions: readonly [path: string, action: string][] = [
  [`${policy}/infra/tier-1s/{}`, 'reprocess'],
  [`${policy}/infra/tier-0s/{}`, 'reprocess'],
  [`${policy}/infra/domains/{}/security-policies/{}`, 'revise'],
  [`${policy}/infra/domains/{}/security-policies/{}/rules/{}`, 'revise'],
  [`${policy}/infra/domains/{}/gateway-policies/{}`, 'revise'],
  [`${policy}/infra/domains/{}/gateway-policies/{}/rules/{}`, 'revise'],
  [`${manager}/firewall/sections/{}`, 'list_with_rules'],
  [`${manager}/firewall/sections`, 'create_with_rules'],
  [`${manager}/firewall/sections/{}`, 'update_with_rules'],
  [`${manager}/firewall/sections/{}`, 'revise'],
  [`${manager}/firewall/sections/{}/rules`, 'create_multiple'],
  [`${manager}/pools/ip-pools/{}`, 'ALLOCATE'],
  [`${manager}/pools/ip-pools/{}`, 'RELEASE'],
  [`${manager}/ns-groups/{}`, 'ADD_MEMBERS'],
  [`${manager}/ns-groups/{}`, 'REMOVE_MEMBERS'],
]

/** Collections of the manager API: list and read; POST creates, PUT replaces, DELETE removes. */
const managerCollections: readonly string[] = [
  '/logical-switches',
  '/logical-ports',
  '/switching-profiles',
  '/logical-routers',
  '/logical-router-ports',
  '/logical-routers/{}/routing/static-routes',
  '/logical-routers/{}/nat/rules',
  '/loadbalancer/services',
  '/loadbalancer/virtual-servers',
  '/loadbalancer/pools',
  '/loadbalancer/monitors',
  '/loadbalancer/application-profiles',
  '/loadbalancer/persistence-profiles',
  '/vpn/ipsec/services',
  '/vpn/ipsec/sessions',
  '/vpn/l2vpn/services',
  '/vpn/l2vpn/sessions',
  '/dhcp/servers',
  '/dhcp/server-profiles',
  '/dhcp/relays',
  '/dhcp/relay-profiles',
  '/dns/forwarders',
  '/pools/ip-pools',
  '/pools/ip-blocks',
  '/pools/ip-subnets',
  '/ns-groups',
  '/ip-sets',
  '/mac-sets',
  '/ns-services',
  '/ns-service-groups',
  '/firewall/sections',
  '/firewall/sections/{}/rules',
  '/transport-zones',
  '/transport-nodes',
  '/edge-clusters',
  '/host-switch-profiles',
  '/transport-node-profiles',
  '/transport-node-collections',
  '/fabric/compute-managers',
]

const managerReadings: readonly string[] = [
  '/logical-switches/{}/state',
  '/logical-switches/{}/statistics',
  '/logical-ports/{}/status',
  '/pools/ip-pools/{}/allocations',
  '/ns-groups/{}/effective-virtual-machine-members',
  '/ns-groups/{}/effective-ip-address-members',
  '/fabric/virtual-machines',
  '/fabric/vifs',
  '/fabric/compute-collections',
  '/transport-nodes/{}/state',
  '/transport-nodes/{}/status',
  '/transport-nodes/status',
  '/transport-zones/{}/summary',
  '/alarms',
  '/alarms/{}',
]

/** Where a hierarchical body begins. */
export const treeRoot = `${policy}/infra`

/** Calls of one path that the shipped rules speak of. */
export interface RelayPlace {
  methods: readonly string[]
  /** `{}` stands for any one segment. */
  path: string
  action?: string
}

/** Every call that the shipped rules speak of, but for the hierarchical body. */
export const places: readonly RelayPlace[] = [
  ...collections.flatMap(([, path]): RelayPlace[] => [
    { methods: ['GET'], path: policy + path },
    { methods: ['GET', 'PUT', 'PATCH', 'DELETE'], path: `${policy}${path}/{}` },
  ]),
  ...singles.map(([, path]): RelayPlace => ({ methods: ['GET', 'PUT', 'PATCH', 'DELETE'], path: policy + path })),
  ...readings.map((path): RelayPlace => ({ methods: ['GET'], path: policy + path })),
  ...managerCollections.flatMap((path): RelayPlace[] => [
    { methods: ['GET', 'POST'], path: manager + path },
    { methods: ['GET', 'PUT', 'DELETE'], path: `${manager}${path}/{}` },
  ]),
  ...managerReadings.map((path): RelayPlace => ({ methods: ['GET'], path: manager + path })),
  ...actions.map(([path, action]): RelayPlace => ({ methods: ['POST'], path, action })),
]

/** Where objects of a type live below a parent: the collection's last segment, or the place of the only one. */
const childPlaces = new Map<string, { segment: string; single: boolean }>([
  ...collections.map((row) => childPlace(row, false)),
  ...singles.map((row) => childPlace(row, true)),
])

function childPlace([type, path]: readonly [string, string], single: boolean) {
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
