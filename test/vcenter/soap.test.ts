import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { labSsoPassword } from '../../src/lab.ts'
import { databases, type Lab, openLab } from '../lab.ts'
import { administrator, signedIn, withSession } from './clients.ts'
import { managers, type Ref, ref, returned, Vim } from './soap-client.ts'

const { service, sessions, authorization, index, root } = managers
const dc0: Ref = 'Datacenter:datacenter-3'
const vmadmin = 'holodeck-vmadmin@vsphere.local'

async function open(lab: Lab) {
  const nobody = new Vim(lab.a)
  const { vim: admin, id, session } = await nobody.signIn()
  return { nobody, admin, id, session }
}

const permission = (principal: string, roleId: number | string, propagate = true, group = false) => ({
  principal,
  group,
  roleId,
  propagate,
})

const auditLog = (lab: Lab) => readFileSync(join(lab.dataDir, 'vcenter-audit.log'), 'utf8')

for (const database of databases) {
  test(`${database.kind}: sessions of SOAP and of the other faces are the same ones`, database, async () => {
    await using lab = await openLab(database)
    const { nobody, admin, id, session } = await open(lab)

    assert.equal(session.userName, 'VSPHERE.LOCAL\\Administrator')
    assert.deepEqual([session.loginTime, session.ipAddress], ['2026-11-22T12:00:00.000Z', '127.0.0.1'])
    assert.notEqual(session.key, id)
    const rest = withSession(lab.a, id)
    assert.equal((await rest.get('/api/session')).json.user, 'Administrator@vsphere.local')

    const restId = (await lab.a.as(administrator, labSsoPassword).post('/api/session')).json
    const other = nobody.withSession(restId)
    const { currentSession } = await other.read(sessions, 'currentSession')
    assert.equal(currentSession.userName, session.userName)
    const isActive = { sessionID: session.key, userName: administrator }
    assert.equal(await other.call('SessionIsActive', sessions, isActive), 'true')
    assert.equal(await other.call('SessionIsActive', sessions, { ...isActive, userName: vmadmin }), 'false')
    assert.equal(await other.call('SessionIsActive', sessions, { ...isActive, sessionID: id }), 'false')

    const ended = await admin.send('Logout', sessions)
    assert.deepEqual([returned(ended), ended.headers['set-cookie']], [[], undefined])
    assert.equal((await rest.get('/api/session')).status, 401)
    assert.equal((await withSession(lab.a, restId).delete('/api/session')).status, 204)
    const refused = await other.refused('NotAuthenticated', 'Logout', sessions)
    assert.deepEqual(refused, { object: 'Folder:group-d1', privilegeId: 'System.View' })
  })

  test(`${database.kind}: the session's id is read as clients send it`, database, async () => {
    await using lab = await openLab(database)
    const { nobody, id } = await open(lab)
    const current = (vim: Vim, header = '') =>
      vim.send('CurrentTime', service, {}, header).then(({ status }) => status === 200)
    for (const cookie of [
      `vmware_soap_session=${id}`,
      `vmware_soap_session="${id}"`,
      `vmware_soap_session=${id}; Path=/; HttpOnly; Secure; SameSite=Strict`,
      `Path=/; vmware_soap_session="${id}" ;HttpOnly`,
      `other=1; vmware_soap_session=${id}`,
    ]) {
      assert(await current(new Vim(lab.a.with({ headers: { cookie } }))), cookie)
    }
    assert(await current(nobody, `<vcSessionCookie xmlns="urn:any">${id}</vcSessionCookie>`))
    for (const cookie of [
      `vmware_soap_sessions=${id}`,
      `VMWARE_SOAP_SESSION=${id}`,
      `vmware_soap_session=${id}0`,
      `vmware_soap_session=${id.toUpperCase()}`,
      'vmware_soap_session=',
      `vmware-api-session-id=${id}`,
    ]) {
      assert(!(await current(new Vim(lab.a.with({ headers: { cookie } })))), cookie)
    }
    assert(!(await current(nobody, `<vcSessionCookie>${id.slice(1)}</vcSessionCookie>`)))
  })

  test(
    `${database.kind}: a sign-in fails alike for whatever reason, and leaves no password behind`,
    database,
    async () => {
      await using lab = await openLab(database)
      const { nobody, admin } = await open(lab)
      const faults = new Set<string>()
      for (const [userName, password] of [
        [administrator, 'Wrong-Password-1'],
        ['nobody@vsphere.local', 'Wrong-Password-1'],
        ['nobody@elsewhere.example', 'Wrong-Password-1'],
        ['', ''],
        ['\\', 'Wrong-Password-1'],
      ]) {
        const answer = await nobody.send('Login', sessions, { userName, password })
        assert.equal(answer.headers['set-cookie'], undefined)
        faults.add(answer.text)
      }
      assert.deepEqual(
        [...faults].map((text) => /<InvalidLoginFault [^>]*xsi:type="InvalidLogin"\/>/.test(text)),
        [true],
      )

      await admin.refused('InvalidLogin', 'Login', sessions, { userName: administrator, password: labSsoPassword })
      const known = { userName: administrator, password: labSsoPassword }
      await nobody.refused('InvalidLocale', 'Login', sessions, { ...known, locale: 'tlh' })
      const german = await nobody.call('Login', sessions, { ...known, locale: 'de_DE' })
      assert.deepEqual([german.locale, german.messageLocale], ['de_DE', 'en'])
      // A user without any permission sees nothing, and does not come in.
      const noPermission = await nobody.refused('NoPermission', 'Login', sessions, { ...known, userName: vmadmin })
      assert.deepEqual(noPermission, { object: root, privilegeId: 'System.View' })
      await nobody.refused('InvalidLogin', 'LoginByToken', sessions)
      for (const method of ['LoginBySSPI', 'LoginExtensionByCertificate']) {
        await nobody.refused(
          'NotSupported',
          method,
          sessions,
          {
            LoginBySSPI: { base64Token: 'Wrong-Password-1' },
            LoginExtensionByCertificate: { extensionKey: 'com.vmware.vsan.health' },
          }[method],
        )
      }

      const log = auditLog(lab)
      assert.doesNotMatch(log, /Wrong-Password-1/)
      assert(!log.includes(labSsoPassword))
      assert.match(log, /vim25\.SessionManager\.Login/)
    },
  )

  test(`${database.kind}: without a session there is what needs none, and nothing of the rest`, database, async () => {
    await using lab = await openLab(database)
    const { nobody } = await open(lab)
    const content = await nobody.call('RetrieveServiceContent', service)
    assert.equal(content.rootFolder, root)
    assert.equal(content.about.apiType, 'VirtualCenter')
    assert.match(content.about.instanceUuid, /^[0-9a-f-]{36}$/)
    assert.deepEqual(await nobody.read(sessions, 'currentSession', 'defaultLocale'), { defaultLocale: 'en' })
    assert.equal((await nobody.call('Fetch', service, { prop: 'content.about' })).apiVersion, content.about.apiVersion)

    const asked: [string, Ref, object][] = [
      ['CurrentTime', service, {}],
      ['AddAuthorizationRole', authorization, { name: 'x' }],
      ['RetrieveAllPermissions', authorization, {}],
      ['RetrieveEntityPermissions', authorization, { entity: ref('entity', root), inherited: true }],
      ['SetEntityPermissions', authorization, { entity: ref('entity', root), permission: permission(vmadmin, -1) }],
      ['HasPrivilegeOnEntity', authorization, { entity: ref('entity', root), sessionId: '', privId: 'System.View' }],
      ['FetchUserPrivilegeOnEntities', authorization, { entities: ref('entities', root), userName: administrator }],
      ['AcquireCloneTicket', sessions, {}],
      ['TerminateSession', sessions, { sessionId: 'x' }],
      ['ImpersonateUser', sessions, { userName: administrator }],
      ['SessionIsActive', sessions, { sessionID: 'x', userName: administrator }],
      ['FindByInventoryPath', index, { inventoryPath: 'DC0' }],
      ['RetrieveUserGroups', managers.users, { searchStr: '', exactMatch: false, findUsers: true, findGroups: true }],
      ['CreatePropertyCollector', managers.properties, {}],
      ['Fetch', authorization, { prop: 'roleList' }],
      ['Fetch', sessions, { prop: 'sessionList' }],
      ['Fetch', managers.properties, { prop: 'filter' }],
    ]
    for (const [method, target, args] of asked) {
      const { object } = await nobody.refused('NotAuthenticated', method, target, args)
      assert.equal(object, 'Folder:group-d1', method)
    }
    await nobody.refused('InvalidLogin', 'CloneSession', sessions, { cloneTicket: 'cst-VCT-0' })

    // Whoever is nobody does not learn what there is.
    for (const object of [dc0, 'Datacenter:datacenter-99', 'VirtualMachine:vm-70', 'Task:task-1'] as Ref[]) {
      await nobody.refused('NotAuthenticated', 'Fetch', object, { prop: 'name' })
      await nobody.refused('NotAuthenticated', 'PowerOnVM_Task', object)
      const specSet = { propSet: { type: 'ManagedEntity', pathSet: 'name' }, objectSet: { obj: ref('obj', object) } }
      await nobody.refused('NotAuthenticated', 'RetrieveProperties', managers.properties, { specSet })
      const reporting = { ...specSet, reportMissingObjectsInResults: true }
      assert.deepEqual(await nobody.list('RetrieveProperties', managers.properties, { specSet: reporting }), [])
    }
  })

  test(`${database.kind}: roles are added, updated and removed with the faults of section 7.4`, database, async () => {
    await using lab = await openLab(database)
    const { admin } = await open(lab)
    const privIds = ['VirtualMachine.Interact.PowerOn', 'VirtualMachine.Interact.PowerOff']
    const roleId = await admin.call('AddAuthorizationRole', authorization, { name: 'ops', privIds })
    const roles = async () => (await admin.read(authorization, 'roleList')).roleList
    const own = async () => (await roles()).find((role: { roleId: string }) => role.roleId === roleId)
    assert.deepEqual(await own(), {
      roleId,
      system: 'false',
      name: 'ops',
      info: { label: 'ops', summary: '' },
      privilege: ['System.Anonymous', 'System.Read', 'System.View', ...privIds.toSorted()],
    })
    const [administrators] = await roles()
    assert.deepEqual(
      [administrators.roleId, administrators.name, administrators.info.label],
      ['-1', 'Admin', 'Administrator'],
    )
    // The same role on REST.
    const rest = await signedIn(lab.a)
    assert.equal((await rest.get(`/api/vcenter/authorization/roles/${roleId}`)).json.name, 'ops')

    const add = (args: object) => ['AddAuthorizationRole', authorization, args] as const
    assert.deepEqual(await admin.refused('AlreadyExists', ...add({ name: 'ops' })), { name: 'ops' })
    assert.deepEqual(await admin.refused('InvalidName', ...add({ name: '' })), { name: '' })
    const unknown = await admin.refused('InvalidArgument', ...add({ name: 'other', privIds: ['enoent'] }))
    assert.deepEqual(unknown, { invalidProperty: 'privIds' })
    assert.deepEqual(await admin.refused('InvalidArgument', ...add({})), { invalidProperty: 'name' })

    const update = (args: object) => ['UpdateAuthorizationRole', authorization, { roleId, ...args }] as const
    await admin.refused('NotFound', ...update({ roleId: 77, newName: 'x' }))
    await admin.refused('NotFound', ...update({ newName: 'ops', privIds: 'enoent' }))
    await admin.refused('InvalidName', ...update({ newName: ' ' }))
    await admin.refused('AlreadyExists', ...update({ newName: 'ReadOnly' }))
    const fixed = await admin.refused('InvalidArgument', ...update({ roleId: -1, newName: 'x' }))
    assert.deepEqual(fixed, { invalidProperty: 'roleId' })
    assert.equal(await admin.call(...update({ newName: 'ops-2', privIds: 'VirtualMachine.Interact.Reset' })), undefined)
    assert.deepEqual((await own()).privilege.slice(3), ['VirtualMachine.Interact.Reset'])

    const remove = (args: object) => ['RemoveAuthorizationRole', authorization, { roleId, ...args }] as const
    await admin.call('SetEntityPermissions', authorization, {
      entity: ref('entity', dc0),
      permission: permission(vmadmin, roleId),
    })
    await admin.refused('NotFound', ...remove({ roleId: 77, failIfUsed: true }))
    await admin.refused('InvalidArgument', ...remove({ roleId: -2, failIfUsed: false }))
    await admin.refused('RemoveFailed', ...remove({ failIfUsed: true }))
    await admin.call(...remove({ failIfUsed: false }))
    assert.equal(await own(), undefined)
    const inherited = { entity: ref('entity', dc0), inherited: false }
    assert.deepEqual(await admin.list('RetrieveEntityPermissions', authorization, inherited), [])

    const log = auditLog(lab)
    for (const method of ['AddAuthorizationRole', 'UpdateAuthorizationRole', 'RemoveAuthorizationRole']) {
      assert.match(log, new RegExp(`vim25\\.AuthorizationManager\\.${method}`))
    }
  })

  test(`${database.kind}: set merges, reset replaces, and an Administrator is left`, database, async () => {
    await using lab = await openLab(database)
    const { admin } = await open(lab)
    const on = async (entity: Ref, inherited = false) =>
      (await admin.list('RetrieveEntityPermissions', authorization, { entity: ref('entity', entity), inherited })).map(
        ({ entity, principal, roleId, propagate, group }) => [entity, principal, roleId, propagate, group].join(' '),
      )
    type Call = [method: string, target: Ref, args: object]
    const set = (entity: Ref, ...permission: object[]): Call => [
      'SetEntityPermissions',
      authorization,
      { entity: ref('entity', entity), permission },
    ]
    const reset = (entity: Ref, ...permission: object[]): Call => [
      'ResetEntityPermissions',
      authorization,
      { entity: ref('entity', entity), permission },
    ]
    const row = (principal: string, role: number, propagate = true, group = false) =>
      `${dc0} VSPHERE.LOCAL\\${principal} ${role} ${propagate} ${group}`

    await admin.call(...set(dc0, permission(vmadmin, -2), permission('VSPHERE.LOCAL\\holouser', -2, false)))
    assert.deepEqual((await on(dc0)).sort(), [row('holodeck-vmadmin', -2), row('holouser', -2, false)])
    // Whoever is named twice gets the last; whoever is not named keeps what they have.
    await admin.call(...set(dc0, permission(vmadmin, -2), permission('vsphere.local\\HOLODECK-VMADMIN', -5)))
    assert.deepEqual((await on(dc0)).sort(), [row('holodeck-vmadmin', -5), row('holouser', -2, false)])
    assert.equal((await on(dc0, true)).length, 4)
    await admin.call(...reset(dc0, permission('Administrators@vsphere.local', -1, false, true)))
    assert.deepEqual(await on(dc0), [row('Administrators', -1, false, true)])
    await admin.call(...reset(dc0))
    assert.deepEqual(await on(dc0), [])

    const good = permission(vmadmin, -2)
    const fixedOnes = [await admin.at('DC0/vm'), await admin.at('DC0/host/DC0_C0/Resources')]
    for (const call of [set, reset]) {
      const nobody = await admin.refused('UserNotFound', ...call(dc0, permission('enoent@vsphere.local', -2)))
      assert.deepEqual(nobody, { principal: 'vsphere.local\\enoent', unresolved: 'false' })
      await admin.refused('UserNotFound', ...call(dc0, permission('Administrators@vsphere.local', -2)))
      await admin.refused('UserNotFound', ...call(dc0, permission('holouser', -2)))
      await admin.refused('NotFound', ...call(dc0, permission(vmadmin, 77)))
      for (const role of [-3, -4]) {
        const view = await admin.refused('InvalidArgument', ...call(dc0, permission(vmadmin, role)))
        assert.deepEqual(view, { invalidProperty: 'permission.roleId' })
      }
      const gone = await admin.refused('ManagedObjectNotFound', ...call('Datacenter:datacenter-99', good))
      assert.deepEqual(gone, { obj: 'Datacenter:datacenter-99' })
      await admin.refused('ManagedObjectNotFound', ...call('Folder:datacenter-3', good))
      for (const fixed of fixedOnes) {
        const { invalidProperty } = await admin.refused('InvalidArgument', ...call(fixed, good))
        assert.equal(invalidProperty, 'entity')
      }
      await admin.refused('InvalidArgument', ...call(authorization, good))
    }
    // It stops at the first that is refused; what was done before stays done.
    await admin.refused(
      'UserNotFound',
      ...set(dc0, good, permission('enoent@vsphere.local', -2), permission(vmadmin, -5)),
    )
    assert.deepEqual(await on(dc0), [row('holodeck-vmadmin', -2)])
    await admin.refused('UserNotFound', ...reset(dc0, permission(vmadmin, -5), permission('enoent@vsphere.local', -2)))
    assert.deepEqual(await on(dc0), [row('holodeck-vmadmin', -2)])

    const remove = (user: string, isGroup = false, entity = dc0) =>
      ['RemoveEntityPermission', authorization, { entity: ref('entity', entity), user, isGroup }] as const
    await admin.refused('NotFound', ...remove(vmadmin, true))
    await admin.refused('NotFound', ...remove('holouser@vsphere.local'))
    await admin.call(...remove('VSPHERE.LOCAL\\Holodeck-VMadmin'))
    await admin.refused('NotFound', ...remove(vmadmin))

    await admin.refused('AuthMinimumAdminPermission', ...reset(root))
    await admin.call(...remove('Administrators@vsphere.local', true, root))
    await admin.refused('AuthMinimumAdminPermission', ...remove(administrator, false, root))
    await admin.refused('AuthMinimumAdminPermission', ...set(root, permission(administrator, -2)))
    const merge = (srcRoleId: number, dstRoleId: number) =>
      ['MergePermissions', authorization, { srcRoleId, dstRoleId }] as const
    await admin.refused('AuthMinimumAdminPermission', ...merge(-1, -2))
    await admin.refused('NotFound', ...merge(77, -2))
    await admin.refused('NotFound', ...merge(-2, 77))
    for (const [from, to] of [
      [-2, -2],
      [-2, -3],
      [-2, -4],
    ] as const) {
      await admin.refused('InvalidArgument', ...merge(from, to))
    }
    await admin.call(...set(dc0, good))
    await admin.call(...merge(-2, -5))
    assert.deepEqual(await on(dc0), [row('holodeck-vmadmin', -5)])

    const all = await admin.list('RetrieveAllPermissions', authorization)
    assert.deepEqual(all.map(({ roleId }) => roleId).sort(), ['-1', '-5'])
    const ofRole = await admin.list('RetrieveRolePermissions', authorization, { roleId: -5 })
    assert.deepEqual(
      ofRole.map(({ entity }) => entity),
      [dc0],
    )
    await admin.refused('NotFound', 'RetrieveRolePermissions', authorization, { roleId: 77 })
  })

  test(`${database.kind}: who may do one thing in one datacenter sees that one and does that`, database, async () => {
    await using lab = await openLab(database)
    const { nobody, admin } = await open(lab)
    const privIds = ['VirtualMachine.Interact.PowerOn', 'Authorization.ModifyPermissions']
    const roleId = await admin.call('AddAuthorizationRole', authorization, { name: 'vmadmin', privIds })
    const setOn = (entity: Ref, ...given: object[]) =>
      ['SetEntityPermissions', authorization, { entity: ref('entity', entity), permission: given }] as const
    await admin.call(...setOn(dc0, permission(vmadmin, roleId)))
    const { vim, session } = await nobody.signIn(vmadmin)

    const { childEntity, effectiveRole } = await vim.read(root, 'childEntity', 'effectiveRole')
    assert.deepEqual([childEntity, effectiveRole], [[dc0], []])
    const seen = await vim.read(dc0, 'effectiveRole', 'name', 'overallStatus')
    assert.deepEqual(seen, { effectiveRole: [roleId], name: 'DC0', overallStatus: 'green' })
    assert.equal(await vim.call('FindByInventoryPath', index, { inventoryPath: '/DC1' }), undefined)
    assert.equal(await vim.call('FindChild', index, { entity: ref('entity', root), name: 'DC1' }), undefined)
    const view = await vim.call('CreateContainerView', managers.views, {
      container: ref('container', root),
      type: 'VirtualMachine',
      recursive: true,
    })
    const machines: Ref[] = await vim.call('Fetch', view, { prop: 'view' })
    assert.equal(machines.length, 20)

    const dc1 = await admin.at('DC1')
    const other = await admin.at('DC1/vm/DC1_H0_VM1')
    const mine = await vim.at('DC0/vm/DC0_H0_VM1')
    assert.match(await vim.call('PowerOnVM_Task', mine), /^Task:task-\d+$/)
    assert.equal((await vim.read(mine, 'runtime.powerState'))['runtime.powerState'], 'poweredOn')
    assert.deepEqual(await vim.refused('InvalidPowerState', 'PowerOnVM_Task', mine), {
      requestedState: 'poweredOn',
      existingState: 'poweredOn',
    })

    const refusals: [object, string, Ref, object?][] = [
      [{ object: mine, privilegeId: 'VirtualMachine.Interact.PowerOff' }, 'PowerOffVM_Task', mine],
      [{ object: other, privilegeId: 'VirtualMachine.Interact.PowerOn' }, 'PowerOnVM_Task', other],
      [{ object: other, privilegeId: 'System.View' }, 'Fetch', other, { prop: 'name' }],
      [{ object: dc1, privilegeId: 'System.View' }, 'Fetch', dc1, { prop: 'vmFolder' }],
      [{ object: root, privilegeId: 'System.Read' }, 'Fetch', root, { prop: 'permission' }],
      [
        { object: root, privilegeId: 'Authorization.ModifyRoles' },
        'AddAuthorizationRole',
        authorization,
        { name: 'x' },
      ],
      [{ object: root, privilegeId: 'Sessions.TerminateSession' }, 'Fetch', sessions, { prop: 'sessionList' }],
      [{ object: root, privilegeId: 'Sessions.TerminateSession' }, 'TerminateSession', sessions, { sessionId: 'x' }],
      [
        { object: root, privilegeId: 'Sessions.ImpersonateUser' },
        'ImpersonateUser',
        sessions,
        { userName: administrator },
      ],
      [{ object: root, privilegeId: 'Datacenter.Create' }, 'CreateDatacenter', root, { name: 'DCX' }],
      [{ object: dc0, privilegeId: 'Datacenter.Delete' }, 'Destroy_Task', dc0],
      [
        { object: root, privilegeId: 'Authorization.ReassignRolePermissions' },
        'MergePermissions',
        authorization,
        { srcRoleId: -1, dstRoleId: roleId },
      ],
      [
        { object: dc1, privilegeId: 'System.Read' },
        'HasPrivilegeOnEntity',
        authorization,
        { entity: ref('entity', dc1), sessionId: session.key, privId: 'System.View' },
      ],
      [{ object: dc1, privilegeId: 'Authorization.ModifyPermissions' }, ...setOn(dc1, permission(vmadmin, -2))],
    ]
    for (const [fields, ...call] of refusals) {
      assert.deepEqual(await vim.refused('NoPermission', ...call), fields, call[0])
    }
    // Nobody gives what they do not have.
    const escalation = await vim.refused('NoPermission', ...setOn(dc0, permission('holouser@vsphere.local', -1)))
    assert.equal(escalation.object, dc0)
    await vim.call(...setOn(dc0, permission('holouser@vsphere.local', roleId)))

    // What is taken away is gone with the next call.
    await admin.call('RemoveAuthorizationRole', authorization, { roleId, failIfUsed: false })
    await vim.refused('NoPermission', 'Fetch', dc0, { prop: 'name' })
    await vim.refused('NoPermission', 'CurrentTime', service)
  })

  test(`${database.kind}: who has which privilege on what is answered as it is decided`, database, async () => {
    await using lab = await openLab(database)
    const { nobody, admin, session } = await open(lab)
    const { authorization: decides, ssoDirectory } = lab.server.services
    const machine = await admin.at('DC0/vm/DC0_H0_VM0')
    const pool = await admin.at('DC0/host/DC0_C0/Resources')
    const entities: Ref[] = [root, dc0, await admin.at('DC0/vm'), machine, pool, await admin.at('DC1')]
    const privIds = ['VirtualMachine.Interact.PowerOn', 'System.Read', 'System.View', 'System.Anonymous', 'enoent']
    const roleId = await admin.call('AddAuthorizationRole', authorization, {
      name: 'some',
      privIds: privIds.slice(0, 1),
    })
    const set = (entity: Ref, ...given: object[]) =>
      admin.call('SetEntityPermissions', authorization, { entity: ref('entity', entity), permission: given })
    await set(machine, permission(vmadmin, -5, false))
    // The administrator is one of the users, and this is nearer than what is on the root.
    await set(dc0, permission(vmadmin, roleId), permission('Users@vsphere.local', -2, true, true))
    const { session: theirs } = await nobody.signIn(vmadmin)

    const idOf = (entity: Ref) => entity.slice(entity.indexOf(':') + 1)
    for (const [userName, name, key] of [
      [administrator, 'Administrator', session.key],
      [vmadmin, 'holodeck-vmadmin', theirs.key],
      ['VSPHERE.LOCAL\\HoloUser', 'holouser', undefined],
    ] as const) {
      const user = ssoDirectory.userNamed(name)
      assert(user)
      const principal = ssoDirectory.principalOfUser(user)
      const expected = entities.map((entity) => ({
        entity,
        privAvailability: privIds.map((privId) => {
          return { privId, isGranted: String(decides.allows(principal, idOf(entity), privId)) }
        }),
      }))
      const list = entities.map((entity) => ref('entities', entity))
      const asked = { entities: list, userName, privId: privIds }
      assert.deepEqual(await admin.list('HasUserPrivilegeOnEntities', authorization, asked), expected)
      const all = await admin.list('FetchUserPrivilegeOnEntities', authorization, { entities: list, userName })
      for (const { entity, privileges = [] } of all) {
        assert.deepEqual([privileges].flat(), [...decides.privilegesOn(principal, idOf(entity))].sort())
      }
      if (!key) continue
      const ofSession = { entity: entities.map((one) => ref('entity', one)), sessionId: key, privId: privIds }
      assert.deepEqual(await admin.list('HasPrivilegeOnEntities', authorization, ofSession), expected)
      for (const [at, entity] of entities.entries()) {
        const one = { ...ofSession, entity: ref('entity', entity) }
        const answers = await admin.list('HasPrivilegeOnEntity', authorization, one)
        assert.deepEqual(
          answers,
          expected[at]?.privAvailability.map(({ isGranted }) => isGranted),
        )
      }
    }

    // A session or a user that is not there has nothing.
    const entity = { entity: ref('entity', dc0), sessionId: 'enoent', privId: ['System.Anonymous', 'System.View'] }
    assert.deepEqual(await admin.list('HasPrivilegeOnEntity', authorization, entity), ['false', 'false'])
    const unknown = { entities: ref('entities', dc0), userName: 'enoent@vsphere.local', privId: 'System.View' }
    const [none] = await admin.list('HasUserPrivilegeOnEntities', authorization, unknown)
    assert.deepEqual(none.privAvailability, { privId: 'System.View', isGranted: 'false' })
    const [nothing] = await admin.list('FetchUserPrivilegeOnEntities', authorization, { ...unknown, privId: undefined })
    assert.deepEqual(nothing, { entity: dc0 })
    await admin.refused('ManagedObjectNotFound', 'HasPrivilegeOnEntity', authorization, {
      ...entity,
      entity: ref('entity', 'Datacenter:datacenter-99'),
    })
  })

  test(`${database.kind}: every call is recorded, what it changed, and no secret`, database, async () => {
    await using lab = await openLab(database)
    const { nobody, admin } = await open(lab)
    await admin.send(
      'AddAuthorizationRole',
      authorization,
      { name: 'ops', privIds: 'System.View' },
      '<operationID>op-7</operationID>',
    )
    await admin.refused('AlreadyExists', 'AddAuthorizationRole', authorization, { name: 'ops' })
    const ticket = await admin.call('AcquireCloneTicket', sessions)
    await nobody.call('CloneSession', sessions, { cloneTicket: ticket })
    await nobody.refused('NotAuthenticated', 'AddAuthorizationRole', authorization, { name: 'x' })
    await nobody.refused('InvalidLogin', 'Login', sessions, { userName: 'mallory', password: 'Wrong-Password-1' })
    await admin.call('Logout', sessions)

    const text = auditLog(lab)
    for (const secret of [ticket, 'Wrong-Password-1', labSsoPassword]) assert(!text.includes(secret))
    const lines = text.trim().split('\n')
    const of = (name: string) => lines.filter((line) => line.includes(`vim25.${name}`))
    const [added, refused, anonymous] = of('AuthorizationManager.AddAuthorizationRole')
    assert.match(added ?? '', /op-7/)
    assert.match(added ?? '', /VSPHERE\.LOCAL\\+Administrator/)
    assert.match(added ?? '', /ops/)
    assert.match(refused ?? '', /already_exists/)
    assert.match(anonymous ?? '', /unauthenticated/)
    assert.match(of('SessionManager.CloneSession')[0] ?? '', /VSPHERE\.LOCAL\\+Administrator/)
    assert.match(of('SessionManager.Login').at(-1) ?? '', /mallory/)
    assert.equal(of('SessionManager.Logout').length, 1)
  })

  test(`${database.kind}: objects are made, found and destroyed with faults of their own`, database, async () => {
    await using lab = await openLab(database)
    const { admin } = await open(lab)
    const create = (folder: Ref, name: string) => ['CreateDatacenter', folder, { name }] as const
    const made: Ref = await admin.call(...create(root, 'DC/2'))
    assert.equal((await admin.read(made, 'name')).name, 'DC%2f2')
    assert.deepEqual(await admin.refused('DuplicateName', ...create(root, 'DC0')), { name: 'DC0', object: dc0 })
    assert.deepEqual(await admin.refused('InvalidName', ...create(root, '')), { name: '' })
    await admin.refused('NotSupported', ...create(await admin.at('DC0/vm'), 'DC3'))
    const task: Ref = await admin.call('Destroy_Task', made)
    assert.equal((await admin.read(task, 'info.state'))['info.state'], 'success')
    await admin.refused('InvalidState', 'CancelTask', task)
    await admin.refused('ManagedObjectNotFound', 'Destroy_Task', made)

    const machine = await admin.at('DC0/vm/DC0_H0_VM0')
    await admin.refused('InvalidPowerState', 'Destroy_Task', machine)
    for (const [method, powerState] of [
      ['SuspendVM_Task', 'suspended'],
      ['PowerOnVM_Task', 'poweredOn'],
      ['ResetVM_Task', 'poweredOn'],
      ['PowerOffVM_Task', 'poweredOff'],
    ] as const) {
      await admin.call(method, machine)
      assert.equal((await admin.read(machine, 'runtime.powerState'))['runtime.powerState'], powerState)
    }
    await admin.refused('InvalidPowerState', 'ResetVM_Task', machine)
    const host = ref('host', await admin.at('DC0/host/DC0_C0/DC0_C0_H0'))
    await admin.refused('NotSupported', 'PowerOnVM_Task', machine, { host })
    await admin.call('Destroy_Task', machine)
    assert.equal(await admin.call('FindChild', index, { entity: ref('entity', dc0), name: 'enoent' }), undefined)
    const folder = ref('entity', await admin.at('DC0/vm'))
    assert.equal(await admin.call('FindChild', index, { entity: folder, name: 'DC0_H0_VM0' }), undefined)

    const search = (args: object) =>
      admin.list('RetrieveUserGroups', managers.users, {
        searchStr: '',
        exactMatch: false,
        findUsers: true,
        findGroups: true,
        ...args,
      })
    const names = (found: { principal: string }[]) => found.map(({ principal }) => principal.replace(/^.*\\/, ''))
    assert.deepEqual(names(await search({ searchStr: 'HOLO' })), ['holodeck-vmadmin', 'holouser'])
    assert.deepEqual(names(await search({ searchStr: 'HoloUser', exactMatch: true })), ['holouser'])
    assert.deepEqual(names(await search({ searchStr: 'holo', findUsers: false })), [])
    const administrators = { belongsToGroup: 'VSPHERE.LOCAL\\Administrators', findGroups: false }
    assert.deepEqual(names(await search(administrators)), ['Administrator'])
    const groups = names(await search({ belongsToUser: administrator, findUsers: false }))
    assert(groups.includes('Administrators') && !groups.includes('holouser'))
    await admin.refused('NotFound', 'RetrieveUserGroups', managers.users, {
      domain: 'elsewhere.example',
      searchStr: '',
      exactMatch: false,
      findUsers: true,
      findGroups: true,
    })
  })
}
