import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTurns } from '../../access/turns/turns.ts'
import type { Authorization } from '../../access/vcenter/authorization.ts'
import type { VcenterCall } from '../../access/vcenter/call.ts'
import { rootFolder } from '../../access/vcenter/object-tree.ts'
import { createInventoryBrowser } from './browser.ts'
import { createVsphereInventory } from './inventory.ts'
import { labSize, madeInventory } from './made-inventory.ts'
import type { VsphereObject } from './object.ts'

const call = {} as VcenterCall

function open(vms: number, seen: (object: VsphereObject) => boolean = () => true) {
  const tree = createVsphereInventory(madeInventory({ ...labSize, datacenters: 1, clusters: 0, vms }))
  const authorization = {
    allows(_principal, id, privilege) {
      const object = tree.find(id)
      return privilege === 'System.View' && object !== undefined && seen(object)
    },
    require() {},
  } as Partial<Authorization> as Authorization
  return { tree, browser: createInventoryBrowser(tree, authorization, createTurns()) }
}

const names = (objects: readonly VsphereObject[]) => objects.map(({ name }) => name)

test('children come in the order of their names, whatever their case, a part at a time', async () => {
  const { tree, browser } = open(3)
  const { id } = tree.findByPath('/DC0/vm')!
  const all = (await browser.children(call, id, { limit: 100 })).objects
  assert.deepEqual(names(all), ['DC0_H0_VM0', 'DC0_H0_VM1', 'DC0_H0_VM2', 'Production'])
  const found: VsphereObject[] = []
  for (let after: string | undefined, more = true; more; ) {
    const { objects, next } = await browser.children(call, id, { after, limit: 1 })
    found.push(...objects)
    after = next
    more = next !== undefined
  }
  assert.deepEqual(names(found), names(all))
})

test('a part goes on after an object that has gone meanwhile, and finds one that has come', async () => {
  const { tree, browser } = open(3)
  const { id } = tree.findByPath('/DC0/vm')!
  const { objects, next } = await browser.children(call, id, { limit: 2 })
  tree.follow({ removed: [objects[1]!.id] })
  assert.deepEqual(names((await browser.children(call, id, { after: next, limit: 9 })).objects), [
    'DC0_H0_VM2',
    'Production',
  ])
  const row = {
    id: 'group-v9999',
    type: 'Folder',
    name: 'aaa',
    parent: id,
    secondParent: null,
    details: '{"folderType":"vm"}',
  }
  tree.follow({ added: [row as never] })
  assert.equal((await browser.children(call, id, { limit: 1 })).objects[0]!.name, 'aaa')
  tree.follow({ updated: [{ ...row, name: 'zzz' } as never] })
  assert.equal((await browser.children(call, id, { limit: 9 })).objects.at(-1)!.name, 'zzz')
})

test('names are searched in one folder, and everywhere', async () => {
  const { tree, browser } = open(12)
  const { id } = tree.findByPath('/DC0/vm')!
  const here = await browser.children(call, id, { name: 'vm1', limit: 9 })
  assert.deepEqual(names(here.objects), ['DC0_H0_VM1', 'DC0_H0_VM10', 'DC0_H0_VM11'])
  const everywhere = await browser.search(call, 'h0', 3)
  assert.deepEqual([everywhere.objects.length, everywhere.all], [3, false])
  assert.deepEqual(names((await browser.search(call, id, 9)).objects), ['vm'])
})

test('what the caller does not see is not there', async () => {
  const { tree, browser } = open(3, ({ name }) => ['Datacenters', 'DC0', 'vm', 'DC0_H0_VM1'].includes(name))
  const vm = tree.findByPath('/DC0/vm')!
  assert.deepEqual(names((await browser.children(call, vm.id, { limit: 9 })).objects), ['DC0_H0_VM1'])
  assert.deepEqual(names((await browser.search(call, 'VM', 9)).objects), ['vm', 'DC0_H0_VM1'])
  assert.equal(browser.hasChildren(call, tree.findByPath('/DC0/host')!), false)
  assert.equal(browser.hasChildren(call, vm), true)
  assert.deepEqual(names(browser.pathOf(call, tree.findByPath('/DC0/vm/DC0_H0_VM1')!)), ['Datacenters', 'DC0', 'vm'])
})

test('a folder of a hundred thousand is shown a page at a time at once, and others have their turn', async () => {
  const { tree, browser } = open(100_000)
  const { id } = tree.findByPath('/DC0/vm')!
  const first = await browser.children(call, id, { limit: 100 })
  const started = performance.now()
  for (let page = 0, after = first.next; page < 100; page++) {
    after = (await browser.children(call, id, { after, limit: 100 })).next
  }
  assert(performance.now() - started < 1000)
  let turns = 0
  const count = setInterval(() => turns++, 0)
  assert.deepEqual((await browser.children(call, id, { name: 'no such name', limit: 9 })).objects, [])
  assert.equal((await browser.search(call, rootFolder, 9)).objects[0]!.name, 'Datacenters')
  clearInterval(count)
  assert(turns > 0)
})
