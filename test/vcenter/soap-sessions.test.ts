import assert from 'node:assert/strict'
import { test } from 'node:test'
import { labSsoPassword } from '../../src/lab.ts'
import { databases, openLab } from '../lab.ts'
import { administrator, withSession } from './clients.ts'
import { managers, type Ref, ref, returned, sessionIn, Vim } from './soap-client.ts'

const { service, sessions, authorization, root } = managers
const vmadmin = 'holodeck-vmadmin@vsphere.local'

for (const database of databases) {
  test(`${database.kind}: sessions are listed, ended, cloned and taken over`, database, async () => {
    await using lab = await openLab(database)
    const agent = (name: string) => new Vim(lab.a.with({ headers: { 'user-agent': name } }))
    const { vim: admin, session } = await agent('govc/0.56.0').signIn()
    const restId = (await lab.a.as(administrator, labSsoPassword).post('/api/session')).json
    const list = async () => (await admin.read(sessions, 'sessionList')).sessionList
    const both = await list()
    assert.deepEqual(
      both.map(({ userName, userAgent }: Record<string, string>) => [userName, userAgent]),
      [
        ['VSPHERE.LOCAL\\Administrator', 'govc/0.56.0'],
        ['VSPHERE.LOCAL\\Administrator', ''],
      ],
    )
    assert(!JSON.stringify(both).includes(restId))

    const terminate = (...sessionId: string[]) => ['TerminateSession', sessions, { sessionId }] as const
    await admin.refused('NotFound', ...terminate('enoent'))
    const own = await admin.refused('InvalidArgument', ...terminate(both[1].key, session.key))
    assert.deepEqual(own, { invalidProperty: 'sessionId' })
    // All or none of them.
    await admin.refused('NotFound', ...terminate(both[1].key, 'enoent'))
    assert.equal((await list()).length, 2)
    assert.equal(await admin.call(...terminate(both[1].key)), undefined)
    await admin.refused('NotFound', ...terminate(both[1].key))
    assert.equal((await withSession(lab.a, restId).get('/api/session')).status, 401)

    const cloneTicket = await admin.call('AcquireCloneTicket', sessions)
    const answer = await agent('clone').send('CloneSession', sessions, { cloneTicket })
    const [cloned] = returned(answer)
    assert.deepEqual([cloned.userName, cloned.userAgent], [session.userName, 'clone'])
    assert.notEqual(cloned.key, session.key)
    const clone = admin.withSession(sessionIn(answer))
    assert.equal((await clone.read(sessions, 'currentSession')).currentSession.key, cloned.key)
    await agent('clone').refused('InvalidLogin', 'CloneSession', sessions, { cloneTicket })
    const worthless = await clone.call('AcquireCloneTicket', sessions)
    await clone.call('Logout', sessions)
    await agent('clone').refused('InvalidLogin', 'CloneSession', sessions, { cloneTicket: worthless })

    // Somebody without a session cannot be impersonated.
    const userName = vmadmin
    await admin.refused('InvalidLogin', 'ImpersonateUser', sessions, { userName })
    await admin.call('SetEntityPermissions', authorization, {
      entity: ref('entity', root),
      permission: { principal: vmadmin, group: false, roleId: -2, propagate: true },
    })
    const { vim: theirs } = await agent('').signIn(vmadmin)
    await admin.refused('InvalidLocale', 'ImpersonateUser', sessions, { userName, locale: 'tlh' })
    const taken = await admin.send('ImpersonateUser', sessions, { userName: 'VSPHERE.LOCAL\\HOLODECK-VMADMIN' })
    assert.equal(returned(taken)[0].userName, 'VSPHERE.LOCAL\\holodeck-vmadmin')
    const impersonating = admin.withSession(sessionIn(taken))
    await impersonating.refused('NoPermission', 'AddAuthorizationRole', authorization, { name: 'x' })
    // The session has become that one; theirs is another.
    await admin.refused('NotAuthenticated', 'CurrentTime', service)
    await theirs.call('CurrentTime', service)
  })

  test(
    `${database.kind}: a session ends by itself, and what it made for itself is gone with it`,
    database,
    async () => {
      await using lab = await openLab(database)
      const { vim, session } = await new Vim(lab.a).signIn()
      const { vim: other } = await new Vim(lab.a).signIn()
      const container = { container: ref('container', root), type: 'Datacenter', recursive: true }
      const view: Ref = await vim.call('CreateContainerView', managers.views, container)
      assert.deepEqual(await vim.call('Fetch', view, { prop: 'view' }), [
        'Datacenter:datacenter-3',
        await vim.at('DC1'),
      ])
      assert.deepEqual((await vim.read(managers.views, 'viewList')).viewList, [view])
      // It is nobody else's.
      await other.refused('ManagedObjectNotFound', 'Fetch', view, { prop: 'view' })
      await other.refused('ManagedObjectNotFound', 'DestroyView', view)
      assert.deepEqual((await other.read(managers.views, 'viewList')).viewList, [])

      for (let made = 1; made < 100; made++) await vim.call('CreateContainerView', managers.views, container)
      await vim.refused('LimitExceeded', 'CreateContainerView', managers.views, container)
      await vim.call('DestroyView', view)
      await vim.refused('ManagedObjectNotFound', 'DestroyView', view)
      await vim.call('CreateContainerView', managers.views, container)

      lab.clock.advance({ seconds: 119 * 60 })
      await vim.call('CurrentTime', service)
      lab.clock.advance({ seconds: 119 * 60 })
      await vim.call('CurrentTime', service)
      await other.refused('NotAuthenticated', 'CurrentTime', service)
      lab.clock.advance({ seconds: 120 * 60 })
      await vim.refused('NotAuthenticated', 'CurrentTime', service)
      const { vim: again } = await new Vim(lab.a).signIn()
      const has = { entity: ref('entity', root), sessionId: session.key, privId: 'System.View' }
      assert.equal(await again.call('HasPrivilegeOnEntity', authorization, has), 'false')
    },
  )
}
