import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rightsOf } from './permissions/rights.ts'
import type { LocalUser, Principal, PrincipalIdentity } from './principal.ts'
import { ownerFor, protectionFrom, requireUnprotected } from './protection.ts'
import { builtInRoles } from './roles/built-in-roles.ts'

const having = (role: string) => ({
  rolesForPaths: [{ path: '/', roles: [role] }],
  rights: rightsOf([role], (id) => builtInRoles.get(id)),
})
const user = (name: string, role: string): LocalUser =>
  ({ kind: 'local_user', name, account: {} as LocalUser['account'], ...having(role) }) as LocalUser
const identity = (name: string, nodeId: string, role = 'network_engineer', isProtected = true): PrincipalIdentity => ({
  kind: 'principal_identity',
  id: `${name}-${nodeId}`,
  name,
  nodeId,
  isProtected,
  certificateId: 'c',
  ...having(role),
})

test('what an identity makes is its own where it is to be protected', () => {
  assert.equal(ownerFor(identity('robot', 'n1')), 'robot')
  assert.equal(ownerFor(identity('robot', 'n1', 'network_engineer', false)), '')
  assert.equal(ownerFor(user('admin', 'enterprise_admin')), '')
})

test('an object is protected from everyone but its owner, and an Enterprise Admin can override it', () => {
  const cases: [Principal, ReturnType<typeof protectionFrom>][] = [
    [identity('robot', 'n1'), 'NOT_PROTECTED'],
    [identity('robot', 'n2'), 'NOT_PROTECTED'],
    [identity('robot', 'n3', 'network_engineer', false), 'NOT_PROTECTED'],
    [identity('robot2', 'n1'), 'PROTECTED'],
    [identity('other', 'n1', 'enterprise_admin'), 'REQUIRE_OVERRIDE'],
    [user('robot', 'network_engineer'), 'PROTECTED'],
    [user('eve', 'network_engineer'), 'PROTECTED'],
    [user('admin', 'enterprise_admin'), 'REQUIRE_OVERRIDE'],
    [
      { ...user('deep', 'auditor'), rolesForPaths: [{ path: '/orgs/default', roles: ['enterprise_admin'] }] },
      'PROTECTED',
    ],
  ]
  for (const [viewer, protection] of cases) {
    assert.equal(protectionFrom(viewer, 'robot'), protection, viewer.name)
    assert.equal(protectionFrom(viewer, ''), 'NOT_PROTECTED')
    for (const overwrite of [undefined, false, true]) {
      const change = () => requireUnprotected(viewer, 'robot', 'Segment', overwrite)
      if (protection === 'NOT_PROTECTED' || (protection === 'REQUIRE_OVERRIDE' && overwrite)) change()
      else assert.throws(change, { code: 'not_owner' })
    }
  }
})

test('the refusal is the one of NSX', () => {
  assert.throws(() => requireUnprotected(user('admin', 'enterprise_admin'), 'robot', 'Segment', undefined), {
    message:
      "Principal 'admin' with role '[enterprise_admin]' attempts to delete or modify an object of type Segment it doesn't own. (createUser=robot, allowOverwrite=null)",
  })
})
