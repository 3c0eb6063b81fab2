import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { askedPrivileges, beginning, changes, World } from '../../../../test/vcenter/random-permissions.ts'
import { effectiveRoles, inheritedRoles, isAllowed } from './effective-roles.ts'
import { createPermissionIndex, type IndexLimits } from './permission-index.ts'

const roomy: IndexLimits = { levels: 1000, subjects: 1000, grants: 1000, sums: 1000, wayIds: 1000, answersLog2: 10 }
/** So little room that nearly everything is forgotten again and again. */
const tight: IndexLimits = { levels: 4, subjects: 2, grants: 2, sums: 1, wayIds: 2, answersLog2: 1 }

type Index = ReturnType<typeof createPermissionIndex>

function compare(world: World, index: Index): void {
  const { granted, principals, objects } = world
  const sum = (roleIds: readonly number[]) =>
    [...new Set(roleIds.flatMap((id) => [...granted.privilegesOf(id)]))].sort()
  for (const id of world.gone) {
    for (const who of principals) assert(!index.isAllowed(who, id, 'System.Read') && !index.grantOn(who, id), id)
  }
  for (const node of objects) {
    for (const who of principals) {
      for (const privilege of askedPrivileges) {
        const allowed = isAllowed(node, who, privilege, granted)
        assert.equal(index.isAllowed(who, node.id, privilege), allowed, `${who.name} ${privilege} on ${node.id}`)
        assert.equal(index.privilegesOn(who, node.id).has(privilege), allowed)
      }
      const roles = effectiveRoles(node, who, granted)
      assert.deepEqual(
        index.grantOn(who, node.id)!.roles,
        [...roles].sort((a, b) => a - b),
      )
      assert.deepEqual([...index.grantOn(who, node.id)!.privileges].sort(), sum(roles))
      assert.deepEqual([...index.flowOn(who, node.id)!.privileges].sort(), sum(inheritedRoles(node, who, granted)))
      const { grant, deciding } = index.trace(who, node.id)!
      assert.deepEqual(grant, index.grantOn(who, node.id))
      assert.deepEqual([...new Set(deciding.map(({ roleId }) => roleId))].sort(), [...roles].sort())
    }
  }
}

for (const [name, limits, seed] of [
  ['with room for all', roomy, 1],
  ['with hardly any room', tight, 2],
  ['with room for two answers', { ...roomy, answersLog2: 1 }, 3],
] as const) {
  test(`${name}, the index answers what the algorithm answers, before and after every change`, () => {
    const property = fc.property(beginning, changes, (first, then) => {
      const world = new World()
      const index = createPermissionIndex(world, limits)
      for (const step of first) world.take(step)
      compare(world, index)
      for (const step of then) {
        world.take(step)
        compare(world, index)
      }
    })
    fc.assert(property, { seed, numRuns: 100 })
  })
}

test('an object that came back under its id is another one', () => {
  const world = new World()
  const index = createPermissionIndex(world, roomy)
  world.take({ do: 'add', parents: [0], fixed: false })
  world.take({ do: 'change role', role: 0, privileges: ['P.a'] })
  const [who] = world.principals
  const permission = {
    objectId: 'vm-0',
    name: 'u0',
    domain: 'vsphere.local',
    group: false,
    grantee: 'user:vsphere.local\\u0',
    roleId: 101,
    propagate: true,
  }
  world.permissions.put(permission)
  assert(index.isAllowed(who, 'vm-0', 'P.a'))
  world.permissions.remove(permission)
  world.tree.remove('vm-0')
  assert(!index.isAllowed(who, 'vm-0', 'System.Anonymous'))
  world.tree.add('vm-0', 'VirtualMachine', ['group-d1'])
  assert(!index.isAllowed(who, 'vm-0', 'P.a'))
})
