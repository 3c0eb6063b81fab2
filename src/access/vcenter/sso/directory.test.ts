import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SsoMemberRow } from '../../../store/sso-groups.ts'
import type { RemotePerson } from '../../principal.ts'
import { principalKey } from '../principal.ts'
import { createSsoDirectory } from './directory.ts'
import type { SsoUser } from './user.ts'

const user = (name: string): SsoUser => ({
  id: `id of ${name}`,
  name,
  firstName: '',
  lastName: '',
  email: '',
  description: '',
  builtIn: 0,
  disabled: 0,
  passwordVersion: 0,
  passwordChangedAt: 0,
  passwordMustChange: 0,
})
const member = (type: 'user' | 'group', name: string, domain = 'vsphere.local'): SsoMemberRow => ({
  type,
  name,
  domain,
  principalKey: principalKey(name, domain),
})
const group = (name: string, ...members: SsoMemberRow[]) => ({ id: name, name, description: '', builtIn: 0, members })
const person = (name: string, groups: string[] = []): RemotePerson => ({
  sourceType: 'LDAP',
  sourceId: 'corp',
  name,
  groups,
})

function directoryOf(...groups: ReturnType<typeof group>[]) {
  const directory = createSsoDirectory()
  const ann = user('Ann')
  directory.putUser(ann)
  for (const one of groups) directory.putGroup(one)
  return { directory, ann, groupsOfAnn: () => [...directory.principalOfUser(ann).groups].sort() }
}

test('a principal has its groups and those around them, whatever the case of their names', () => {
  const { groupsOfAnn } = directoryOf(group('Outer', member('group', 'INNER')), group('Inner', member('user', 'ann')))
  assert.deepEqual(groupsOfAnn(), ['vsphere.local\\inner', 'vsphere.local\\outer'])
})

test('a change of a group counts from the next question on, for users far inside too', () => {
  const { directory, groupsOfAnn } = directoryOf(group('outer'), group('inner', member('user', 'ann')))
  assert.deepEqual(groupsOfAnn(), ['vsphere.local\\inner'])
  directory.addMember('outer', member('group', 'inner'))
  assert.deepEqual(groupsOfAnn(), ['vsphere.local\\inner', 'vsphere.local\\outer'])
  directory.removeMember('inner', 'user', principalKey('ann', 'vsphere.local'))
  assert.deepEqual(groupsOfAnn(), [])
  directory.addMember('outer', member('user', 'ann'))
  directory.removeGroup('outer')
  assert.deepEqual(groupsOfAnn(), [])
})

test('somebody whose groups are what they were stays the same principal', () => {
  const { directory, ann } = directoryOf(group('g', member('user', 'ann')), group('h'))
  const before = directory.principalOfUser(ann)
  directory.addMember('h', member('user', 'somebody-else'))
  assert.equal(directory.principalOfUser(ann), before)
  directory.addMember('h', member('user', 'ann'))
  assert.notEqual(directory.principalOfUser(ann), before)
  assert.equal(directory.principalOfUser(ann), directory.principalOfUser(ann))
})

test('a user that was changed is another principal', () => {
  const { directory, ann } = directoryOf()
  const changed = { ...ann, passwordVersion: 1 }
  directory.putUser(changed)
  assert.equal(directory.userNamed('ANN'), changed)
  assert.notEqual(directory.principalOfUser(changed), directory.principalOfUser(ann))
})

test("a directory's user has the directory's groups by name, and our own around them", () => {
  const { directory } = directoryOf(
    group('Ops', member('group', 'all-ops', 'Corp.Example')),
    group('VIPs', member('user', 'bob', 'corp.example')),
    group('Outer', member('group', 'ops')),
  )
  const bob = directory.principalOfPerson(person('Bob@corp.example', ['All-Ops@corp.example', 'cn=all-ops,dc=x']))
  assert.equal(bob?.key, 'corp.example\\bob')
  assert.deepEqual([...(bob?.groups ?? [])].sort(), [
    'corp.example\\all-ops',
    'vsphere.local\\ops',
    'vsphere.local\\outer',
    'vsphere.local\\vips',
  ])
})

test('no directory speaks for our own domains, neither of users nor of groups', () => {
  const { directory } = directoryOf(group('Administrators', member('user', 'administrator')))
  for (const name of [
    'administrator@vsphere.local',
    'a@VSPHERE.LOCAL',
    'root@localos',
    '@corp.example',
    'bob@',
    'bob',
  ]) {
    assert.equal(directory.principalOfPerson(person(name)), undefined, name)
  }
  const groups = ['Administrators@vsphere.local', 'cn=Administrators@vsphere.local', 'x=y@corp.example', 'root@LocalOS']
  assert.deepEqual(directory.principalOfPerson(person('bob@corp.example', groups))?.groups, new Set())
})
