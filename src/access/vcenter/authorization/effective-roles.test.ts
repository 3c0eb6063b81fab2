import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SmallTree } from '../../../../test/vcenter/small-tree.ts'
import { globalRoot, rootFolder } from '../object-tree.ts'
import { principalKey, type VcenterPrincipal } from '../principal.ts'
import { isAllowed } from './effective-roles.ts'
import { granteeOf, type Permission } from './permission.ts'
import { createPermissionIndex } from './permission-index.ts'
import { createPermissionView } from './permission-view.ts'
import { systemPrivileges } from './privileges.ts'
import type { Role } from './role.ts'
import { createRoleView } from './role-view.ts'

const powerOn = 'VirtualMachine.Interact.PowerOn'
const snapshot = 'VirtualMachine.State.CreateSnapshot'
const modifyRoles = 'Authorization.ModifyRoles'

const made = (id: number, name: string, privilege: string): Role => ({
  id,
  name,
  label: name,
  description: '',
  privileges: new Set([...systemPrivileges, privilege]),
  system: false,
  grantable: true,
})
const roleIds = { Adm: -1, RO: -2, NoAcc: -5, Pon: 1001, Snap: 1002 }
const roles = createRoleView([made(roleIds.Pon, 'Pon', powerOn), made(roleIds.Snap, 'Snap', snapshot)])

/** The tree of vcenter-api.md 4.3. */
const ids = {
  Global: globalRoot,
  Root: rootFolder,
  DC1: 'datacenter-1',
  FA: 'group-v10',
  Cl: 'domain-c20',
  RP1: 'resgroup-22',
  'VM-A': 'vm-30',
  'VM-B': 'vm-31',
  DS1: 'datastore-40',
  Net1: 'network-50',
}
type Place = keyof typeof ids
const tree = new SmallTree()
  .add(ids.DC1, 'Datacenter', [rootFolder])
  .add('group-v2', 'Folder', [ids.DC1], true)
  .add('group-h3', 'Folder', [ids.DC1], true)
  .add('group-s4', 'Folder', [ids.DC1], true)
  .add('group-n5', 'Folder', [ids.DC1], true)
  .add(ids.FA, 'Folder', ['group-v2'])
  .add(ids.Cl, 'ClusterComputeResource', ['group-h3'])
  .add('resgroup-21', 'ResourcePool', [ids.Cl], true)
  .add(ids.RP1, 'ResourcePool', ['resgroup-21'])
  .add(ids['VM-A'], 'VirtualMachine', [ids.FA, ids.RP1])
  .add(ids['VM-B'], 'VirtualMachine', [ids.FA, ids.RP1])
  .add(ids.DS1, 'Datastore', ['group-s4'])
  .add(ids.Net1, 'Network', ['group-n5'])

const group = (name: string) => principalKey(name, 'vsphere.local')
const person = (name: string, ...groups: string[]): VcenterPrincipal => ({
  name,
  domain: 'vsphere.local',
  key: principalKey(name, 'vsphere.local'),
  groups: new Set(groups.map(group)),
})
const u = person('u', 'gA', 'gB')

/** Such as `FA: gA Pon P`: where, whom, what, and whether it propagates. */
function permission(text: string): Permission {
  const [place = '', who = '', role = '', reach] = text.split(/:? /)
  const isGroup = who.toLowerCase().startsWith('g')
  return {
    objectId: ids[place as Place],
    name: who,
    domain: 'vsphere.local',
    group: isGroup,
    grantee: granteeOf(isGroup, group(who)),
    roleId: roleIds[role as keyof typeof roleIds],
    propagate: reach === 'P',
  }
}

type Question = [place: Place, privilege: string, allowed: boolean, who?: VcenterPrincipal]

const cases: [name: string, permissions: string[], questions: Question[]][] = [
  [
    '1: several groups on an object add up, and propagate',
    ['FA: gA Pon P', 'FA: gB Snap P'],
    [
      ['VM-A', powerOn, true],
      ['VM-A', snapshot, true],
    ],
  ],
  [
    '2: what is nearer replaces what would be inherited, even through another group',
    ['FA: gA Pon P', 'VM-B: gB Snap N'],
    [
      ['VM-B', powerOn, false],
      ['VM-B', snapshot, true],
    ],
  ],
  [
    '3: what is set on one object does not count beside it',
    ['FA: gA Pon P', 'VM-B: gB Snap N'],
    [
      ['VM-A', powerOn, true],
      ['VM-A', snapshot, false],
    ],
  ],
  [
    '4: on one object the permission of the user beats those of the groups, and No access gives nothing',
    ['FA: gA Pon P', 'FA: u NoAcc P'],
    [['VM-A', powerOn, false]],
  ],
  [
    '5: a permission of a group lower down beats one of the user higher up',
    ['Root: u NoAcc P', 'FA: gA Pon P'],
    [['VM-A', powerOn, true]],
  ],
  [
    '6: without propagation a permission counts on its object alone',
    ['DC1: gA Pon N'],
    [
      ['DC1', 'System.Read', true],
      ['VM-A', 'System.Read', false],
    ],
  ],
  [
    '7: what does not propagate replaces what is inherited on its object, and nowhere else',
    ['Root: gA RO P', 'DC1: gA Pon N'],
    [
      ['DC1', powerOn, true],
      ['VM-A', powerOn, false],
    ],
  ],
  [
    '8: what does not propagate does not stop what flows past it',
    ['Root: gA RO P', 'DC1: gA Pon N'],
    [['VM-A', 'System.Read', true]],
  ],
  [
    '9: an object with two parents inherits from both',
    ['FA: gA Pon P', 'RP1: gB Snap P'],
    [
      ['VM-A', powerOn, true],
      ['VM-A', snapshot, true],
    ],
  ],
  ['10: No access masks only the path it is on', ['Root: u Adm P', 'FA: u NoAcc P'], [['VM-A', powerOn, true]]],
  [
    '11: No access on both paths masks all',
    ['Root: u Adm P', 'FA: u NoAcc P', 'Cl: u NoAcc P'],
    [['VM-A', powerOn, false]],
  ],
  [
    '12: No access on the object itself masks all, and on that object alone',
    ['Root: u Adm P', 'VM-A: u NoAcc N'],
    [
      ['VM-A', powerOn, false],
      ['VM-B', powerOn, true],
    ],
  ],
  [
    '13: a global permission that propagates reaches the whole inventory',
    ['Global: gA Adm P'],
    [
      ['VM-A', powerOn, true],
      ['DS1', 'Datastore.AllocateSpace', true],
      ['Global', modifyRoles, true],
    ],
  ],
  [
    '14: one that does not propagate gives global functions only',
    ['Global: gA Adm N'],
    [
      ['VM-A', powerOn, false],
      ['Root', modifyRoles, false],
      ['Global', modifyRoles, true],
    ],
  ],
  [
    '15: a permission on the root folder is nearer than a global one',
    ['Global: gA Adm P', 'Root: gB RO P'],
    [
      ['VM-A', powerOn, false],
      ['VM-A', 'System.Read', true],
    ],
  ],
  [
    '16: whoever has something on an object sees the way to it',
    ['VM-A: u Pon N'],
    (['Root', 'DC1', 'FA', 'Cl'] as const).flatMap((place): Question[] => [
      [place, 'System.View', true],
      [place, 'System.Read', false],
    ]),
  ],
  [
    '16, the other way round: what is not on the way is not seen, nor is the way to what gives nothing',
    ['VM-A: u NoAcc N', 'DS1: gA NoAcc P'],
    [
      ['Root', 'System.View', false],
      ['VM-A', 'System.View', false],
      ['VM-B', 'System.View', false],
      ['Net1', 'System.View', false],
    ],
  ],
  [
    '17: whoever has nothing has System.Anonymous',
    ['DC1: gA Pon P'],
    [
      ['VM-A', 'System.Anonymous', true, person('v')],
      ['VM-A', 'System.View', false, person('v')],
    ],
  ],
  [
    '18: names are compared whatever their case, and groups of groups count',
    ['DC1: GA Pon P'],
    [['VM-A', powerOn, true, person('u', 'gC', 'gA')]],
  ],
]

for (const [name, texts, questions] of cases) {
  const permissions = createPermissionView(texts.map(permission))
  const granted = {
    permissionsOn: (id: string) => permissions.on(id).values(),
    privilegesOf: (id: number) => roles.find(id)?.privileges ?? new Set<string>(),
  }
  const index = createPermissionIndex({ tree, permissions, roles })

  test(`case ${name}`, () => {
    for (const [place, privilege, allowed, who = u] of questions) {
      const node = place === 'Global' ? tree.global : tree.find(ids[place])!
      const question = `${privilege} on ${place}`
      assert.equal(isAllowed(node, who, privilege, granted), allowed, question)
      assert.equal(index.isAllowed(who, node.id, privilege), allowed, `${question}, by the index`)
    }
  })
}

test('nobody has System.Anonymous, and nothing else', () => {
  const granted = { permissionsOn: () => [permission('Root: u Adm P')], privilegesOf: () => new Set([powerOn]) }
  const permissions = createPermissionView([permission('Root: u Adm P')])
  const index = createPermissionIndex({ tree, permissions, roles })
  for (const [privilege, allowed] of [
    ['System.Anonymous', true],
    ['System.View', false],
    [powerOn, false],
  ] as const) {
    assert.equal(isAllowed(tree.root, undefined, privilege, granted), allowed)
    assert.equal(index.isAllowed(undefined, rootFolder, privilege), allowed)
  }
})

test('nobody has anything on an object that is not there', () => {
  const index = createPermissionIndex({ tree, permissions: createPermissionView([permission('Root: u Adm P')]), roles })
  for (const id of ['vm-32', 'vm-030', 'VM-30', 'vm-', '30', '', 'vm-99999999999999999999', 'vm-3e1', 'globalacl']) {
    assert.equal(index.isAllowed(u, id, powerOn), false, id)
    assert.equal(index.isAllowed(u, id, 'System.Anonymous'), false, id)
    assert.deepEqual([...index.privilegesOn(u, id)], [])
  }
})
