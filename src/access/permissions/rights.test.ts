import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtInRoles, type Role } from '../roles/built-in-roles.ts'
import { type Feature, features, type Permission, permissions } from '../roles/features.ts'
import { covers, may, rightsOf as rightsAmong, rightsAt } from './rights.ts'

const rightsOf = (roles: readonly string[]) => rightsAmong(roles, (id) => builtInRoles.get(id))
const everyFeature = [...features.keys()] as Feature[]

test('a role may on a feature what it was given and everything below that', () => {
  for (const [role, feature, allowed] of [
    ['enterprise_admin', 'policy_segment', ['none', 'read', 'execute', 'crud']],
    ['auditor', 'policy_segment', ['none', 'read']],
    ['network_engineer', 'policy_segment', ['none', 'read', 'execute', 'crud']],
    ['network_engineer', 'system_administration', ['none', 'read']],
    ['network_engineer', 'system_administration_passwd_mgmt', ['none']],
    ['support_bundle_collector', 'system_support_bundle', ['none', 'read', 'execute', 'crud']],
    ['support_bundle_collector', 'policy_segment', ['none']],
    ['lb_admin', 'policy_segment', ['none', 'read']],
    ['lb_admin', 'policy_lb', ['none', 'read', 'execute', 'crud']],
    ['org_admin', 'policy_segment', ['none']],
  ] as const) {
    const rights = rightsOf([role])
    assert.deepEqual(
      permissions.filter((permission) => may(rights, feature, permission)),
      allowed,
      `${role} ${feature}`,
    )
  }
})

test('several roles add up, on each feature the highest permission counting, in any order', () => {
  for (const roles of [
    ['network_engineer', 'security_op'],
    ['security_op', 'network_engineer'],
  ]) {
    const rights = rightsOf(roles)
    assert.ok(may(rights, 'policy_segment', 'crud'))
    assert.ok(may(rights, 'trust_certificates', 'read'))
    assert.ok(!may(rights, 'trust_certificates', 'execute'))
    assert.ok(!may(rights, 'system_log', 'read'))
  }
})

test('who has no role, or one that does not exist, may nothing', () => {
  for (const roles of [[], ['no_such_role'], ['__proto__'], ['Enterprise_Admin']]) {
    const rights = rightsOf(roles)
    for (const feature of everyFeature) {
      assert.ok(may(rights, feature, 'none'))
      for (const permission of ['read', 'execute', 'crud'] satisfies Permission[]) {
        assert.ok(!may(rights, feature, permission), `${roles} ${feature} ${permission}`)
      }
    }
  }
})

test('rights cover other rights when nothing of those is beyond them', () => {
  for (const [outer, inner, expected] of [
    [['enterprise_admin'], ['enterprise_admin'], true],
    [['enterprise_admin'], ['network_engineer', 'security_engineer', 'support_bundle_collector'], true],
    [['network_engineer'], ['enterprise_admin'], false],
    [['network_engineer'], ['network_op'], true],
    [['network_op'], ['network_engineer'], false],
    [['network_engineer'], ['auditor'], false],
    [['auditor'], ['network_op'], false],
    [['auditor'], ['security_op'], false],
    [['auditor'], ['support_bundle_collector'], false],
    [['auditor', 'support_bundle_collector'], ['support_bundle_collector'], true],
    [['cloud_admin'], ['cloud_auditor'], true],
    [['cloud_admin'], ['security_engineer'], false],
    [['lb_admin'], ['vpn_admin'], false],
    [['lb_admin'], ['lb_auditor'], true],
    [[], ['org_admin'], true],
    [[], [], true],
    [[], ['network_op'], false],
    [['network_op'], [], true],
  ] as const) {
    assert.equal(covers(rightsOf(outer), rightsOf(inner)), expected, `${outer} > ${inner}`)
  }
})

test('rights at a path are those of the roles bound there and above it, whatever made the roles', () => {
  const custom: Role = { id: 'custom', displayName: 'Custom', permissions: { users_role_assignments: 'crud' } }
  const find = (id: string) => (id === 'custom' ? custom : builtInRoles.get(id))
  const bound = [
    { path: '/orgs/default', roles: ['custom'] },
    { path: '/orgs/default/projects/p1', roles: ['network_engineer', 'gone'] },
  ]
  for (const [path, assigns, segments] of [
    ['/', 'none', 'none'],
    ['/orgs', 'none', 'none'],
    ['/orgs/default', 'crud', 'none'],
    ['/orgs/default2', 'none', 'none'],
    ['/orgs/default/projects/p1', 'crud', 'crud'],
    ['/orgs/default/projects/p1/infra/segments/s1', 'crud', 'crud'],
    ['/orgs/default/projects/p10', 'crud', 'none'],
  ] as const) {
    const rights = rightsAt(bound, path, find)
    const highest = (feature: Feature) => permissions.filter((p) => may(rights, feature, p)).at(-1)
    assert.equal(highest('users_role_assignments'), assigns, path)
    assert.equal(highest('policy_segment'), segments, path)
  }
})
