import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { askedPrivileges, beginning, changes, World } from '../../../../test/vcenter/random-permissions.ts'
import { SmallTree } from '../../../../test/vcenter/small-tree.ts'
import { globalRoot, rootFolder } from '../object-tree.ts'
import { principalKey, type VcenterPrincipal } from '../principal.ts'
import { explain } from './explanation.ts'
import { granteeOf, type Permission } from './permission.ts'
import { createPermissionIndex } from './permission-index.ts'
import { createPermissionView } from './permission-view.ts'
import { systemPrivileges } from './privileges.ts'
import { createRoleView } from './role-view.ts'

test('an explanation says what is enforced, whatever the tree, and its steps bear it out', () => {
  const property = fc.property(beginning, changes, (first, then) => {
    const world = new World()
    const { permissions, roles, tree } = world
    const index = createPermissionIndex(world)
    for (const step of [...first, ...then]) world.take(step)
    for (const node of world.objects) {
      for (const who of world.principals) {
        for (const privilege of askedPrivileges) {
          const told = explain({ tree, permissions, roles, index }, who, node.id, privilege)!
          assert.equal(told.allowed, index.isAllowed(who, node.id, privilege))
          const deciding = told.steps.flatMap(({ entries }) => entries).filter(({ outcome }) => outcome === 'decides')
          const given = deciding.some(({ gives }) => gives)
          assert.equal(told.reason === 'granted', given)
          assert.equal(told.reason === 'no_permission', !told.allowed && deciding.length === 0)
          assert.equal(told.reason === 'on_the_way', told.below.length > 0)
          if (!told.allowed) assert(!given)
        }
      }
    }
  })
  fc.assert(property, { seed: 7, numRuns: 100 })
})

const domain = 'vsphere.local'
const tree = new SmallTree()
  .add('datacenter-1', 'Datacenter', [rootFolder])
  .add('group-v2', 'Folder', ['datacenter-1'], true)
  .add('group-v10', 'Folder', ['group-v2'])
  .add('resgroup-22', 'ResourcePool', ['datacenter-1'])
  .add('vm-30', 'VirtualMachine', ['group-v10', 'resgroup-22'])
const who: VcenterPrincipal = {
  name: 'u',
  domain,
  key: principalKey('u', domain),
  groups: new Set([principalKey('g', domain), principalKey('h', domain)]),
}
const powerOn = 'VirtualMachine.Interact.PowerOn'
const powerUser = {
  id: 1001,
  name: 'Pon',
  label: 'Pon',
  description: '',
  privileges: new Set([...systemPrivileges, powerOn]),
  system: false,
  grantable: true,
}

/** Such as `u datacenter-1 1001 P`: whom, where, the role, and whether it propagates. */
function permission(text: string): Permission {
  const [name = '', objectId = '', roleId, reach] = text.split(' ')
  const group = name !== 'u'
  const grantee = granteeOf(group, principalKey(name, domain))
  return { objectId, name, domain, group, grantee, roleId: Number(roleId), propagate: reach === 'P' }
}

/** Outcomes by the object, nearest first. */
function told(permissions: string[], objectId: string, privilege: string) {
  const view = createPermissionView(permissions.map(permission))
  const roles = createRoleView([powerUser])
  const index = createPermissionIndex({ tree, permissions: view, roles })
  const explanation = explain({ tree, permissions: view, roles, index }, who, objectId, privilege)!
  const { allowed, reason, steps } = explanation
  const shown = steps.map(({ node, entries }) => [
    node.id,
    ...entries.map(({ permission, outcome }) => `${permission.name} ${outcome}`),
  ])
  return { explanation, verdict: [allowed, reason], shown }
}

test('on one object the permission of the user goes before those of groups', () => {
  const { verdict, shown } = told(['g group-v10 1001 P', 'u group-v10 -5 P'], 'group-v10', powerOn)
  assert.deepEqual(verdict, [false, 'no_access'])
  assert.deepEqual(shown, [['group-v10', 'u decides', 'g user_before_groups']])
})

test('groups on one object add up', () => {
  const { verdict, shown } = told(['g group-v10 -2 P', 'h group-v10 1001 P'], 'vm-30', powerOn)
  assert.deepEqual(verdict, [true, 'granted'])
  assert.deepEqual(shown, [['group-v10', 'g decides', 'h decides']])
})

test('what is nearer decides, and what does not propagate is told of', () => {
  const { verdict, shown } = told(
    [
      'g group-v10 -2 P',
      'u datacenter-1 1001 N',
      `u ${rootFolder} 1001 P`,
      `g ${rootFolder} 1001 P`,
      `h ${globalRoot} -1 P`,
    ],
    'group-v10',
    powerOn,
  )
  assert.deepEqual(verdict, [false, 'not_in_role'])
  assert.deepEqual(shown, [
    ['group-v10', 'g decides'],
    ['datacenter-1', 'u not_propagating'],
    [rootFolder, 'u nearer_decides', 'g nearer_decides'],
    [globalRoot, 'h nearer_decides'],
  ])
})

test('a permission that is hidden on one path decides on another', () => {
  const { verdict, shown } = told(['u group-v10 -5 P', 'u datacenter-1 1001 P'], 'vm-30', powerOn)
  assert.deepEqual(verdict, [true, 'granted'])
  assert.deepEqual(shown, [
    ['group-v10', 'u decides'],
    ['datacenter-1', 'u decides'],
  ])
})

test('whoever has something below sees the way to it, and is told what it is', () => {
  const { verdict, explanation } = told(['u vm-30 1001 N'], rootFolder, 'System.View')
  assert.deepEqual(verdict, [true, 'on_the_way'])
  assert.deepEqual(
    explanation.below.map(({ id }) => id),
    ['vm-30'],
  )
})

test('an object that holds no permissions is told of by the one whose it has', () => {
  const { verdict, explanation } = told(['u datacenter-1 1001 N'], 'group-v2', powerOn)
  assert.deepEqual(verdict, [true, 'granted'])
  assert.equal(explanation.holder.id, 'datacenter-1')
})
