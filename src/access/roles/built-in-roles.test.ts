import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtInRoles } from './built-in-roles.ts'
import { features } from './features.ts'

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

/** As NSX's guide prints it, and the audit logs. */
const matrix = `
                         |EA |Aud |NE |NO |SE |SO |CA |CO |SBC
  Local Users            |FA |R   |N  |N  |N  |N  |N  |N  |N
  User Role Assignments  |FA |R   |N  |N  |N  |N  |FA |R  |N
  Roles                  |FA |R   |FA |R  |FA |FA |FA |R  |N
  Authentication Providers |FA |R |FA |R  |FA |FA |R  |R  |N
  System Administration  |FA |R   |R  |R  |R  |R  |R  |R  |N
  Certificates           |FA |R   |N  |N  |FA |R  |N  |N  |N
  Support Bundle         |FA |N   |N  |N  |N  |N  |N  |N  |FA
  Audit Logs             |FA |R   |N  |N  |N  |N  |N  |N  |N
  Segments               |FA |R   |FA |R  |R  |R  |FA |R  |N
  Tier-1 Gateways        |FA |R   |FA |R  |R  |R  |FA |R  |N
  Tier-0 Gateways        |FA |R   |FA |R  |R  |R  |R  |R  |N
  Network Interface      |FA |R   |FA |R  |R  |R  |FA |R  |N
  Network Static Routes  |FA |R   |FA |R  |R  |R  |FA |R  |N
  Segment Profiles       |FA |R   |FA |R  |R  |R  |FA |R  |N
  NAT                    |FA |R   |FA |R  |FA |R  |FA |R  |N
  Load Balancing         |FA |R   |N  |N  |R  |N  |FA |R  |N
  VPN                    |FA |R   |FA |R  |FA |R  |FA |R  |N
  DHCP                   |FA |R   |FA |R  |R  |R  |FA |R  |N
  DNS                    |FA |R   |FA |R  |R  |R  |FA |R  |N
  IP Address Pools       |FA |R   |FA |R  |R  |R  |FA |R  |N
  Groups                 |FA |R   |FA |R  |FA |R  |FA |R  |N
  Services               |FA |R   |FA |R  |FA |R  |FA |R  |N
  Context Profiles       |FA |R   |FA |R  |FA |R  |FA |R  |N
  Distributed Firewall   |FA |R   |R  |R  |FA |R  |FA |R  |N
  Gateway Firewall       |FA |R   |R  |R  |FA |R  |FA |R  |N
  IDS/IPS                |FA |R   |R  |R  |FA |R  |FA |R  |N
  Virtual Machines       |R  |R   |R  |R  |R  |R  |R  |R  |N
  Fabric Nodes           |FA |R   |FA |R  |R  |R  |R  |R  |N
  Transport Zones        |FA |R   |FA |R  |R  |R  |R  |R  |N`

const roleOf: Record<string, string> = {
  EA: 'enterprise_admin',
  Aud: 'auditor',
  NE: 'network_engineer',
  NO: 'network_op',
  SE: 'security_engineer',
  SO: 'security_op',
  CA: 'cloud_admin',
  CO: 'cloud_auditor',
  SBC: 'support_bundle_collector',
}
const permissionOf: Record<string, string> = { FA: 'crud', R: 'read', N: 'none' }

const [heads = [], ...rows] = matrix
  .trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))

test('the built-in roles have the ids and names of NSX', () => {
  assert.deepEqual(
    Object.fromEntries([...builtInRoles].map(([key, { id, displayName }]) => [key === id ? id : '', displayName])),
    displayNames,
  )
  for (const id of builtInRoles.keys()) assert.match(id, /^[_a-z0-9-]+$/)
})

test('each role may on each feature what the matrix prints', () => {
  const columns = heads.slice(1)
  for (const [at, column] of columns.entries()) {
    const printed = rows.map((row) => [row[0], permissionOf[row[at + 1] as string]])
    const granted = Object.entries(builtInRoles.get(roleOf[column] as string)?.permissions ?? {})
    assert.deepEqual(
      Object.fromEntries(
        granted.map(([feature, permission]) => [features[feature as keyof typeof features], permission]),
      ),
      Object.fromEntries(printed),
      column,
    )
  }
  assert.equal(columns.length, 9)
  assert.deepEqual(rows.map(([name]) => name).sort(), Object.values(features).sort())
})

test('roles that the matrix does not print may nothing', () => {
  const printed = new Set(Object.values(roleOf))
  const others = [...builtInRoles.values()].filter(({ id }) => !printed.has(id))
  assert.equal(others.length, 8)
  for (const { id, permissions } of others) assert.deepEqual(permissions, {}, id)
})
