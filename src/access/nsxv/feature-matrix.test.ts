import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type NsxvFeature, roleGives } from './feature-matrix.ts'
import { allows, type Grant } from './principal.ts'
import { type NsxvRole, nsxvRoleIds, requireCliRole, requireRole } from './roles.ts'

const may = (feature: NsxvFeature, permission: 'read' | 'write') =>
  nsxvRoleIds.filter((role) => roleGives(role, feature, permission)).sort()

test('users are changed by administrators of the enterprise and of roles, and read by some more', () => {
  assert.deepEqual(may('user_account_management', 'write'), ['enterprise_admin', 'security_role_admin', 'super_user'])
  assert.deepEqual(may('user_account_management', 'read'), [
    'auditor',
    'enterprise_admin',
    'network_engineer',
    'security_role_admin',
    'super_user',
    'vshield_admin',
  ])
  assert.ok(!may('object_access_control', 'read').includes('auditor'))
})

test('the audit log is read by every role and written by none', () => {
  assert.deepEqual(may('audit_logs', 'read'), [...nsxvRoleIds].sort())
  assert.deepEqual(may('audit_logs', 'write'), ['super_user'])
})

test('the appliance itself is for System Administrators', () => {
  assert.deepEqual(may('appliance_management', 'read'), ['super_user'])
})

test('a scope limits a role to its objects, and roles of several groups add up', () => {
  const grant = (role: NsxvRole, ...scope: string[]): Grant => ({ role, scope })
  const limited = { grants: [grant('security_admin', 'edge-7', 'edge-8')] }
  assert.equal(allows(limited, 'edge_nat', 'write', 'edge-7'), true)
  assert.equal(allows(limited, 'edge_nat', 'write', 'edge-9'), false)
  assert.equal(allows(limited, 'audit_logs', 'read'), false)
  assert.equal(allows(limited, 'audit_logs', 'read', 'any'), true)

  const both = { grants: [...limited.grants, grant('auditor', 'globalroot-0')] }
  assert.equal(allows(both, 'audit_logs', 'read'), true)
  assert.equal(allows(both, 'edge_nat', 'read', 'edge-9'), true)
  assert.equal(allows(both, 'edge_nat', 'write', 'edge-9'), false)
  assert.equal(allows({ grants: [] }, 'audit_logs', 'read', 'any'), false)
})

test('CLI users may have any role in 6.2, and three of them later', () => {
  for (const role of nsxvRoleIds) requireCliRole('6.2', role)
  for (const role of nsxvRoleIds) {
    if (['auditor', 'security_admin', 'super_user'].includes(role)) requireCliRole('later', role)
    else assert.throws(() => requireCliRole('later', role), /one of auditor, security_admin, super_user/)
  }
})

test('names of roles are matched exactly', () => {
  for (const name of ['', 'Auditor', 'auditor ', 'toString', '__proto__', 'VSHIELD_ADMIN']) {
    assert.throws(() => requireRole(name), { code: 'invalid_field' })
  }
})
