import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstRevision } from '../managed.ts'
import { may } from '../permissions/rights.ts'
import type { RemotePerson } from '../principal.ts'
import type { FeaturePermissions } from './features.ts'
import { createRemoteBindings, type RemoteSubject } from './remote-bindings.ts'
import { createRoles } from './roles.ts'

const person = (name: string, groups: string[] = [], sourceId = 'corp'): RemotePerson => ({
  sourceType: 'LDAP',
  sourceId,
  name,
  groups,
})
const subject = (type: RemoteSubject['type'], name: string, sourceId = 'corp'): RemoteSubject => ({
  type,
  name,
  sourceType: 'LDAP',
  sourceId,
})
const onRoot = (...roles: string[]) => [{ path: '/', roles }]

test('a person has what is bound to their name and to their groups, in their source', () => {
  const bindings = createRemoteBindings(createRoles([]))
  bindings.put('1', subject('remote_user', 'Jane@corp.test'), onRoot('network_op'))
  bindings.put('2', subject('remote_group', 'Ops'), onRoot('security_op'))
  bindings.put('3', subject('remote', 'both'), onRoot('lb_admin'))
  bindings.put('4', subject('remote_group', 'ops', 'other'), onRoot('enterprise_admin'))
  bindings.put('5', subject('remote_group', 'anywhere', ''), onRoot('vpn_admin'))
  const rolesOf = (whom: RemotePerson) => bindings.resolve(whom).rolesForPaths.flatMap(({ roles }) => roles)
  for (const [whom, roles] of [
    [person('jane@CORP.test'), ['network_op']],
    [person('jane@corp.test', ['OPS']), ['network_op', 'security_op']],
    [person('both', ['both']), ['lb_admin', 'lb_admin']],
    [person('joe', ['jane@corp.test', 'Ops']), ['security_op']],
    [person('ops'), []],
    [person('joe', ['ops'], 'other'), ['enterprise_admin']],
    [person('joe', ['Anywhere'], 'other'), ['vpn_admin']],
    [person('joe', ['anywhere'], ''), ['vpn_admin']],
    [person('jane@corp.test', [], 'third'), []],
  ] as [RemotePerson, string[]][]) {
    assert.deepEqual(rolesOf(whom), roles, JSON.stringify(whom))
  }
})

test('a name and a source id are not taken for another name and another id', () => {
  const bindings = createRemoteBindings(createRoles([]))
  bindings.put('1', subject('remote_user', 'b c', 'a'), onRoot('enterprise_admin'))
  assert.deepEqual(bindings.resolve(person('c', [], 'a b')).rolesForPaths, [])
})

test('whatever happens to a binding or a role counts from the next call on, for people met before too', () => {
  const role = (permissions: FeaturePermissions) => ({
    id: 'custom',
    displayName: 'Custom',
    description: '',
    permissions,
    tags: [],
    ...firstRevision('admin', 0),
  })
  const roles = createRoles([role({ policy_segment: 'read' })])
  const bindings = createRemoteBindings(roles)
  const jane = person('jane', ['ops'])
  const segments = () => {
    const { rights } = bindings.resolve(jane)
    return may(rights, 'policy_segment', 'crud') ? 'crud' : may(rights, 'policy_segment', 'read') ? 'read' : 'none'
  }
  assert.equal(segments(), 'none')
  bindings.put('1', subject('remote_group', 'ops'), onRoot('custom'))
  assert.equal(segments(), 'read')
  const before = bindings.resolve(jane)
  assert.equal(bindings.resolve(jane), before)
  roles.put(role({ policy_segment: 'crud' }))
  assert.equal(segments(), 'crud')
  assert.notEqual(bindings.resolve(jane), before)
  bindings.put('1', subject('remote_group', 'ops'), [{ path: '/orgs/default', roles: ['custom'] }])
  assert.equal(segments(), 'none')
  bindings.put('1', subject('remote_group', 'ops'), onRoot('custom'))
  roles.remove('custom')
  assert.equal(segments(), 'none')
  bindings.remove('1')
  assert.deepEqual(bindings.resolve(jane).rolesForPaths, [])
})
