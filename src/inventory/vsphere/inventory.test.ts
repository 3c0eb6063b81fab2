import assert from 'node:assert/strict'
import { test } from 'node:test'
import { globalRoot, rootFolder } from '../../access/vcenter/object-tree.ts'
import { createVsphereInventory } from './inventory.ts'
import { type InventorySize, labSize, madeInventory } from './made-inventory.ts'
import { isA, type VsphereObject } from './object.ts'

const rows = madeInventory(labSize)
const open = () => createVsphereInventory(rows)

const at = (inventory: ReturnType<typeof open>, path: string): VsphereObject => {
  const object = inventory.findByPath(path)
  assert(object, path)
  return object
}
// Objects are compared by their ids: showing what differs would walk the whole tree.
const ids = (objects: Iterable<{ id: string }>) => Array.from(objects, ({ id }) => id)

test('the root folder is group-d1, and the global root is above it', () => {
  const { global, root, find, findByPath } = open()
  assert.deepEqual([root.id, root.name, root.details.folderType], [rootFolder, 'Datacenters', 'datacenter'])
  assert.deepEqual(ids(root.parents), [globalRoot])
  assert.equal(root.parent, undefined)
  assert.deepEqual(ids(global.children), [rootFolder])
  assert.deepEqual([global.id, global.holder.id, global.parents], [globalRoot, globalRoot, []])
  assert.equal(find(globalRoot), undefined)
  assert.equal(findByPath('/')?.id, rootFolder)
})

test("the lab's first datacenter is datacenter-3 at /DC0, with its four folders", () => {
  const inventory = open()
  assert.equal(at(inventory, '/DC0').id, 'datacenter-3')
  const folders = ['vm', 'host', 'datastore', 'network'].map((name) => at(inventory, `/DC0/${name}`))
  assert.deepEqual(ids(folders), ['group-v4', 'group-h5', 'group-s6', 'group-n7'])
})

test('a virtual machine has two parents: its folder and its resource pool', () => {
  const inventory = open()
  const vm = at(inventory, '/DC0/vm/Production/DC0_C0_RP1_VM0')
  assert.deepEqual(ids(vm.parents), [
    at(inventory, '/DC0/vm/Production').id,
    at(inventory, '/DC0/host/DC0_C0/Resources/DC0_C0_RP1').id,
  ])
  assert.equal(vm.parent?.name, 'Production')
  assert.equal(vm.pool?.name, 'DC0_C0_RP1')
  assert.equal(vm.datacenter?.name, 'DC0')
  assert(vm.pool?.children.has(vm) && vm.parent?.children.has(vm))
})

test('a vApp stands in a pool and in a folder, and is both to its virtual machines', () => {
  const inventory = open()
  const vApp = at(inventory, '/DC0/vm/DC0_C0_APP0')
  assert.equal(vApp.id, at(inventory, '/DC0/host/DC0_C0/Resources/DC0_C0_APP0').id)
  const vm = at(inventory, '/DC0/vm/DC0_C0_APP0/DC0_C0_APP0_VM0')
  assert.deepEqual(ids(vm.parents), [vApp.id])
  assert.equal(vm.pool?.id, vApp.id)
})

test('a distributed port group has its switch for a parent and stands beside it', () => {
  const inventory = open()
  const group = at(inventory, '/DC0/network/DC0_DVPG0')
  assert.deepEqual(ids(group.parents), [at(inventory, '/DC0/network/DVS0').id])
  assert.equal(group.parent?.id, at(inventory, '/DC0/network').id)
})

test('what may hold no permission shares those of what it is in', () => {
  const inventory = open()
  const holders = {
    '/DC0/vm': '/DC0',
    '/DC0/host': '/DC0',
    '/DC0/datastore': '/DC0',
    '/DC0/network': '/DC0',
    '/DC0/host/DC0_C0/Resources': '/DC0/host/DC0_C0',
    '/DC0/host/DC0_C1/Resources': '/DC0/host/DC0_C1',
    '/DC0/host/DC0_H0/Resources': '/DC0/host/DC0_H0',
    '/DC0/host/DC0_H0/DC0_H0': '/DC0/host/DC0_H0',
  }
  for (const [path, holder] of Object.entries(holders)) {
    assert.equal(at(inventory, path).holder.id, at(inventory, holder).id, path)
  }
  const shared = new Set(Object.keys(holders).map((path) => at(inventory, path)))
  for (const type of ['Folder', 'ResourcePool', 'HostSystem'] as const) {
    for (const object of inventory.ofType(type)) {
      if (object.datacenter?.name === 'DC0' && !shared.has(object)) assert.equal(object.holder.id, object.id)
    }
  }
})

test('ids are those that a vCenter would make, each with a number of its own', () => {
  const forms: Record<string, RegExp> = {
    Datacenter: /^datacenter-\d+$/,
    Folder: /^group-[dvhsn]\d+$/,
    ClusterComputeResource: /^domain-c\d+$/,
    ComputeResource: /^domain-s\d+$/,
    HostSystem: /^host-\d+$/,
    ResourcePool: /^resgroup-\d+$/,
    VirtualApp: /^resgroup-v\d+$/,
    VirtualMachine: /^vm-\d+$/,
    Datastore: /^datastore-\d+$/,
    StoragePod: /^group-p\d+$/,
    Network: /^network-\d+$/,
    VmwareDistributedVirtualSwitch: /^dvs-\d+$/,
    DistributedVirtualPortgroup: /^dvportgroup-\d+$/,
  }
  for (const { id, type, number } of rows) {
    assert.match(id, forms[type]!)
    assert.equal(id.match(/\d+$/)?.[0], String(number))
  }
  assert.equal(new Set(rows.map(({ number }) => number)).size, rows.length)
})

test('the lab has two datacenters and forty virtual machines, in every power state', () => {
  const inventory = open()
  assert.deepEqual(
    Array.from(inventory.ofType('Datacenter'), ({ name }) => name),
    ['DC0', 'DC1'],
  )
  const vms = [...inventory.ofType('VirtualMachine')]
  assert.equal(vms.length, 40)
  for (const datacenter of inventory.ofType('Datacenter')) {
    const own = vms.filter((vm) => vm.datacenter === datacenter)
    assert.equal(own.length, 20)
    assert.equal(new Set(own.map(({ details }) => details.powerState)).size, 3)
  }
  for (const vm of vms) assert(isA(inventory.find(vm.details.host), 'HostSystem'))
})

test('changes are followed; whoever listens is told of what came and went', () => {
  const inventory = open()
  let told = 0
  inventory.onChange(() => told++)
  const folder = at(inventory, '/DC0/vm')
  const row = { number: 900, type: 'Folder', name: 'New', secondParent: null, details: '{"folderType":"vm"}' }
  inventory.follow({ added: [{ ...row, id: 'group-v900', parent: folder.id }] })
  const made = at(inventory, '/DC0/vm/New')
  assert.equal(inventory.find('group-v900')?.id, made.id)
  inventory.follow({ updated: [{ ...row, id: 'group-v900', parent: folder.id, name: 'Renamed' }] })
  assert.equal(at(inventory, '/DC0/vm/Renamed').id, made.id)
  inventory.follow({ removed: ['group-v900'] })
  assert(!inventory.find('group-v900') && !inventory.findByPath('/DC0/vm/Renamed'))
  assert(![...inventory.ofType('Folder')].includes(made as VsphereObject<'Folder'>))
  assert.equal(told, 2)
})

test('an inventory is made of the size that is asked for', () => {
  const count = (size: InventorySize) => {
    const inventory = createVsphereInventory(madeInventory(size))
    const types = ['Datacenter', 'ClusterComputeResource', 'HostSystem', 'VirtualMachine'] as const
    return types.map((type) => [...inventory.ofType(type)].length)
  }
  // A host by itself comes with every datacenter.
  assert.deepEqual(count({ datacenters: 3, clusters: 4, hosts: 5, vms: 1000 }), [3, 12, 63, 1000])
  assert.deepEqual(count({ datacenters: 7, clusters: 0, hosts: 1, vms: 10 }), [7, 0, 7, 10])
  assert.deepEqual(count({ datacenters: 1, clusters: 1, hosts: 1, vms: 0 }), [1, 1, 2, 0])
})
