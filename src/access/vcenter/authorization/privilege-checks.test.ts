import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SmallTree } from '../../../../test/vcenter/small-tree.ts'
import type { VcenterCall } from '../call.ts'
import { longestWait, mostWaiting } from '../inferred.ts'
import { rootFolder } from '../object-tree.ts'
import { principalKey, type VcenterPrincipal } from '../principal.ts'
import { type CheckFilter, type CheckIteration, createPrivilegeChecks } from './privilege-checks.ts'
import { createRecordedChecks } from './recorded-checks.ts'

const person = (name: string): VcenterPrincipal => ({
  name,
  domain: 'vsphere.local',
  key: principalKey(name, 'vsphere.local'),
  groups: new Set(),
})
const u = person('u')
const call = (caller: VcenterPrincipal | undefined, opId = '', sessionKey = caller && `session of ${caller.name}`) =>
  ({ caller, sessionKey, opId, now: 0 }) as VcenterCall

function open(capacity = 100) {
  const tree = new SmallTree()
  for (let number = 1; number < 10; number++) tree.add(`vm-${number}`, 'VirtualMachine', [rootFolder])
  let collectors = new Set(['u'])
  const authorization = {
    allows: (who: VcenterPrincipal | undefined) => who !== undefined && collectors.has(who.name),
  }
  const recorded = createRecordedChecks(capacity, (id) => tree.find(id) !== undefined)
  const checks = createPrivilegeChecks(recorded, tree, authorization)
  const list = async (filter: CheckFilter = {}, iteration: CheckIteration = {}) => {
    const page = await checks.list(call(u), filter, iteration)
    return { ...page, items: page.items.map(({ objectId, privilege }) => `${objectId} ${privilege}`) }
  }
  return {
    tree,
    ...recorded,
    recorded,
    checks,
    list,
    latest: () => checks.latest(call(u)),
    revoke: () => {
      collectors = new Set()
    },
  }
}

const coded = (code: string) => (error: unknown) => (error as { code: string }).code === code

test('each check of a session and operation is kept once, in the order of the first', async () => {
  const { record, list, recorded } = open()
  const one = call(u, 'op-1')
  for (const id of ['vm-2', 'vm-1', 'vm-2']) record(one, id, 'P')
  record(call(u, 'op-1'), 'vm-2', 'P')
  record(one, 'vm-2', 'Q')
  assert.deepEqual((await list()).items, ['vm-2 P', 'vm-1 P', 'vm-2 Q'])
  assert.equal(recorded.newest, 3)
  record(call(u, 'op-2'), 'vm-1', 'P')
  record(call(u, 'op-1', 'another session'), 'vm-1', 'P')
  record(call(person('v'), 'op-1'), 'vm-1', 'P')
  assert.equal(recorded.newest, 6)
  // What differs in what is not shown is shown once.
  assert.deepEqual((await list()).items, ['vm-2 P', 'vm-1 P', 'vm-2 Q', 'vm-1 P'])
})

test('objects that are not there are not kept', () => {
  const { record, recorded } = open()
  for (let number = 100; number < 200; number++) record(call(u), `vm-${number}`, 'P')
  assert.equal(recorded.newest, 0)
})

test('those who have not signed in are kept once, whatever they call their operations', () => {
  const { record, recorded } = open()
  for (let number = 0; number < 50; number++) record(call(undefined, `op-${number}`), 'vm-1', 'System.Anonymous')
  assert.equal(recorded.newest, 1)
})

test('a full buffer forgets the oldest, which are then kept again', async () => {
  const { record, list, recorded } = open(3)
  const one = call(u, 'op')
  for (const id of ['vm-1', 'vm-2', 'vm-3', 'vm-4']) record(one, id, 'P')
  assert.deepEqual((await list()).items, ['vm-2 P', 'vm-3 P', 'vm-4 P'])
  record(one, 'vm-4', 'P')
  record(one, 'vm-1', 'P')
  assert.deepEqual((await list()).items, ['vm-3 P', 'vm-4 P', 'vm-1 P'])
  // A scope of which nothing is kept any more begins anew.
  for (const id of ['vm-5', 'vm-6', 'vm-7']) record(call(u, 'other'), id, 'P')
  record(one, 'vm-1', 'P')
  record(call(u, 'op'), 'vm-1', 'P')
  assert.deepEqual((await list()).items, ['vm-6 P', 'vm-7 P', 'vm-1 P'])
  assert.equal(recorded.newest, 9)
})

test('markers take up a list where it ended, and end it where they say', async () => {
  const { record, list, latest } = open()
  const start = latest()
  for (const id of ['vm-1', 'vm-2', 'vm-3']) record(call(u), id, 'P')
  const middle = latest()
  for (const id of ['vm-4', 'vm-5']) record(call(u), id, 'P')
  assert.deepEqual((await list({}, { marker: start })).items.length, 5)
  assert.deepEqual((await list({}, { marker: middle })).items, ['vm-4 P', 'vm-5 P'])
  assert.deepEqual((await list({}, { endMarker: middle })).items, ['vm-1 P', 'vm-2 P', 'vm-3 P'])
  assert.deepEqual((await list({}, { marker: middle, endMarker: middle })).items, [])
  assert.deepEqual((await list({}, { marker: '', endMarker: '' })).items.length, 5)

  const paged: string[] = []
  for (let marker = start; ; ) {
    const page = await list({}, { marker, size: 2 })
    if (page.items.length === 0) {
      assert.equal(page.marker, latest())
      break
    }
    assert(page.items.length <= 2 && !page.truncated)
    paged.push(...page.items)
    marker = page.marker
  }
  assert.deepEqual(paged, ['vm-1 P', 'vm-2 P', 'vm-3 P', 'vm-4 P', 'vm-5 P'])
})

test('a list says so when checks after its marker may be missing', async () => {
  const { record, list, latest } = open(3)
  const start = latest()
  const one = call(u)
  record(one, 'vm-1', 'P')
  const first = latest()
  for (const id of ['vm-2', 'vm-3']) record(one, id, 'P')
  assert.equal((await list({}, { marker: start })).truncated, false)
  assert.equal((await list({}, { marker: first })).truncated, false)
  record(one, 'vm-4', 'P')
  assert.equal((await list({}, { marker: start })).truncated, true)
  assert.equal((await list({}, { marker: first })).truncated, true)
  assert.deepEqual((await list({}, { marker: first })).items, ['vm-2 P', 'vm-3 P', 'vm-4 P'])
  assert.equal((await list()).truncated, false)
})

test('a marker that never was one is refused', async () => {
  const { record, list, latest } = open()
  record(call(u), 'vm-1', 'P')
  const [start] = latest().split('.')
  for (const marker of ['x', '1', `${start}`, `${start}.2`, `${start}.-1`, `${start}.01`, `${start}.1 `, `other.1`]) {
    await assert.rejects(list({}, { marker }), coded('not_found'), marker)
    await assert.rejects(list({}, { endMarker: marker }), coded('not_found'), marker)
  }
  const { latest: ofAnother } = open()
  await assert.rejects(list({}, { marker: ofAnother() }), coded('not_found'))
  for (const wrong of [{ size: 0 }, { size: -1 }, { size: 1.5 }, { timeoutMs: -1 }]) {
    await assert.rejects(list({}, wrong), coded('invalid_field'))
  }
})

test('a filter lets pass what meets one of its conditions', async () => {
  const { record, list } = open()
  record(call(u, 'op-1'), 'vm-1', 'P')
  record(call(person('v'), 'op-2'), 'vm-2', 'P')
  record(call(undefined), 'vm-3', 'System.Anonymous')
  const vm = (id: string, type = 'ManagedEntity') => ({ type, id })
  const cases: [CheckFilter, string[]][] = [
    [{ objects: [vm('vm-1', 'virtualmachine')] }, ['vm-1 P']],
    [{ objects: [vm('vm-1', 'Folder'), vm('vm-9')] }, []],
    [{ principals: [{ name: 'U', domain: 'VSPHERE.local' }] }, ['vm-1 P']],
    [{ principals: [undefined] }, ['vm-3 System.Anonymous']],
    [{ privileges: ['P'] }, ['vm-1 P', 'vm-2 P']],
    [{ opIds: ['op-2', ''] }, ['vm-2 P']],
    [{ sessionKeys: ['session of u'] }, ['vm-1 P']],
    [{ privileges: ['System.Anonymous'], opIds: ['op-1'] }, ['vm-1 P', 'vm-3 System.Anonymous']],
    [{ privileges: [] }, []],
    [{}, ['vm-1 P', 'vm-2 P', 'vm-3 System.Anonymous']],
  ]
  for (const [filter, expected] of cases) assert.deepEqual((await list(filter)).items, expected)
})

test('a check of an object that is gone is still found, by the type that fits all', async () => {
  const { record, list, tree, checks, recorded } = open()
  record(call(u), 'vm-1', 'P')
  assert.deepEqual(checks.objectOf(recorded.at(1)), { type: 'VirtualMachine', id: 'vm-1' })
  tree.remove('vm-1')
  assert.deepEqual(checks.objectOf(recorded.at(1)), { type: 'ManagedEntity', id: 'vm-1' })
  assert.deepEqual((await list({ objects: [{ type: 'managedentity', id: 'vm-1' }] })).items, ['vm-1 P'])
  assert.deepEqual((await list({ objects: [{ type: 'VirtualMachine', id: 'vm-1' }] })).items, [])
})

test('a list with a marker waits for the first check that passes', async () => {
  const { record, list, latest } = open()
  const filter = { objects: [{ type: 'ManagedEntity', id: 'vm-2' }] }
  const marker = latest()
  const waiting = list(filter, { marker, timeoutMs: longestWait })
  record(call(u), 'vm-1', 'P')
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  record(call(u), 'vm-2', 'P')
  record(call(u), 'vm-3', 'P')
  const { items, marker: next } = await waiting
  assert.deepEqual(items, ['vm-2 P'])
  assert.deepEqual((await list({}, { marker: next })).items, [])
})

test('nobody waits longer than they asked for, without a marker, or for what an end excludes', async () => {
  const { record, list, latest, recorded } = open()
  record(call(u), 'vm-1', 'P')
  const marker = latest()
  assert.deepEqual((await list({}, { marker, timeoutMs: 5 })).items, [])
  assert.deepEqual((await list({ privileges: ['Q'] }, { timeoutMs: longestWait })).items, [])
  assert.deepEqual((await list({}, { marker, endMarker: marker, timeoutMs: longestWait })).items, [])
  assert.equal(recorded.listening, 0)
})

test('whoever waits is answered when the server stops, and nobody begins to', async () => {
  const { checks, list, latest, recorded } = open()
  const waiting = [1, 2, 3].map(() => list({}, { marker: latest(), timeoutMs: longestWait }))
  await new Promise(setImmediate)
  assert.equal(recorded.listening, 3)
  checks.close()
  for (const { items } of await Promise.all(waiting)) assert.deepEqual(items, [])
  assert.deepEqual((await list({}, { marker: latest(), timeoutMs: longestWait })).items, [])
  assert.equal(recorded.listening, 0)
})

test('only so many wait at a time', async () => {
  const { checks, list, latest, recorded } = open()
  const marker = latest()
  const all = Array.from({ length: mostWaiting + 20 }, () => list({}, { marker, timeoutMs: longestWait }))
  await Promise.race(all)
  assert.equal(recorded.listening, mostWaiting)
  checks.close()
  await Promise.all(all)
})

test('whoever may not collect checks gets none, nor after having waited', async () => {
  const { checks, record, list, latest, revoke } = open()
  await assert.rejects(checks.list(call(person('v'))), coded('forbidden'))
  await assert.rejects(checks.list(call(undefined)), coded('unauthenticated'))
  assert.throws(() => checks.latest(call(person('v'))), coded('forbidden'))
  const waiting = list({}, { marker: latest(), timeoutMs: longestWait })
  revoke()
  record(call(u), 'vm-1', 'P')
  await assert.rejects(waiting, coded('forbidden'))
})
