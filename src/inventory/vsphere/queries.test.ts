import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTurns } from '../../access/turns/turns.ts'
import type { Authorization } from '../../access/vcenter/authorization.ts'
import type { VcenterPrincipal } from '../../access/vcenter/principal.ts'
import { createVsphereInventory } from './inventory.ts'
import { type InventorySize, labSize, madeInventory } from './made-inventory.ts'
import type { VsphereObject } from './object.ts'
import { createVsphereQueries } from './queries.ts'

const somebody = {} as VcenterPrincipal

/** Queries on an inventory of which the caller may read what `readable` says. */
function open(size: Partial<InventorySize>, readable: (object: VsphereObject) => boolean, turns = createTurns()) {
  const tree = createVsphereInventory(madeInventory({ ...labSize, ...size }))
  let asked = 0
  const authorization = {
    allows(_principal, id, privilege) {
      asked++
      const object = tree.find(id)
      return privilege === 'System.Read' && object !== undefined && readable(object)
    },
  } as Authorization
  return { tree, queries: createVsphereQueries(tree, authorization, 'vcenter-1', turns), asked: () => asked }
}

test('a list leaves out what the caller may not read, whatever the filter says', async () => {
  const { tree, queries } = open({}, ({ name }) => name === 'DC1' || name === 'DC0_H0_VM0')
  const dc0 = tree.findByPath('/DC0')!.id
  const names = async (list: Promise<VsphereObject[]>) => (await list).map(({ name }) => name)
  assert.deepEqual(await names(queries.datacenters(somebody)), ['DC1'])
  assert.deepEqual(await names(queries.datacenters(somebody, { datacenters: [dc0] })), [])
  assert.deepEqual(await names(queries.virtualMachines(somebody)), ['DC0_H0_VM0'])
  assert.deepEqual(await names(queries.virtualMachines(somebody, { datacenters: [dc0] })), ['DC0_H0_VM0'])
  assert.deepEqual(await names(queries.folders(somebody)), [])
})

test('nobody is asked about what the filter leaves out', async () => {
  const { tree, queries, asked } = open({ vms: 1000 }, () => true)
  const folder = tree.findByPath('/DC0/vm/Production')!.id
  const inFolder = (await queries.virtualMachines(somebody, { folders: [folder] })).length
  assert(inFolder > 0 && inFolder < 1000)
  assert.equal(asked(), inFolder)
})

test('more than 1000 datacenters, or 4000 virtual machines, are refused; so many are listed', async () => {
  const size = { datacenters: 1001, clusters: 0, vms: 4001 }
  const all = open(size, () => true).queries
  const refusal = { code: 'limit_reached' }
  await assert.rejects(all.datacenters(somebody), refusal)
  await assert.rejects(all.virtualMachines(somebody), refusal)
  await assert.rejects(all.folders(somebody), refusal)
  const others = open(size, ({ name }) => name !== 'DC7' && name !== 'DC7_H0_VM0').queries
  assert.equal((await others.datacenters(somebody)).length, 1000)
  assert.equal((await others.virtualMachines(somebody)).length, 4000)
})

test('a value that a filter names twice lists an object once', async () => {
  const { tree, queries } = open({}, () => true)
  const { id } = tree.findByPath('/DC0')!
  assert.equal((await queries.datacenters(somebody, { datacenters: [id, id] })).length, 1)
  const folder = tree.findByPath('/DC0/vm')!.id
  const once = (await queries.virtualMachines(somebody, { folders: [folder] })).length
  assert.equal((await queries.virtualMachines(somebody, { folders: [folder, folder] })).length, once)
})

test('a long list lets others have their turn', async () => {
  const { queries } = open({ vms: 50_000 }, () => false)
  let turns = 0
  const count = setInterval(() => turns++, 0)
  assert.deepEqual(await queries.virtualMachines(somebody), [])
  clearInterval(count)
  assert(turns > 0)
})

test("one caller's many lists leave another's its turns", async () => {
  // Slices that are used up at once.
  const { queries } = open({ vms: 500 }, () => true, createTurns({ slice: 0 }))
  const called = (key: string) => ({ key }) as VcenterPrincipal
  let ended = 0
  const many = Array.from({ length: 20 }, () => queries.virtualMachines(called('many')).then(() => ended++))
  await queries.virtualMachines(called('one'))
  assert.equal(ended, 0)
  await Promise.all(many)
})
