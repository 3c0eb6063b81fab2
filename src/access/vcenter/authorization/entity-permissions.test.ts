import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { SmallTree } from '../../../../test/vcenter/small-tree.ts'
import type { Change } from '../../../audit/journal.ts'
import { openDatabase } from '../../../store/database.ts'
import { inSavepoint } from '../../../store/savepoint.ts'
import { createStores } from '../../../store/stores.ts'
import type { VcenterCall } from '../call.ts'
import { globalRoot, rootFolder } from '../object-tree.ts'
import { principalKey, type VcenterPrincipal } from '../principal.ts'
import { createAuthorization } from './authorizer.ts'
import { createEntityPermissions } from './entity-permissions.ts'
import { granteeOf, type Permission } from './permission.ts'
import { createPermissionChanges, type GivenRole } from './permission-changes.ts'
import { createPermissionIndex } from './permission-index.ts'
import { createPermissionView } from './permission-view.ts'
import { createRoleView } from './role-view.ts'
import { rowOfPermission, rowOfRole } from './rows.ts'
import { createVcenterPermissions } from './vcenter-permissions.ts'
import { createVcenterRoles } from './vcenter-roles.ts'

const domain = 'vsphere.local'
const modify = 'Authorization.ModifyPermissions'
const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-permissions-'))
const database = await openDatabase({ kind: 'sqlite', dataDir })
after(async () => {
  await database.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const person = (name: string): VcenterPrincipal => ({
  name,
  domain,
  key: principalKey(name, domain),
  groups: new Set(),
})
const admin = person('admin')
const delegate = person('delegate')

const given = (name: string, roleId: number, propagate = true, group = false): GivenRole => ({
  group,
  name,
  domain,
  roleId,
  propagate,
})

function permission(objectId: string, { group, name, roleId, propagate }: GivenRole): Permission {
  const grantee = granteeOf(group, principalKey(name, domain))
  return { objectId, name, domain, group, grantee, roleId, propagate }
}

const madeRole = (id: number, ...privileges: string[]) => ({
  id,
  name: `role ${id}`,
  label: '',
  description: '',
  privileges: new Set(['System.Anonymous', 'System.Read', 'System.View', ...privileges]),
  system: false,
  grantable: true,
})

/** A datacenter with a folder and a machine, in a store of its own; admin is Administrator on the root. */
async function world(...more: Permission[]) {
  const { write } = database
  const tree = new SmallTree()
    .add('datacenter-1', 'Datacenter', [rootFolder])
    .add('group-v2', 'Folder', ['datacenter-1'], true)
    .add('group-v3', 'Folder', ['group-v2'])
    .add('vm-4', 'VirtualMachine', ['group-v3'])
  const stored = [permission(rootFolder, given('admin', -1)), ...more]
  const made = [madeRole(1001, modify, 'VirtualMachine.Interact.PowerOn'), madeRole(1002, 'Datastore.Move')]
  const stores = createStores(write)
  for (const table of ['vcenterPermission', 'vcenterRole', 'inventoryObject'] as const) {
    await write.deleteFrom(table).execute()
  }
  for (const [number, id] of tree.ids.entries()) {
    const row = { number, id, type: 'Folder', name: id, parent: null, secondParent: null, details: '{}' }
    await stores.inventoryObjects.insert([row])
  }
  for (const one of stored) await stores.vcenterPermissions.insert(rowOfPermission(one))
  for (const role of made) await stores.vcenterRoles.insert(rowOfRole(role))
  const roles = createRoleView(made)
  const permissions = createPermissionView(stored)
  const index = createPermissionIndex({ tree, permissions, roles })
  const authorization = createAuthorization(index, () => {})
  const changes = createPermissionChanges({ permissions, index, authorization })
  const parts = { tree, roles, permissions, index, authorization, changes }
  let asked = 0

  const callOf = (caller: VcenterPrincipal): VcenterCall => ({
    caller,
    sessionKey: 'session',
    opId: '',
    now: 0,
    async change<T>(work: (change: Change) => Promise<T>) {
      const transaction = await write.startTransaction().execute()
      const told: (() => void)[] = []
      try {
        const inside = {
          stores: createStores(transaction),
          values() {},
          onCommit: (tell: () => void) => told.push(tell),
        }
        const result = await inSavepoint(transaction, () => work(inside))
        await transaction.commit().execute()
        for (const tell of told) tell()
        return result
      } catch (error) {
        await transaction.rollback().execute()
        throw error
      }
    },
  })

  /** What is stored, which is what is in memory. */
  async function on(objectId: string): Promise<string[]> {
    const shown = (grantee: string, roleId: number, propagate: boolean) =>
      `${grantee.replace(`:${domain}\\`, ' ')} ${roleId}${propagate ? '' : ' here'}`
    const rows = await stores.vcenterPermissions.on([objectId])
    const listed = rows.map(({ grantee, roleId, propagate }) => shown(grantee, roleId, propagate === 1)).sort()
    const known = [...permissions.on(objectId).values()]
    const remembered = known.map(({ grantee, roleId, propagate }) => shown(grantee, roleId, propagate)).sort()
    assert.deepEqual(remembered, listed)
    return listed
  }

  return {
    ...parts,
    useById: createVcenterPermissions(parts),
    use: createEntityPermissions({
      ...parts,
      async knowsPrincipal(name) {
        asked++
        return !name.startsWith('unknown')
      },
    }),
    useRoles: createVcenterRoles(parts),
    as: callOf,
    on,
    asked: () => asked,
  }
}

const refusal = (code: string, about?: object) => (error: unknown) => {
  const { code: actual, details } = error as { code: string; details: Record<string, string> }
  assert.equal(actual, code, String(error))
  for (const [key, value] of Object.entries(about ?? {})) assert.equal(details[key], value)
  return true
}

test('setting permissions adds and updates, and lets the others be', async () => {
  const { use, as, on } = await world(
    permission('datacenter-1', given('old', -2)),
    permission('datacenter-1', given('other', -2)),
  )
  const entries = [given('OLD', -5, false), given('new', 1001), given('old', -2, true, true), given('new', 1002)]
  assert.equal(await use.set(as(admin), 'datacenter-1', entries), undefined)
  assert.deepEqual(await on('datacenter-1'), ['group old -2', 'user new 1002', 'user old -5 here', 'user other -2'])
})

test('setting permissions stops at the first that is refused; what came before it stays', async () => {
  for (const [wrong, code] of [
    [given('unknown', -2), 'user_not_found'],
    [given('x', 4711), 'invalid_field'],
    [given('x', -3), 'invalid_field'],
    [given('', -2), 'invalid_field'],
  ] as const) {
    const { use, as, on } = await world()
    const entries = [given('first', -2), wrong, given('last', -2)]
    const stopped = await use.set(as(admin), 'datacenter-1', entries)
    refusal(code)(stopped)
    assert.deepEqual(await on('datacenter-1'), ['user first -2'])
    await assert.rejects(use.set(as(admin), 'datacenter-1', [wrong, given('last', -2)]), refusal(code))
    assert.deepEqual(await on('datacenter-1'), ['user first -2'])
  }
})

test('setting permissions keeps an Administrator on the root at every step', async () => {
  const { use, as, on } = await world()
  const handOver = [given('admin', -2), given('next', -1)]
  await assert.rejects(use.set(as(admin), rootFolder, handOver), refusal('last_administrator'))
  assert.deepEqual(await on(rootFolder), ['user admin -1'])
  assert.equal(await use.set(as(admin), rootFolder, handOver.toReversed()), undefined)
  assert.deepEqual(await on(rootFolder), ['user admin -2', 'user next -1'])
})

test('resetting permissions replaces all of them, the last entry for somebody counts', async () => {
  const { use, as, on } = await world(
    permission('datacenter-1', given('old', -2)),
    permission('datacenter-1', given('gone', -2)),
  )
  await use.reset(as(admin), 'datacenter-1', [given('old', -1), given('new', -2), given('Old', -5, false)])
  assert.deepEqual(await on('datacenter-1'), ['user new -2', 'user old -5 here'])
  await use.reset(as(admin), 'datacenter-1', [])
  assert.deepEqual(await on('datacenter-1'), [])
})

test('resetting permissions is done as a whole or not at all, and keeps an Administrator in the end', async () => {
  const { use, as, on } = await world(permission('datacenter-1', given('old', -2)))
  for (const wrong of [given('unknown', -2), given('x', 4711), given('x', -4)]) {
    await assert.rejects(use.reset(as(admin), 'datacenter-1', [given('first', -2), wrong]))
    assert.deepEqual(await on('datacenter-1'), ['user old -2'])
  }
  for (const none of [[], [given('admin', -6)], [given('next', -2)]]) {
    await assert.rejects(use.reset(as(admin), rootFolder, none), refusal('last_administrator'))
  }
  await use.reset(as(admin), rootFolder, [given('admin', -2), given('next', -1)])
  assert.deepEqual(await on(rootFolder), ['user admin -2', 'user next -1'])
})

test('a permission is removed by its object and whose it is', async () => {
  const { use, as, on } = await world(
    permission('vm-4', given('both', -2)),
    permission('vm-4', given('both', -2, true, true)),
  )
  const both = { group: false, name: 'BOTH', domain: 'VSPHERE.local' }
  await use.remove(as(admin), 'vm-4', both)
  assert.deepEqual(await on('vm-4'), ['group both -2'])
  await assert.rejects(use.remove(as(admin), 'vm-4', both), refusal('not_found'))
  await assert.rejects(use.remove(as(admin), 'vm-5', both), refusal('not_found', { objectId: 'vm-5' }))
  const own = { group: false, name: 'admin', domain }
  await assert.rejects(use.remove(as(admin), rootFolder, own), refusal('last_administrator'))
})

test('what shares the permissions of another object takes none, and shows those of the other', async () => {
  const { use, as } = await world(permission('datacenter-1', given('u', -2)))
  const entries = [given('x', -2)]
  const details = { field: 'object', objectId: 'group-v2' }
  await assert.rejects(use.set(as(admin), 'group-v2', entries), refusal('invalid_field', details))
  await assert.rejects(use.reset(as(admin), 'group-v2', entries), refusal('invalid_field', details))
  await assert.rejects(use.remove(as(admin), 'group-v2', entries[0]!), refusal('invalid_field', details))
  const shown = use.on(as(admin), 'group-v2', false)
  assert.deepEqual(
    shown.map(({ objectId, name }) => [objectId, name]),
    [['datacenter-1', 'u']],
  )
})

test('inherited permissions are those above that propagate, nearest first, and no global ones', async () => {
  const { use, as } = await world(
    permission('vm-4', given('here', -2, false)),
    permission('group-v3', given('near', -2)),
    permission('group-v3', given('not-passed-on', -2, false)),
    permission('datacenter-1', given('far', -2)),
    permission(globalRoot, given('global', -2)),
  )
  const names = (inherited: boolean) => use.on(as(admin), 'vm-4', inherited).map(({ name }) => name)
  assert.deepEqual(names(false), ['here'])
  assert.deepEqual(names(true), ['here', 'near', 'far', 'admin'])
  assert.throws(() => use.on(as(delegate), 'vm-4', true), refusal('forbidden', { privilege: 'System.Read' }))
  assert.throws(() => use.on(as(admin), 'vm-5', true), refusal('not_found'))
})

test('who sees which permissions, of all roles or one', async () => {
  const { use, as } = await world(
    permission('group-v3', given('delegate', 1001)),
    permission('vm-4', given('u', 1002)),
    permission('datacenter-1', given('u', 1002)),
    permission(globalRoot, given('u', 1002)),
  )
  const places = (caller: VcenterPrincipal, roleId?: number) =>
    use
      .visible(as(caller), roleId)
      .map(({ objectId }) => objectId)
      .sort()
  assert.deepEqual(places(admin), ['datacenter-1', 'group-d1', 'group-v3', 'vm-4'])
  assert.deepEqual(places(admin, 1002), ['datacenter-1', 'vm-4'])
  // What is above they see because they have something below.
  assert.deepEqual(places(delegate), ['datacenter-1', 'group-d1', 'group-v3', 'vm-4'])
  assert.deepEqual(places(person('nobody')), [])
  assert.throws(() => use.visible(as(admin), 4711), refusal('not_found'))
})

test('merging gives whoever has one role the other', async () => {
  const { use, as, on } = await world(
    permission('vm-4', given('one', 1001, false)),
    permission(globalRoot, given('two', 1001)),
    permission(globalRoot, given('admin', -1)),
  )
  await use.merge(as(admin), 1001, 1002)
  assert.deepEqual(
    [await on('vm-4'), await on(globalRoot)],
    [['user one 1002 here'], ['user admin -1', 'user two 1002']],
  )
  for (const [from, to, code] of [
    [1002, 1002, 'invalid_field'],
    [1002, -3, 'invalid_field'],
    [1002, -4, 'invalid_field'],
    [4711, 1002, 'not_found'],
    [1002, 4711, 'not_found'],
    [-1, -2, 'last_administrator'],
  ] as const) {
    await assert.rejects(use.merge(as(admin), from, to), refusal(code), `${from} into ${to}`)
  }
  await assert.rejects(use.merge(as(delegate), 1002, 1001), refusal('forbidden'))
})

test('merging gives nobody more than the caller has there', async () => {
  const reassign = 'Authorization.ReassignRolePermissions'
  const { use, as, on, roles } = await world(
    permission(rootFolder, given('delegate', 1003)),
    permission('vm-4', given('u', -2)),
  )
  roles.put(madeRole(1003, reassign, modify))
  await assert.rejects(use.merge(as(delegate), -2, -1), refusal('forbidden'))
  await assert.rejects(use.merge(as(delegate), -2, 1001), refusal('forbidden', { objectId: 'vm-4' }))
  assert.deepEqual(await on('vm-4'), ['user u -2'])
})

test('a delegate gives what they have where they have it, by every way to give', async () => {
  const { use, useById, as, on } = await world(permission('datacenter-1', given('delegate', 1001)))
  const own = given('u', 1001)
  const more = given('u', 1002)
  const { set, reset } = use
  for (const way of [set, reset]) {
    await assert.rejects(way(as(delegate), 'datacenter-1', [more]), refusal('forbidden'))
    await assert.rejects(way(as(delegate), rootFolder, [own]), refusal('forbidden', { objectId: rootFolder }))
  }
  await set(as(delegate), 'vm-4', [own])
  await assert.rejects(set(as(delegate), 'vm-4', [more]), refusal('forbidden'))
  assert.deepEqual(await on('vm-4'), ['user u 1001'])
  const object = { type: 'VirtualMachine', id: 'vm-4' }
  await assert.rejects(useById.create(as(delegate), object, given('v', 1002)), refusal('forbidden'))
  // Losing one's own rights by one's own hand is not forbidden; what follows is.
  await use.remove(as(delegate), 'datacenter-1', { group: false, name: 'delegate', domain })
  await assert.rejects(set(as(delegate), 'vm-4', [own]), refusal('forbidden'))
})

test('removing a role may take its permissions along, where the caller can modify all of them', async () => {
  const { useRoles, as, on, roles } = await world(
    permission('vm-4', given('u', 1002)),
    permission(rootFolder, given('delegate', 1003)),
    permission('group-v3', given('delegate', -2)),
  )
  roles.put(madeRole(1003, 'Authorization.ModifyRoles', modify))
  await assert.rejects(useRoles.remove(as(admin), '1002'), refusal('in_use'))
  await assert.rejects(useRoles.remove(as(delegate), '1002', true), refusal('forbidden', { objectId: 'vm-4' }))
  assert.deepEqual(await on('vm-4'), ['user u 1002'])
  await useRoles.remove(as(admin), '1002', true)
  assert.deepEqual(await on('vm-4'), [])
  assert.equal(useRoles.known(1002), undefined)
})

test('a directory is asked once for every name, and before the change begins', async () => {
  const { use, as, asked } = await world()
  await use.set(as(admin), 'vm-4', [given('a', -2), given('A', -1), given('a', -2, true, true)])
  assert.equal(asked(), 2)
  await assert.rejects(use.set(as(delegate), 'vm-4', [given('b', -2)]), refusal('forbidden'))
  assert.equal(asked(), 2)
})
