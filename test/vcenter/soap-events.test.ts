import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inferred } from '../../src/http/vcenter/sdk/inferred.ts'
import { databases, openLab } from '../lab.ts'
import { signedIn } from './clients.ts'
import { managers, type Ref, ref, Vim, Xml } from './soap-client.ts'

const events: Ref = 'EventManager:EventManager'
const { root, authorization, sessions } = managers

// biome-ignore lint/suspicious/noExplicitAny: events of every shape
type Any = any

for (const database of databases) {
  test(
    `${database.kind}: sign-ins, roles and permissions are events, whichever face they came by`,
    database,
    async () => {
      await using lab = await openLab(database)
      const nobody = new Vim(lab.a)
      const { vim } = await nobody.signIn()
      await nobody.send('Login', sessions, { userName: 'nobody@vsphere.local', password: 'wrong' })
      const roleId = await vim.call('AddAuthorizationRole', authorization, { name: 'ops', privIds: ['VApp.Move'] })
      await vim.call('UpdateAuthorizationRole', authorization, { roleId, newName: 'op', privIds: ['VApp.Clone'] })
      const permission = { principal: 'VSPHERE.LOCAL\\holouser', group: false, roleId, propagate: true }
      const set = (given: object, entity: Ref) =>
        vim.call('SetEntityPermissions', authorization, { entity: ref('entity', entity), permission: given })
      await set(permission, root)
      await set({ ...permission, propagate: false }, root)
      // It was so already.
      await set({ ...permission, propagate: false }, root)
      const dc0 = await vim.at('DC0')
      await set({ ...permission, roleId: -2 }, dc0)
      const user = 'VSPHERE.LOCAL\\holouser'
      await vim.call('RemoveEntityPermission', authorization, { entity: ref('entity', dc0), user, isGroup: false })
      const rest = await signedIn(lab.a)
      const made = await rest.post('/api/vcenter/authorization/roles', { name: 'r', description: '', privileges: [] })
      assert.equal(made.status, 201)
      await rest.delete(`/api/vcenter/authorization/roles/${made.json}`)
      await rest.delete('/api/session')
      await vim.call('PowerOffVM_Task', await vim.at('DC0/vm/DC0_H0_VM0'))

      const query = (filter: object = {}): Promise<Any[]> => vim.list('QueryEvents', events, { filter })
      const all = await query()
      const wanted = [
        ['UserLoginSessionEvent', `User VSPHERE.LOCAL\\Administrator@127.0.0.1 logged in as ${all[0].userAgent}`],
        ['BadUsernameSessionEvent', 'Cannot login nobody@vsphere.local@127.0.0.1'],
        ['RoleAddedEvent', 'New role ops created'],
        ['RoleUpdatedEvent', 'Role ops modified: it is named op'],
        ['PermissionAddedEvent', `Permission created for ${user} on Datacenters, role is op, propagation is Enabled`],
        [
          'PermissionUpdatedEvent',
          `Permission changed for ${user} on Datacenters, role is op, propagation is Disabled`,
        ],
        ['PermissionAddedEvent', `Permission created for ${user} on DC0, role is ReadOnly, propagation is Enabled`],
        ['PermissionRemovedEvent', `Permission rule removed for ${user} on DC0`],
        ['UserLoginSessionEvent', `User VSPHERE.LOCAL\\Administrator@127.0.0.1 logged in as ${all[8].userAgent}`],
        ['RoleAddedEvent', 'New role r created'],
        ['RoleRemovedEvent', 'Role r removed'],
        ['UserLogoutSessionEvent', 'User VSPHERE.LOCAL\\Administrator@127.0.0.1 logged out'],
      ]
      assert.deepEqual(
        all.map((one) => [one['xsi:type'], one.fullFormattedMessage]),
        wanted,
      )
      const keys = all.map(({ key }) => Number(key))
      assert.deepEqual(
        [...new Set(keys)].sort((a, b) => a - b),
        keys,
      )
      const updated = all[3]
      assert.deepEqual(
        [updated.prevRoleName, updated.privilegesAdded, updated.privilegesRemoved],
        ['ops', 'VApp.Clone', 'VApp.Move'],
      )
      assert.deepEqual([all[5].entity.entity, all[5].prevPropagate, all[5].role.name], [root, 'true', 'op'])
      assert.equal(all[4].userName, 'VSPHERE.LOCAL\\Administrator')

      // What is asked for.
      const count = async (filter: object) => (await query(filter)).length
      assert.equal(await count({ type: 'RoleEvent' }), 4)
      assert.equal(await count({ eventTypeId: ['vim.event.RoleAddedEvent', 'RoleRemovedEvent'] }), 3)
      assert.equal(await count({ type: 'VmPoweredOffEvent' }), 0)
      assert.equal(await count({ category: 'error' }), 1)
      assert.equal(await count({ eventChainId: all[5].chainId }), 1)
      assert.equal(await count({ tag: 'x' }), 0)
      const by = (userList: string) =>
        new Xml(`<userName><systemUser>false</systemUser><userList>${userList}</userList></userName>`)
      assert.equal(await count({ x: by('administrator@vsphere.local') }), 11)
      assert.equal(await count({ x: by('VSPHERE.LOCAL\\nobody') }), 1)
      const on = (entity: Ref, recursion: string) =>
        new Xml(`<entity>${ref('entity', entity).text}<recursion>${recursion}</recursion></entity>`)
      assert.equal(await count({ x: on(dc0, 'self') }), 2)
      assert.equal(await count({ x: on(root, 'children') }), 2)
      assert.equal(await count({ x: on(root, 'all') }), 12)
      assert.equal(await count({ time: { beginTime: all[0].createdTime, endTime: all[0].createdTime } }), 12)
      assert.equal(await count({ time: { endTime: '2001-01-01T00:00:00Z' } }), 0)
      const [newest] = await query({ maxCount: 1, disableFullMessage: true })
      assert.deepEqual([newest['xsi:type'], newest.fullFormattedMessage], ['UserLogoutSessionEvent', undefined])
      await vim.refused('InvalidArgument', 'QueryEvents', events, { filter: { maxCount: 0 } })
      await vim.refused('ManagedObjectNotFound', 'QueryEvents', events, {
        filter: { x: on('Folder:group-v4711', 'all') },
      })
    },
  )
}

const sqlite = databases[0] ?? assert.fail('no database')

test('a collector goes back and forth over events, and hears of those that come', sqlite, async () => {
  await using lab = await openLab(sqlite)
  const { vim } = await new Vim(lab.a).signIn()
  const add = (name: string) => vim.call('AddAuthorizationRole', authorization, { name })
  for (const name of ['a', 'b', 'c']) await add(name)
  const filter = { type: 'RoleAddedEvent' }
  const collector: Ref = await vim.call('CreateCollectorForEvents', events, { filter })
  const read = async (method: string, maxCount: number) =>
    (await vim.list(method, collector, { maxCount })).map(({ role }) => role.name).join('')
  assert.equal(await read('ReadNextEvents', 2), 'ab')
  assert.equal(await read('ReadNextEvents', 2), 'c')
  assert.equal(await read('ReadNextEvents', 2), '')
  await add('d')
  assert.equal(await read('ReadNextEvents', 2), 'd')
  assert.equal(await read('ReadPreviousEvents', 3), 'dcb')
  await vim.call('RewindCollector', collector)
  assert.equal(await read('ReadNextEvents', 1), 'a')
  await vim.call('SetCollectorPageSize', collector, { maxCount: 2 })
  await add('e')
  await vim.call('ResetCollector', collector)
  const { latestPage } = await vim.read(collector, 'latestPage')
  assert.deepEqual(
    latestPage.map(({ role }: Any) => role.name),
    ['e', 'd'],
  )
  assert.equal(await read('ReadNextEvents', 9), 'de')
  await vim.refused('InvalidArgument', 'ReadNextEvents', collector, { maxCount: inferred.eventsOfAnswer + 1 })
  await vim.call('DestroyCollector', collector)
  await vim.refused('ManagedObjectNotFound', 'ReadNextEvents', collector, { maxCount: 1 })
  for (let n = 0; n < inferred.eventCollectorsOfSession; n++)
    await vim.call('CreateCollectorForEvents', events, { filter })
  await vim.refused('LimitExceeded', 'CreateCollectorForEvents', events, { filter })
})

test('an event is shown to whoever may read the object it is about', sqlite, async () => {
  await using lab = await openLab(sqlite)
  const nobody = new Vim(lab.a)
  const { vim } = await nobody.signIn()
  const dc0 = await vim.at('DC0')
  const other = await vim.call('CreateDatacenter', root, { name: 'other' })
  const give = (entity: Ref, propagate: boolean) =>
    vim.call('SetEntityPermissions', authorization, {
      entity: ref('entity', entity),
      permission: { principal: 'VSPHERE.LOCAL\\holouser', group: false, roleId: -2, propagate },
    })
  await give(root, false)
  await give(dc0, true)
  const principal = 'VSPHERE.LOCAL\\holodeck-vmadmin'
  const permission = { principal, group: false, roleId: -2, propagate: true }
  await vim.call('SetEntityPermissions', authorization, { entity: ref('entity', other), permission })
  const filter = { type: 'PermissionAddedEvent' }
  const seenBy = async (who: Vim) =>
    (await who.list('QueryEvents', events, { filter })).map(({ entity }) => entity.entity)
  const { vim: reader } = await nobody.signIn('holouser@vsphere.local')
  assert.deepEqual(await seenBy(vim), [root, dc0, other])
  assert.deepEqual(await seenBy(reader), [root, dc0])

  // Rights are those of now, for a collector's events too.
  const collector: Ref = await reader.call('CreateCollectorForEvents', events, { filter })
  const user = 'VSPHERE.LOCAL\\holouser'
  await vim.call('RemoveEntityPermission', authorization, { entity: ref('entity', dc0), user, isGroup: false })
  assert.deepEqual(await seenBy(reader), [root])
  const left = await reader.list('ReadNextEvents', collector, { maxCount: 10 })
  assert.deepEqual(
    left.map(({ entity }) => entity.entity),
    [root],
  )
  await nobody.refused('NotAuthenticated', 'QueryEvents', events, { filter })
})
