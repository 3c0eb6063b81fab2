import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtInRoles } from './built-in-roles.ts'
import { features } from './features.ts'
import { renamedFeatures } from './renamed-features.ts'

const displayNames = {
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

/** As the guide of VMware Cloud Foundation 9.0 prints it, where pages name a feature of the row: full, read, none. */
const matrix = `
  row                                   EA   Aud  NE   NO   SE   SO   CA   CO   LBA  LBO  VPN  GI   NETX SBC
  Authentication Providers              F    R    F    R    F    F    R    R    R    R    R    R    R    N
  Backup                                F    R    N    N    N    N    N    N    N    N    N    N    N    N
  Certificates                          F    R    N    N    F    R    N    N    F    R    F    N    N    N
  Compute Managers                      F    R    R    R    R    R    R    R    N    N    N    R    R    N
  Container Clusters                    F    R    F    R    R    R    N    N    R    R    N    N    N    N
  Context Profiles                      F    R    R    R    F    R    R    R    R    R    R    R    R    N
  Custom Dashboard                      F    R    R    R    R    R    F    R    R    R    R    R    R    N
  DHCP                                  F    R    F    R    R    R    F    R    R    R    N    N    N    N
  DNS                                   F    R    F    F    R    R    F    R    R    R    N    N    N    N
  Distributed Firewall                  F    R    R    R    F    R    F    R    R    R    R    R    R    N
  Edge Cluster Profiles                 F    R    F    R    R    R    R    R    R    R    N    N    N    N
  Edge Clusters                         F    R    F    R    R    R    R    R    R    N    N    N    N    N
  Endpoint Protection Rules             F    R    R    R    F    R    F    R    N    N    N    F    N    N
  Fabric>Hosts                          F    R    R    R    R    R    R    R    N    N    N    N    N    N
  Firewall IPFIX Profiles               F    R    F    R    F    R    F    R    R    R    R    R    R    N
  Gateway Firewall                      F    R    R    R    F    R    F    R    N    N    N    N    F    N
  IP Address Pools                      F    R    F    R    R    R    F    R    R    R    N    N    N    N
  Identity Firewall AD                  F    R    F    R    F    F    F    R    R    R    R    R    R    N
  Licenses                              F    R    R    R    R    R    N    N    N    N    N    N    N    N
  Load Balancing                        F    R    N    N    R    N    F    R    F    R    N    N    N    N
  Local Users                           F    R    N    N    N    N    N    N    N    N    N    N    N    N
  NAT                                   F    R    F    R    F    R    F    R    R    R    N    N    N    N
  Network Introspection                 F    R    R    R    F    R    F    R    N    N    N    N    F    N
  Port Mirroring                        F    R    F    R    R    R    F    R    N    N    N    N    N    N
  Profiles>Configuration                F    R    N    N    N    N    R    R    N    N    N    N    N    N
  Roles                                 F    R    F    R    F    F    F    R    R    R    R    R    R    N
  Segment Profiles                      F    R    F    R    R    R    F    R    R    R    R    R    R    N
  Segments                              F    R    F    R    R    R    F    R    R    R    R    R    R    N
  Service Deployments>Service Instances F    R    R    R    F    R    F    R    N    N    N    F    F    N
  Support Bundle                        F    N    N    N    N    N    N    N    N    N    N    N    N    F
  Switch IPFIX Profiles                 F    R    F    R    R    R    F    R    R    R    R    R    R    N
  System Administration                 F    R    R    R    R    R    R    R    N    N    N    N    N    N
  Tier-0 Gateways                       F    R    F    R    R    R    F    R    R    R    R    R    R    N
  Tier-1 Gateways                       F    R    F    R    R    R    F    R    R    R    R    R    R    N
  Traceflow                             F    F    F    F    F    F    F    F    F    F    N    N    N    N
  Transport Zones                       F    R    R    R    R    R    R    R    R    R    N    N    N    N
  Upgrade                               F    R    R    R    R    R    N    N    N    N    N    N    N    N
  Uplink Profiles                       F    R    R    R    R    R    R    R    R    R    N    N    N    N
  User Role Assignments                 F    R    N    N    N    N    F    R    N    N    N    N    N    N
  VM Create & Assign Tags               F    R    R    R    F    R    F    R    R    R    R    F    F    N
  VPN                                   F    R    F    R    F    R    F    R    N    N    F    N    N    N
  Virtual Machines                      R    R    R    R    R    R    R    R    R    R    R    R    R    N`

const roleOf: Record<string, string> = {
  EA: 'enterprise_admin',
  Aud: 'auditor',
  NE: 'network_engineer',
  NO: 'network_op',
  SE: 'security_engineer',
  SO: 'security_op',
  CA: 'cloud_admin',
  CO: 'cloud_auditor',
  LBA: 'lb_admin',
  LBO: 'lb_auditor',
  VPN: 'vpn_admin',
  GI: 'gi_partner_admin',
  NETX: 'netx_partner_admin',
  SBC: 'support_bundle_collector',
}
const permissionOf: Record<string, string | undefined> = { F: 'crud', R: 'read', N: undefined }

const [heads = [], ...rows] = matrix
  .trim()
  .split('\n')
  .map((line) => [line.trim().slice(0, 38).trim(), ...line.trim().slice(38).trim().split(/\s+/)])

test('the built-in roles have the ids and names of NSX', () => {
  assert.deepEqual(
    Object.fromEntries([...builtInRoles].map(([key, { id, displayName }]) => [key === id ? id : '', displayName])),
    displayNames,
  )
  for (const id of builtInRoles.keys()) assert.match(id, /^[_a-z0-9-]+$/)
})

test('each role may on the features of each row what the guide prints', () => {
  const printed = new Set(rows.map(([name]) => name))
  const behind = [...features].filter(([, name]) => printed.has(name))
  assert.ok(behind.length > 40)
  for (const [feature, name] of behind) {
    const row = rows.find(([head]) => head === name) ?? []
    for (const [at, head] of heads.slice(1).entries()) {
      const role = roleOf[head as string] ?? assert.fail(head)
      const granted = builtInRoles.get(role)?.permissions[feature]
      assert.equal(granted, permissionOf[row[at + 1] as string], `${role} on ${feature}`)
    }
  }
})

test('a feature that belongs to no row is for Enterprise Admins to change and for auditors to read', () => {
  const holders = [...builtInRoles.values()].flatMap(({ id, permissions }) =>
    permissions.system_telemetry === undefined ? [] : [[id, permissions.system_telemetry]],
  )
  assert.deepEqual(holders, [
    ['enterprise_admin', 'crud'],
    ['auditor', 'read'],
  ])
})

test('roles that no table prints may nothing', () => {
  for (const id of ['org_admin', 'project_admin', 'vpc_admin']) assert.deepEqual(builtInRoles.get(id)?.permissions, {})
})

test('ids of features are the vendor’s: what earlier versions guessed leads to them or to nothing', () => {
  for (const [old, now] of Object.entries(renamedFeatures)) {
    assert.ok(!features.has(old), old)
    for (const id of now) assert.ok(features.has(id), id)
  }
  for (const id of ['containers_inventory', 'policy_dfw_ids_mps', 'policy_pbr', 'system_monitoring']) {
    assert.ok(!features.has(id), `${id} is a guess of those who read the pages`)
  }
})
