import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AccessError } from '../../errors.ts'
import { type Category, grownCardinality, grownTypes, isFor, newId, requireId, requireTypes } from './tag.ts'

const refused = (work: () => unknown, field: string) =>
  assert.throws(work, (error) => error instanceof AccessError && error.details.field === field)

test('an id is one of its own type, whoever made it', () => {
  const id = newId('InventoryServiceTag')
  assert.equal(requireId(id, 'InventoryServiceTag', 'tag_id'), id)
  for (const wrong of ['', 'vm-1', 'GlobalAcl', newId('InventoryServiceCategory'), `${id}\n`, `x${id}`, `${id}:x`]) {
    refused(() => requireId(wrong, 'InventoryServiceTag', 'tag_id'), 'tag_id')
  }
})

test('types are kept without the namespace that clients write', () => {
  const types = ['urn:vim25:VirtualMachine', 'Folder', 'urn:vim25:Folder', 'urn:vim25:com.vmware.content.Library']
  assert.deepEqual(requireTypes(types, 'types'), ['Folder', 'VirtualMachine', 'com.vmware.content.Library'])
  for (const wrong of ['', 'Virtual Machine', 'urn:vim25:', 'a'.repeat(257), 'Folder\n']) {
    refused(() => requireTypes([wrong], 'types'), 'types')
  }
})

test('types can only become more, and none are all', () => {
  assert.deepEqual(grownTypes(['A'], ['A', 'B'], 'types'), ['A', 'B'])
  assert.deepEqual(grownTypes(['A', 'B'], ['B', 'A'], 'types'), ['B', 'A'])
  assert.deepEqual(grownTypes(['A'], [], 'types'), [])
  assert.deepEqual(grownTypes([], [], 'types'), [])
  refused(() => grownTypes(['A', 'B'], ['A'], 'types'), 'types')
  refused(() => grownTypes([], ['A'], 'types'), 'types')
})

test('what an object can have several of, it can have several of for ever', () => {
  assert.equal(grownCardinality('SINGLE', 'MULTIPLE', 'cardinality'), 'MULTIPLE')
  assert.equal(grownCardinality('SINGLE', 'SINGLE', 'cardinality'), 'SINGLE')
  refused(() => grownCardinality('MULTIPLE', 'SINGLE', 'cardinality'), 'cardinality')
})

test('tags are for objects of their types, and a switch has two names', () => {
  const category = (...associableTypes: string[]) => ({ associableTypes }) as unknown as Category
  assert(isFor(category(), 'VirtualMachine'))
  assert(isFor(category('VirtualMachine'), 'VirtualMachine'))
  assert(!isFor(category('VirtualMachine'), 'Folder'))
  for (const name of ['DistributedVirtualSwitch', 'VmwareDistributedVirtualSwitch']) {
    assert(isFor(category(name), 'VmwareDistributedVirtualSwitch'))
  }
})
