import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databases, openLab } from '../lab.ts'
import { signedIn } from './clients.ts'

const path = '/rest/com/vmware/cis/authz/permission'
const globalId = (who: string) => `${who};doc=urn:acl:global:permissions`
const at = (id: string) => `${path}/id:${encodeURIComponent(id)}`
const born = [globalId('groupname=vsphere.local\\Administrators'), globalId('username=vsphere.local\\Administrator')]

const spec = (principal: object, ...role_id: string[]) => ({
  create_spec: {
    resource_id: { type: 'PermissionFolder', id: 'global-permission' },
    principal,
    role_id,
    propagate: true,
  },
})
const user = (user_name: string) => ({ type: 'USER', user_name })

for (const database of databases) {
  test(`${database.kind}: the older service of global permissions`, database, async () => {
    await using lab = await openLab(database)
    const admin = await signedIn(lab.a)
    const errorOf = ({ status, json }: { status: number; json: { type: string } }) =>
      `${status} ${json.type.replace('com.vmware.vapi.std.errors.', '')}`

    assert.deepEqual((await admin.get(path)).json, { value: born })
    for (const [principal, name] of [
      [user('vsphere.local\\holouser'), 'username=vsphere.local\\holouser'],
      [{ type: 'GROUP', group_name: 'Readers@example.com' }, 'groupname=example.com\\Readers'],
      [user('root'), 'username=localos\\root'],
    ] as const) {
      const id = globalId(name)
      const made = await admin.post(path, spec(principal, '-2'))
      assert.deepEqual([made.status, made.json], [200, { value: id }])
      const info = (await admin.get(at(id))).json.value
      const shown = name.split('=')[1]
      assert.deepEqual(info, {
        id,
        resource_id: { type: 'PermissionFolder', id: 'global-permission' },
        principal: principal.type === 'GROUP' ? { type: 'GROUP', group_name: shown } : user(String(shown)),
        role_id: ['-2'],
        propagate: true,
      })
      const details = (await admin.post(`${path}?~action=list-detail`)).json.value
      assert.equal(details.length, 3)
      assert.deepEqual(
        details.find((one: { id: string }) => one.id === id),
        info,
      )

      const twice = await admin.post(path, spec(principal, '-1'))
      assert.equal(errorOf(twice), '400 already_exists')
      const [message] = twice.json.value.messages
      assert.equal(message.id, 'com.vmware.vcenter.authorization.permissions.already_exists_global')
      assert.deepEqual(message.args, [shown])

      // It is the same permission on the face of today.
      const filter = { objects: [{ type: 'GlobalAcl', id: 'GlobalAcl' }], roles: ['-2'] }
      const { items } = (await admin.post('/api/vcenter/authorization/permissions?action=list', { filter })).json
      assert.deepEqual([items.length, items[0].info.propagating], [1, true])
      assert.equal(
        (
          await admin.delete(
            at(
              id
                .toUpperCase()
                .replace(/^(USER|GROUP)NAME/, (type) => type.toLowerCase())
                .replace(';DOC=URN:ACL:GLOBAL:PERMISSIONS', ';doc=urn:acl:global:permissions'),
            ),
          )
        ).status,
        200,
      )
      assert.equal(errorOf(await admin.delete(at(id))), '404 not_found')
      assert.equal(errorOf(await admin.get(at(id))), '404 not_found')
    }

    const fine = spec(user('vsphere.local\\x'), '-2')
    const inventory = { create_spec: { ...fine.create_spec, resource_id: { type: 'Folder', id: 'group-d1' } } }
    const wrong: [object, string][] = [
      [spec(user('vsphere.local\\x'), '4711'), '400 invalid_argument'],
      [spec(user('vsphere.local\\x'), 'Admin'), '400 invalid_argument'],
      [spec(user('vsphere.local\\x'), '-3'), '400 invalid_argument'],
      [spec(user('vsphere.local\\x')), '400 invalid_argument'],
      [spec(user('vsphere.local\\x'), '-1', '-2'), '400 invalid_argument'],
      [spec(user(''), '-2'), '400 invalid_argument'],
      [spec({ type: 'USER' }, '-2'), '400 invalid_argument'],
      [spec({ type: 'USER', group_name: 'vsphere.local\\x' }, '-2'), '400 invalid_argument'],
      [inventory, '400 unsupported'],
      [{}, '400 invalid_argument'],
    ]
    for (const [body, error] of wrong) assert.equal(errorOf(await admin.post(path, body)), error, JSON.stringify(body))
    for (const id of ['x', 'username=', globalId('username='), 'username=a\\b;doc=urn:acl:other', globalId('x=a\\b')]) {
      assert.equal(errorOf(await admin.get(at(id))), '404 not_found', id)
      assert.equal(errorOf(await admin.delete(at(id))), '404 not_found', id)
    }
    assert.equal((await admin.get(`${path}/not-an-id`)).status, 404)
    assert.deepEqual((await admin.get(path)).json, { value: born })

    const nobody = await signedIn(lab.a, 'holouser@vsphere.local')
    assert.deepEqual((await nobody.get(path)).json, { value: [] })
    assert.equal(errorOf(await nobody.get(at(born[0]!))), '403 unauthorized')
    assert.equal(errorOf(await nobody.post(path, fine)), '403 unauthorized')
    assert.equal(errorOf(await nobody.delete(at(born[0]!))), '403 unauthorized')
    assert.equal(errorOf(await lab.a.get(path)), '401 unauthenticated')
  })
}
