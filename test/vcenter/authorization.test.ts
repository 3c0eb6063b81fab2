import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Client } from '../client.ts'
import { databases, type Lab, openLab } from '../lab.ts'
import { done, type Face, refused, restFace, rpcFace } from './authorization-faces.ts'
import { signedIn } from './clients.ts'

const powerOn = 'VirtualMachine.Interact.PowerOn'
const powerOff = 'VirtualMachine.Interact.PowerOff'
const system = ['System.Anonymous', 'System.Read', 'System.View']
const modifyRoles = 'Authorization.ModifyRoles'
const modifyPermissions = 'Authorization.ModifyPermissions'

const user = (name: string, domain = 'vsphere.local') => ({ type: 'USER', name, domain })
const group = (name: string, domain = 'vsphere.local') => ({ type: 'GROUP', name, domain })
const object = (id: string, type = 'ManagedEntity') => ({ type, id })
const everything = object('GlobalAcl', 'GlobalAcl')
const root = object('group-d1', 'Folder')
const dc0 = object('datacenter-3', 'Datacenter')

const auditLog = (lab: Lab) => readFileSync(join(lab.dataDir, 'vcenter-audit.log'), 'utf8')

/** The objects of the lab that a name and a type stand for. */
async function idOf(client: Client, kind: string, name: string): Promise<string> {
  const { json } = await client.get(`/api/vcenter/${kind}?names=${encodeURIComponent(name)}`)
  return json[0][kind.replace('-', '_')]
}

const faces: [string, (client: Client) => Face][] = [
  ['REST', restFace],
  ['JSON-RPC', rpcFace],
]

async function role(admin: Face, name: string, ...privileges: string[]): Promise<string> {
  return done(admin.call('roles', 'create', { spec: { name, description: `${name}.`, privileges } }))
}

async function permit(
  admin: Face,
  place: object,
  principal: object,
  role: string,
  propagating = true,
): Promise<string> {
  return done(admin.call('permissions', 'create', { spec: { object: place, principal, role, propagating } }))
}

for (const database of databases) {
  test(`${database.kind}: roles, permissions, and who may do what`, database, async (t) => {
    await using lab = await openLab(database)

    await t.test('roles', async (t) => {
      const session = await signedIn(lab.a)

      await t.test('the walk of the seed: a role, a permission in lower case, a global permission', async () => {
        const base = '/api/vcenter/authorization'
        const spec = { name: 'HolodeckVMAdmin', description: 'VM-only role', privileges: [powerOn, powerOff] }
        const made = await session.post(`${base}/roles`, spec)
        assert.equal(made.status, 201)
        assert.match(made.json, /^-?\d{3,10}$/)
        assert.equal((await session.post(`${base}/roles`, spec)).json.error_type, 'ALREADY_EXISTS')
        for (const place of [{ type: 'datacenter', id: 'datacenter-3' }, everything]) {
          const permission = { object: place, principal: user('holouser'), role: made.json, propagating: true }
          const { status, json } = await session.post(`${base}/permissions`, permission)
          assert.equal(status, 201)
          assert.match(json, /^[\w-]+$/)
          const info = (await session.get(`${base}/permissions/${json}`)).json
          assert.deepEqual(info, { ...permission, object: { ...place, type: info.object.type } })
          assert.equal(info.object.type, place === everything ? 'GlobalAcl' : 'Datacenter')
          assert.equal((await session.get(`${base}/permissions`)).status, 404)
          assert.equal((await session.delete(`${base}/permissions/${json}`)).status, 204)
        }
        assert.equal((await session.delete(`${base}/roles/${made.json}`)).status, 204)
      })

      for (const [name, faceOf] of faces) {
        const admin = faceOf(session)

        await t.test(`${name}: a role is made, read, changed and deleted`, async () => {
          const spec = { name: 'Operators', description: '', privileges: [powerOff, powerOn] }
          const made = await done(admin.call('roles', 'create', { spec }))
          const info = { ...spec, privileges: [...system, powerOff, powerOn], system: false }
          assert.deepEqual(await done(admin.call('roles', 'get', { role: made })), info)
          const update = (spec: object) => done(admin.call('roles', 'update', { role: made, spec }))
          const read = () => done(admin.call('roles', 'get', { role: made }))
          assert.equal(await update({}), undefined)
          assert.deepEqual(await read(), info)
          await update({ name: 'operators' })
          assert.deepEqual(await read(), { ...info, name: 'operators' })
          await update({ description: 'é "\u{1f511}"' })
          assert.deepEqual(await read(), { ...info, name: 'operators', description: 'é "\u{1f511}"' })
          await update({ name: 'Operators', description: '', privileges: [] })
          assert.deepEqual(await read(), { ...info, privileges: system })
          assert.equal(await done(admin.call('roles', 'delete', { role: made })), undefined)
          await refused(admin.call('roles', 'get', { role: made }), 'NOT_FOUND')
          await refused(admin.call('roles', 'delete', { role: made }), 'NOT_FOUND')
          await refused(admin.call('roles', 'update', { role: made, spec: {} }), 'NOT_FOUND')
        })

        await t.test(`${name}: what is no role is refused, and nothing is made`, async () => {
          const existing = await role(admin, 'Existing', powerOn)
          const before = await done(admin.call('roles', 'list'))
          const spec = { name: 'New', description: '', privileges: [powerOn] }
          const wrong: [object, string, RegExp?][] = [
            [{ name: 'Existing' }, 'ALREADY_EXISTS'],
            [{ name: 'EXISTING' }, 'ALREADY_EXISTS'],
            [{ name: 'admin' }, 'ALREADY_EXISTS'],
            [{ name: '' }, 'INVALID_ARGUMENT', /name/i],
            [{ name: ' ' }, 'INVALID_ARGUMENT', /name/i],
            [{ name: 'a\nb' }, 'INVALID_ARGUMENT', /name/i],
            [{ name: 'a\u0007' }, 'INVALID_ARGUMENT', /name/i],
            [{ name: 'x'.repeat(257) }, 'INVALID_ARGUMENT', /name/i],
            [{ name: 7 }, 'INVALID_ARGUMENT', /name/i],
            [{ description: 'x'.repeat(5000) }, 'INVALID_ARGUMENT', /description/i],
            [{ privileges: ['Nothing.Known'] }, 'INVALID_ARGUMENT', /Nothing\.Known/],
            [{ privileges: [powerOn.toLowerCase()] }, 'INVALID_ARGUMENT', /privilege/],
            [{ privileges: ['__proto__'] }, 'INVALID_ARGUMENT', /__proto__/],
            [{ privileges: [powerOn, powerOn] }, 'INVALID_ARGUMENT', /privileges/],
            [{ privileges: powerOn }, 'INVALID_ARGUMENT', /privileges/],
            [{ owner: 'me' }, 'UNEXPECTED_INPUT', /owner/],
          ]
          for (const [fields, error, words = /./] of wrong) {
            const about = JSON.stringify(fields).slice(0, 60)
            const create = admin.call('roles', 'create', { spec: { ...spec, ...fields } })
            assert.match(await refused(create, error, about), words)
            if ('name' in fields && fields.name === 'EXISTING') continue
            const other = await role(admin, 'Other')
            assert.match(
              await refused(admin.call('roles', 'update', { role: other, spec: fields }), error, about),
              words,
            )
            await done(admin.call('roles', 'delete', { role: other }))
          }
          for (const field of ['name', 'description', 'privileges'] as const) {
            const { [field]: _, ...rest } = spec
            assert.match(
              await refused(admin.call('roles', 'create', { spec: rest }), 'INVALID_ARGUMENT'),
              RegExp(field),
            )
          }
          assert.deepEqual(await done(admin.call('roles', 'list')), before)
          await done(admin.call('roles', 'delete', { role: existing }))
        })

        await t.test(`${name}: system roles are listed, and stay as they are`, async () => {
          const { items } = await done(admin.call('roles', 'list', { filter: { is_system: true } }))
          const shown = items.map(({ role, info }: { role: string; info: { name: string; privileges: string[] } }) => [
            role,
            info.name,
            info.privileges.length,
          ])
          assert.deepEqual(shown, [
            ['-1', 'Admin', 487],
            ['-2', 'ReadOnly', 3],
            ['-3', 'View', 2],
            ['-4', 'Anonymous', 1],
            ['-5', 'NoAccess', 0],
            ['-6', 'NoCryptoAdmin', 454],
            ['-7', 'TrustedAdmin', 17],
            ['-8', 'NoTrustedAdmin', 473],
          ])
          for (const [role] of shown) {
            await refused(admin.call('roles', 'delete', { role }), 'UNSUPPORTED')
            await refused(admin.call('roles', 'update', { role, spec: { description: 'mine' } }), 'UNSUPPORTED')
          }
          for (const role of ['0', '01', '-0', '-01', '1e1', ' -1', '-1 ', '2147483648', 'Admin', 'x', '%']) {
            await refused(admin.call('roles', 'get', { role }), 'NOT_FOUND', role)
            await refused(admin.call('roles', 'delete', { role }), 'NOT_FOUND', role)
            await refused(admin.call('roles', 'update', { role, spec: {} }), 'NOT_FOUND', role)
          }
        })

        await t.test(`${name}: lists are filtered, and come in pages`, async () => {
          const made = [
            await role(admin, 'A', powerOn),
            await role(admin, 'B', powerOn, powerOff),
            await role(admin, 'C'),
          ]
          const list = async (filter?: object, iterate?: object) => {
            const page = await done(
              admin.call('roles', 'list', { ...(filter ? { filter } : {}), ...(iterate ? { iterate } : {}) }),
            )
            return { ...page, names: page.items.map(({ info }: { info: { name: string } }) => info.name) }
          }
          const namesOf = async (filter: object) => (await list(filter)).names.sort()
          assert.deepEqual(await namesOf({ names: ['A', 'B', 'a', 'nobody'] }), ['A', 'B'])
          assert.deepEqual(await namesOf({ privileges: [powerOn, powerOff], is_system: false }), ['B'])
          assert.deepEqual(await namesOf({ privileges: [powerOn], names: ['A', 'C'] }), ['A'])
          assert.deepEqual(await namesOf({ privileges: ['Nothing.Known'] }), [])
          assert.deepEqual(await namesOf({ names: ['Admin'], is_system: false }), [])

          const all = await list()
          assert.equal('marker' in all, false)
          const ids = all.items.map(({ role }: { role: string }) => role)
          assert.deepEqual(ids, [...ids].sort())
          assert(made.every((id) => ids.includes(id)))

          for (const filter of [undefined, { privileges: [powerOn] }]) {
            const whole = await list(filter)
            const paged: object[] = []
            let marker: string | undefined
            do {
              const page: { items: object[]; marker?: string } = marker
                ? await list(undefined, { page_size: 2, marker })
                : await list(filter, { page_size: 2 })
              assert(page.items.length === 2 || page.marker === undefined)
              paged.push(...page.items)
              marker = page.marker
            } while (marker !== undefined)
            assert.deepEqual(paged, whole.items)
          }
          const { marker } = await list({ names: ['A', 'B', 'C'] }, { page_size: 1 })
          await refused(
            admin.call('roles', 'list', { filter: { names: ['A'] }, iterate: { marker } }),
            'INVALID_ARGUMENT',
          )
          for (const wrong of ['', 'x', `${marker}x`, String(marker).slice(1), 'e30.e30', `${marker}.${marker}`]) {
            await refused(admin.call('roles', 'list', { iterate: { marker: wrong } }), 'INVALID_ARGUMENT', wrong)
            await refused(admin.call('permissions', 'list', { iterate: { marker } }), 'INVALID_ARGUMENT')
          }
          for (const page_size of [0, -1]) {
            await refused(admin.call('roles', 'list', { iterate: { page_size } }), 'INVALID_ARGUMENT')
          }
          for (const id of made) await done(admin.call('roles', 'delete', { role: id }))
        })

        await t.test(`${name}: privileges are listed and read`, async () => {
          const list = async (filter: object) =>
            (await done(admin.call('privileges', 'list', { filter }))).items.map(
              ({ privilege }: { privilege: string }) => privilege,
            )
          const first = await done(admin.call('privileges', 'list'))
          assert.equal(first.items.length, 200)
          const rest = await done(
            admin.call('privileges', 'list', { iterate: { page_size: 1000, marker: first.marker } }),
          )
          const all = [...first.items, ...rest.items]
          assert.equal(all.length, 487)
          assert.equal('marker' in rest, false)
          const one = all.find(({ privilege }) => privilege === powerOn)
          assert.deepEqual(one.info, {
            name: powerOn,
            description: one.info.description,
            on_parent: false,
            version: 0,
          })
          assert.deepEqual(await done(admin.call('privileges', 'get', { privilege: powerOn })), one.info)
          assert.deepEqual(await list({ names: [powerOn, 'nothing'] }), [powerOn])
          assert.deepEqual(await list({ names: [powerOn], is_on_parent: true }), [])
          assert(await list({ is_on_parent: true }).then((ids) => ids.includes('VirtualMachine.Inventory.Create')))
          assert.equal((await list({ versions: [0] })).length, 200)
          assert.deepEqual(await list({ versions: [1] }), [])
          await refused(admin.call('privileges', 'get', { privilege: 'PowerOn' }), 'NOT_FOUND')
          await refused(admin.call('privileges', 'get', { privilege: 'toString' }), 'NOT_FOUND')
        })
      }
    })

    await t.test('permissions', async (t) => {
      const session = await signedIn(lab.a)
      const dc1 = object(await idOf(session, 'datacenter', 'DC1'))
      const { vm_folder } = (await session.get('/api/vcenter/datacenter/datacenter-3')).json

      for (const [name, faceOf] of faces) {
        const admin = faceOf(session)

        await t.test(`${name}: the vendor's sample: made for anybody, read, updated, listed, deleted`, async () => {
          for (const place of [object('group-d1'), everything]) {
            const principal = user('nobody-known', 'nowhere.example')
            const permission = await permit(admin, place, principal, '-1', false)
            const info = { object: place === everything ? place : root, principal, role: '-1', propagating: false }
            const get = () => admin.call('permissions', 'get', { permission })
            assert.deepEqual(await done(get()), info)
            const update = (spec: object) => done(admin.call('permissions', 'update', { permission, spec }))
            assert.equal(await update({ role: '-2' }), undefined)
            assert.deepEqual(await done(get()), { ...info, role: '-2' })
            await update({ is_propagating: true })
            assert.deepEqual(await done(get()), { ...info, role: '-2', propagating: true })
            await update({})
            const filter = { objects: [place], principals: [principal], roles: ['-2'], is_propagating: true }
            const { items, marker } = await done(admin.call('permissions', 'list', { filter }))
            assert.deepEqual(items, [{ permission, info: { ...info, role: '-2', propagating: true } }])
            assert.equal(marker, undefined)
            assert.equal(await done(admin.call('permissions', 'delete', { permission })), undefined)
            await refused(get(), 'NOT_FOUND')
            await refused(admin.call('permissions', 'delete', { permission }), 'NOT_FOUND')
            await refused(admin.call('permissions', 'update', { permission, spec: {} }), 'NOT_FOUND')
          }
        })

        await t.test(`${name}: types are compared without case, and may be those of a base`, async () => {
          const cluster = await idOf(session, 'cluster', 'DC0_C0')
          const [network] = (await session.get('/api/vcenter/network?types=DISTRIBUTED_PORTGROUP')).json
          const fits: [string, string, string][] = [
            ['datacenter', 'datacenter-3', 'Datacenter'],
            ['MANAGEDENTITY', 'datacenter-3', 'Datacenter'],
            ['ComputeResource', cluster, 'ClusterComputeResource'],
            ['network', network.network, 'DistributedVirtualPortgroup'],
            ['globalacl', 'GlobalAcl', 'GlobalAcl'],
          ]
          for (const [type, id, canonical] of fits) {
            const permission = await permit(admin, { type, id }, group('Typed'), '-5')
            const { object } = await done(admin.call('permissions', 'get', { permission }))
            assert.deepEqual(object, { type: canonical, id })
            const filter = { objects: [{ type, id }], principals: [group('TYPED', 'VSPHERE.LOCAL')] }
            const { items } = await done(admin.call('permissions', 'list', { filter }))
            assert.deepEqual(
              items.map((item: { permission: string }) => item.permission),
              [permission],
            )
            await done(admin.call('permissions', 'delete', { permission }))
          }
        })

        await t.test(`${name}: what is no permission is refused, and nothing is made`, async () => {
          const existing = await permit(admin, dc0, user('Somebody'), '-2')
          const before = await done(admin.call('permissions', 'list'))
          const spec = { object: dc0, principal: user('new'), role: '-2', propagating: true }
          const wrong: [object, string, RegExp?][] = [
            [{ principal: user('somebody', 'VSPHERE.local') }, 'ALREADY_EXISTS'],
            [{ principal: user('SOMEBODY'), role: '-1' }, 'ALREADY_EXISTS'],
            [{ role: '4711' }, 'INVALID_ARGUMENT', /4711/],
            [{ role: '-3' }, 'INVALID_ARGUMENT', /View/],
            [{ role: '-4' }, 'INVALID_ARGUMENT', /Anonymous/],
            [{ role: 'Admin' }, 'INVALID_ARGUMENT', /Admin/],
            [{ role: '' }, 'INVALID_ARGUMENT', /role/],
            [{ object: object('datacenter-3', 'VirtualMachine') }, 'INVALID_ARGUMENT', /datacenter-3/],
            [{ object: object('Datacenter-3') }, 'INVALID_ARGUMENT', /Datacenter-3/],
            [{ object: object('vm-999999') }, 'INVALID_ARGUMENT', /vm-999999/],
            [{ object: object('GlobalAcl') }, 'INVALID_ARGUMENT', /GlobalAcl/],
            [{ object: object('globalacl', 'GlobalAcl') }, 'INVALID_ARGUMENT', /globalacl/],
            [{ object: object('datacenter-3', 'GlobalAcl') }, 'INVALID_ARGUMENT', /datacenter-3/],
            [{ object: object('datacenter-3', 'Library') }, 'INVALID_ARGUMENT', /Library/],
            [{ object: object(vm_folder) }, 'INVALID_ARGUMENT', /datacenter-3/],
            [{ object: object('', '') }, 'INVALID_ARGUMENT'],
            [{ principal: user('') }, 'INVALID_ARGUMENT', /name/i],
            [{ principal: user('a\u0007b') }, 'INVALID_ARGUMENT', /name/i],
            [{ principal: user('x', '') }, 'INVALID_ARGUMENT', /name/i],
            [{ principal: user('x', 'a\\b') }, 'INVALID_ARGUMENT', /domain/i],
            [{ principal: user('x'.repeat(300)) }, 'INVALID_ARGUMENT', /name/i],
            [{ principal: { ...user('x'), type: 'user' } }, 'INVALID_ARGUMENT', /USER, GROUP/],
            [{ propagating: 'yes' }, 'INVALID_ARGUMENT', /propagating/],
            [{ is_propagating: true }, 'UNEXPECTED_INPUT', /is_propagating/],
          ]
          for (const [fields, error, words = /./] of wrong) {
            const create = admin.call('permissions', 'create', { spec: { ...spec, ...fields } })
            assert.match(await refused(create, error, JSON.stringify(fields).slice(0, 80)), words)
          }
          const wrongUpdates: [object, string][] = [
            [{ role: '4711' }, 'INVALID_ARGUMENT'],
            [{ role: '-3' }, 'INVALID_ARGUMENT'],
            [{ role: '' }, 'INVALID_ARGUMENT'],
            [{ propagating: true }, 'UNEXPECTED_INPUT'],
          ]
          for (const [spec, error] of wrongUpdates) {
            await refused(admin.call('permissions', 'update', { permission: existing, spec }), error)
          }
          const made = Buffer.from(existing, 'base64url').toString()
          const spellings = [`${existing}=`, `${existing}A`, Buffer.from(`${made}\0`).toString('base64url')]
          for (const permission of ['x', '%00', '=', ...spellings, Buffer.from('vm-1').toString('base64url')]) {
            await refused(admin.call('permissions', 'get', { permission }), 'NOT_FOUND', permission)
            await refused(admin.call('permissions', 'delete', { permission }), 'NOT_FOUND', permission)
            await refused(admin.call('permissions', 'update', { permission, spec: {} }), 'NOT_FOUND', permission)
          }
          assert.deepEqual(await done(admin.call('permissions', 'list')), before)
          await done(admin.call('permissions', 'delete', { permission: existing }))
        })

        await t.test(`${name}: without a domain a principal is of the appliance's own`, async () => {
          const permission = await permit(admin, dc0, { type: 'USER', name: 'root' }, '-2')
          const { principal } = await done(admin.call('permissions', 'get', { permission }))
          assert.deepEqual(principal, user('root', 'localos'))
          const listed = async (principal: object) =>
            (await done(admin.call('permissions', 'list', { filter: { principals: [principal] } }))).items.length
          assert.equal(await listed({ type: 'USER', name: 'ROOT' }), 1)
          assert.equal(await listed({ type: 'GROUP', name: 'root' }), 0)
          assert.equal(await listed(user('root')), 0)
          await done(admin.call('permissions', 'delete', { permission }))
        })

        await t.test(`${name}: lists are filtered, and come in pages`, async () => {
          const made = [
            await permit(admin, dc0, user('one'), '-2'),
            await permit(admin, dc1, user('one'), '-1', false),
            await permit(admin, dc1, group('two'), '-2', false),
          ]
          const ids = async (filter: object) =>
            (await done(admin.call('permissions', 'list', { filter }))).items
              .map(({ permission }: { permission: string }) => permission)
              .filter((id: string) => made.includes(id))
          const at = (...places: number[]) => places.map((place) => made[place]).sort()
          assert.deepEqual(await ids({ objects: [dc1] }), at(1, 2))
          assert.deepEqual(await ids({ objects: [dc0, dc1], principals: [user('one')] }), at(0, 1))
          assert.deepEqual(await ids({ roles: ['-2', 'nothing'] }), at(0, 2))
          assert.deepEqual(await ids({ roles: ['nothing'] }), [])
          assert.deepEqual(await ids({ roles: ['-2'], is_propagating: false }), at(2))
          assert.deepEqual(await ids({ objects: [object('vm-999999'), object('datacenter-3', 'Folder')] }), [])
          assert.deepEqual(await ids({ objects: [], principals: [], roles: [] }), at(0, 1, 2))
          await refused(
            admin.call('permissions', 'list', { filter: { objects: [object('x', 'Nothing')] } }),
            'INVALID_ARGUMENT',
          )

          const whole = await done(admin.call('permissions', 'list'))
          const paged: object[] = []
          for (let marker: string | undefined; ; ) {
            const iterate = { page_size: 3, ...(marker ? { marker } : {}) }
            const page = await done(admin.call('permissions', 'list', { iterate }))
            paged.push(...page.items)
            marker = page.marker
            if (!marker) break
          }
          assert.deepEqual(paged, whole.items)
          const { marker } = await done(
            admin.call('permissions', 'list', { filter: { roles: ['-1'] }, iterate: { page_size: 1 } }),
          )
          const rest = await done(admin.call('permissions', 'list', { iterate: { marker } }))
          assert(rest.items.every(({ info }: { info: { role: string } }) => info.role === '-1'))
          await refused(
            admin.call('permissions', 'list', { filter: { roles: ['-1'] }, iterate: { marker } }),
            'INVALID_ARGUMENT',
          )
          for (const permission of made) await done(admin.call('permissions', 'delete', { permission }))
        })

        await t.test(`${name}: a role that a permission gives cannot be deleted`, async () => {
          const used = await role(admin, 'Used', powerOn)
          for (const place of [dc0, everything]) {
            const permission = await permit(admin, place, user('holouser'), used)
            await refused(admin.call('roles', 'delete', { role: used }), 'RESOURCE_IN_USE')
            await done(admin.call('permissions', 'delete', { permission }))
          }
          await done(admin.call('roles', 'delete', { role: used }))
        })

        await t.test(`${name}: the last Administrator on the root stays`, async () => {
          const { items } = await done(
            admin.call('permissions', 'list', { filter: { objects: [root], roles: ['-1'] } }),
          )
          const [groupsPermission, usersPermission] = items.map(({ permission }: { permission: string }) => permission)
          assert.equal(items.length, 2)
          await done(admin.call('permissions', 'delete', { permission: groupsPermission }))
          await refused(admin.call('permissions', 'delete', { permission: usersPermission }), 'RESOURCE_BUSY')
          const update = (spec: object) => admin.call('permissions', 'update', { permission: usersPermission, spec })
          await refused(update({ role: '-6' }), 'RESOURCE_BUSY')
          await refused(update({ role: '-5', is_propagating: false }), 'RESOURCE_BUSY')
          await done(update({ role: '-1' }))
          await permit(admin, root, group('Administrators'), '-1')
        })
      }

      await t.test('what two take away at the same moment is not the last Administrator', async () => {
        const { json } = await session.post('/api/vcenter/authorization/permissions?action=list', {
          filter: { objects: [root], roles: ['-1'] },
        })
        const answers = await Promise.all(
          json.items.map(({ permission }: { permission: string }) =>
            session.delete(`/api/vcenter/authorization/permissions/${permission}`),
          ),
        )
        assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 400])
      })
    })

    await t.test('who may do what', async (t) => {
      const session = await signedIn(lab.a)
      const vmadmin = await signedIn(lab.a, 'holodeck-vmadmin@vsphere.local')
      const admin = restFace(session)
      const dc1 = object(await idOf(session, 'datacenter', 'DC1'))
      const holodeck = user('holodeck-vmadmin')

      /** Gives what a test needs for as long as it runs. */
      async function given(place: object, principal: object, roleId: string, propagating = true) {
        const permission = await permit(admin, place, principal, roleId, propagating)
        return { permission, [Symbol.asyncDispose]: () => done(admin.call('permissions', 'delete', { permission })) }
      }

      for (const [name, faceOf] of faces) {
        const restricted = faceOf(vmadmin)
        const nobody = faceOf(lab.a)

        await t.test(`${name}: without a session nothing is answered`, async () => {
          for (const [service, operation, input] of [
            ['roles', 'list', {}],
            ['roles', 'get', { role: '-1' }],
            ['roles', 'create', { spec: {} }],
            ['permissions', 'list', {}],
            ['permissions', 'get', { permission: 'x' }],
            ['privileges', 'list', {}],
            ['privileges', 'get', { privilege: powerOn }],
            ['privilege_checks', 'list', {}],
            ['privilege_checks.latest', 'get', {}],
          ] as const) {
            await refused(nobody.call(service, operation, input), 'UNAUTHENTICATED')
          }
        })

        await t.test(`${name}: whoever has nothing is refused, and is told nothing`, async () => {
          const { items } = await done(admin.call('permissions', 'list'))
          for (const [service, operation, input] of [
            ['roles', 'list', {}],
            ['roles', 'get', { role: '-1' }],
            ['roles', 'get', { role: '4711' }],
            ['roles', 'create', { spec: { name: 'Mine', description: '', privileges: [] } }],
            ['roles', 'update', { role: '-1', spec: {} }],
            ['roles', 'delete', { role: '-1' }],
            ['privileges', 'list', {}],
            ['privileges', 'get', { privilege: powerOn }],
            ['permissions', 'create', { spec: { object: dc0, principal: holodeck, role: '-1', propagating: true } }],
            [
              'permissions',
              'create',
              { spec: { object: dc0, principal: user('Administrator'), role: '-5', propagating: true } },
            ],
            ['permissions', 'get', { permission: items[0].permission }],
            ['permissions', 'get', { permission: Buffer.from('group-d1:user:a\\b').toString('base64url') }],
            ['permissions', 'update', { permission: items[0].permission, spec: { role: '-5' } }],
            ['permissions', 'delete', { permission: items[0].permission }],
            ['privilege_checks', 'list', {}],
            ['privilege_checks.latest', 'get', {}],
          ] as const) {
            const message = await refused(restricted.call(service, operation, input), 'UNAUTHORIZED', operation)
            assert.doesNotMatch(message, /Administrator/)
          }
          assert.deepEqual(await done(restricted.call('permissions', 'list')), { items: [] })
          assert.deepEqual(await done(admin.call('permissions', 'list')), { items })
        })

        await t.test(`${name}: a role on one datacenter shows that datacenter's permissions`, async () => {
          const holo = await role(admin, 'Holo', powerOn)
          {
            await using own = await given(dc0, holodeck, holo)
            await using _other = await given(dc1, user('holouser'), holo)
            const { items } = await done(restricted.call('permissions', 'list'))
            assert.deepEqual(
              items.map(({ permission }: { permission: string }) => permission),
              [own.permission],
            )
            assert.equal((await done(restricted.call('permissions', 'get', own))).role, holo)
            await refused(
              restricted.call('roles', 'create', { spec: { name: 'M', description: '', privileges: [] } }),
              'UNAUTHORIZED',
            )
            await refused(restricted.call('roles', 'list'), 'UNAUTHORIZED')
            await refused(restricted.call('permissions', 'delete', own), 'UNAUTHORIZED')
          }
          await done(admin.call('roles', 'delete', { role: holo }))
        })

        await t.test(`${name}: nobody puts into a role what they do not have`, async () => {
          const editor = await role(admin, 'Editor', modifyRoles, powerOn)
          {
            await using _ = await given(root, holodeck, editor)
            const attack = (spec: object) => restricted.call('roles', 'create', { spec: { description: '', ...spec } })
            assert.match(
              await refused(attack({ name: 'X', privileges: [powerOn, powerOff] }), 'UNAUTHORIZED'),
              /PowerOff/,
            )
            await refused(attack({ name: 'X', privileges: [modifyPermissions] }), 'UNAUTHORIZED')
            const mine = await done(attack({ name: 'Mine', privileges: [powerOn, modifyRoles] }))
            const update = (id: string, spec: object) => restricted.call('roles', 'update', { role: id, spec })
            await refused(update(mine, { privileges: [powerOn, powerOff] }), 'UNAUTHORIZED')
            await refused(update(editor, { privileges: [modifyRoles, powerOn, modifyPermissions] }), 'UNAUTHORIZED')
            await done(update(mine, { name: 'Still mine', privileges: [] }))
            await done(update(mine, { privileges: [powerOn] }))
            // What somebody else put in may stay, and may be taken out.
            const theirs = await role(admin, 'Theirs', powerOff)
            await done(update(theirs, { description: 'renamed', privileges: [powerOff, powerOn] }))
            await done(update(theirs, { privileges: [] }))
            for (const id of [mine, theirs]) await done(restricted.call('roles', 'delete', { role: id }))
          }
          await done(admin.call('roles', 'delete', { role: editor }))
        })

        await t.test(`${name}: nobody adds to a role what they do not have where it is given`, async () => {
          const editor = await role(admin, 'Editor', modifyRoles, powerOn)
          const holders = await role(admin, 'Holders')
          {
            await using _editor = await given(everything, holodeck, editor, false)
            const add = () => restricted.call('roles', 'update', { role: holders, spec: { privileges: [powerOn] } })
            {
              await using _holder = await given(dc0, user('holouser'), holders)
              assert.match(await refused(add(), 'UNAUTHORIZED'), /datacenter-3/)
              await using _there = await given(dc0, holodeck, editor, false)
              await refused(add(), 'UNAUTHORIZED', 'it propagates, and their own does not')
            }
            await done(add())
          }
          for (const id of [editor, holders]) await done(admin.call('roles', 'delete', { role: id }))
        })

        await t.test(`${name}: nobody gives on an object what they do not have there`, async () => {
          const delegate = await role(admin, 'Delegate', modifyPermissions, powerOn)
          const lesser = await role(admin, 'Lesser', powerOn)
          const greater = await role(admin, 'Greater', powerOn, powerOff)
          const create = (place: object, role: string, propagating = true, principal: object = user('holouser')) =>
            restricted.call('permissions', 'create', { spec: { object: place, principal, role, propagating } })
          {
            await using own = await given(dc0, holodeck, delegate)
            for (const stronger of ['-1', '-6', greater]) await refused(create(dc0, stronger), 'UNAUTHORIZED')
            for (const elsewhere of [dc1, root, everything]) await refused(create(elsewhere, lesser), 'UNAUTHORIZED')
            const permission = await done(create(dc0, lesser))
            const update = (spec: object) => restricted.call('permissions', 'update', { permission, spec })
            assert.match(await refused(update({ role: greater }), 'UNAUTHORIZED'), /PowerOff/)
            await done(update({ role: '-5' }))
            await done(update({ role: delegate, is_propagating: false }))
            await refused(restricted.call('permissions', 'update', { ...own, spec: { role: '-1' } }), 'UNAUTHORIZED')
            await done(restricted.call('permissions', 'delete', { permission }))
          }
          {
            // Nor below it, where their own permission does not reach.
            await using _own = await given(dc0, holodeck, delegate, false)
            await refused(create(dc0, lesser, true), 'UNAUTHORIZED')
            const permission = await done(create(dc0, lesser, false))
            const spec = { is_propagating: true }
            await refused(restricted.call('permissions', 'update', { permission, spec }), 'UNAUTHORIZED')
            await done(restricted.call('permissions', 'delete', { permission }))
          }
          for (const id of [delegate, lesser, greater]) await done(admin.call('roles', 'delete', { role: id }))
        })

        await t.test(`${name}: a change counts from the next call on`, async () => {
          const reader = await role(admin, 'Reader')
          const mayRead = async () => (await restricted.call('roles', 'list')).error === undefined
          assert.equal(await mayRead(), false)
          const permission = await permit(admin, root, holodeck, reader)
          assert.equal(await mayRead(), true)
          const update = (spec: object) => done(admin.call('permissions', 'update', { permission, spec }))
          await update({ role: '-5' })
          assert.equal(await mayRead(), false)
          await update({ role: reader })
          assert.equal(await mayRead(), true)
          await done(admin.call('permissions', 'delete', { permission }))
          assert.equal(await mayRead(), false)
          {
            await using _ = await given(everything, holodeck, reader, false)
            assert.equal(await mayRead(), true, 'what is allowed globally is allowed of roles')
          }
          const create = () =>
            restricted.call('roles', 'create', { spec: { name: 'N', description: '', privileges: [] } })
          {
            await using _ = await given(everything, holodeck, reader)
            await refused(create(), 'UNAUTHORIZED')
            await done(admin.call('roles', 'update', { role: reader, spec: { privileges: [modifyRoles] } }))
            await done(admin.call('roles', 'delete', { role: await done(create()) }))
            await done(admin.call('roles', 'update', { role: reader, spec: { privileges: [] } }))
            await refused(create(), 'UNAUTHORIZED')
          }
          await done(admin.call('roles', 'delete', { role: reader }))
        })
      }
    })

    await t.test('the audit log shows old and new, and a restart keeps all', async () => {
      const admin = restFace(await signedIn(lab.a))
      const made = await role(admin, 'Kept', powerOn)
      await done(admin.call('roles', 'update', { role: made, spec: { name: 'Kept too', privileges: [powerOff] } }))
      const permission = await permit(admin, dc0, user('holouser'), made)
      await done(admin.call('permissions', 'update', { permission, spec: { is_propagating: false } }))
      const gone = await permit(admin, everything, group('gone'), '-2')
      await done(admin.call('permissions', 'delete', { permission: gone }))
      await refused(admin.call('roles', 'delete', { role: made }), 'RESOURCE_IN_USE')

      const line = (operation: string) =>
        auditLog(lab)
          .split('\n')
          .findLast((line) => line.includes(operation)) ?? ''
      while (!line('roles.delete').includes(made)) await setTimeout(5)
      assert.match(line('roles.update'), /"Kept".*"Kept too"/)
      assert.match(line('roles.update'), new RegExp(`${powerOn}.*${powerOff}`))
      assert.match(line('permissions.update'), /"propagate":true.*"propagate":false/)
      assert.match(line('permissions.delete'), /"gone"/)
      assert.match(line('roles.delete'), /resource_in_use/i)

      const read = async () => [
        await done(admin.call('roles', 'list')),
        await done(admin.call('permissions', 'list')),
        await done(admin.call('permissions', 'get', { permission })),
      ]
      const before = await read()
      await lab.restart()
      const again = restFace(await signedIn(lab.a))
      Object.assign(admin, again)
      assert.deepEqual(await read(), before)
      assert.equal(before[2].propagating, false)
      await refused(admin.call('roles', 'delete', { role: made }), 'RESOURCE_IN_USE')
    })
  })
}
