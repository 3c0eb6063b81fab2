import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../client.ts'
import { readDescription } from '../description.ts'
import { databases, openLab } from '../lab.ts'
import { signedIn } from '../vcenter/clients.ts'

const base = '/sallyport/v1/vcenter'
const powerOn = 'VirtualMachine.Interact.PowerOn'
const hostile = '<script>alert(1)</script>'

// biome-ignore lint/suspicious/noExplicitAny: what the wire has
type Any = any

async function get(client: Client, path: string, query: Record<string, string | number> = {}): Promise<Any> {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, `${value}`]))
  const { status, json } = await client.get(`${base}${path}${search.size > 0 ? `?${search}` : ''}`)
  assert.equal(status, 200, `${path} ${JSON.stringify(json)}`)
  return json
}

async function refusal(client: Client, path: string): Promise<string> {
  const { status, json } = await client.get(`${base}${path}`)
  return `${status} ${json.error.code}${json.error.field === undefined ? '' : ` ${json.error.field}`}`
}

const sent = async (answer: Promise<{ status: number; json: Any; text: string }>, status: number): Promise<Any> => {
  const { status: actual, json, text } = await answer
  assert.equal(actual, status, text)
  return json
}

for (const database of databases) {
  test(`${database.kind}: who can do what here`, database, async (t) => {
    await using lab = await openLab(database)
    const description = await readDescription(lab.a, '/sallyport/v1/openapi.json')
    // Every answer is what the description says it is.
    const client = lab.a.with({ check: (exchange) => void description.check(exchange) })
    const admin = await signedIn(client)
    const reader = await signedIn(client, 'holouser@vsphere.local')
    const authorization = '/api/vcenter/authorization'

    const idOf = async (name: string) => (await get(admin, '/objects', { name })).objects[0].id as string
    const production = await idOf('Production')
    const machine = (await get(admin, `/objects/${production}/children`)).children[0]

    const role = await sent(
      admin.post(`${authorization}/roles`, { name: hostile, description: '', privileges: [powerOn] }),
      201,
    )
    const permit = (id: string, type: 'USER' | 'GROUP', name: string, role: string, propagating = true) => {
      const object = { type: id === 'GlobalAcl' ? 'GlobalAcl' : 'ManagedEntity', id }
      const principal = { type, name, domain: 'vsphere.local' }
      return sent(admin.post(`${authorization}/permissions`, { object, principal, role, propagating }), 201)
    }

    for (const name of ['Operators', 'Night-Shift']) {
      await sent(admin.post('/sallyport/v1/sso/groups', { name, description: `${name} ${hostile}` }), 201)
    }
    const join = (group: string, type: string, name: string) =>
      sent(admin.post(`/sallyport/v1/sso/groups/${group}/members`, { type, name }), 201)
    await join('Operators', 'group', 'Night-Shift')
    await join('Night-Shift', 'user', 'holodeck-vmadmin')

    await permit(production, 'GROUP', 'Operators', role)
    await permit('datacenter-3', 'USER', 'holodeck-vmadmin', '-2')
    await permit(production, 'USER', 'holouser', '-2')

    await t.test('the inventory is walked from the root folder down, as far as the caller sees it', async () => {
      const { path, type, has_children } = await get(admin, `/objects/${production}`)
      assert.deepEqual(
        path.map(({ name }: Any) => name),
        ['Datacenters', 'DC0', 'vm'],
      )
      assert.deepEqual([type, has_children], ['Folder', true])
      assert.deepEqual(
        (await get(admin, '/objects/group-d1/children')).children.map(({ name }: Any) => name),
        ['DC0', 'DC1'],
      )
      // Read-only on one folder: the way to it, and what is in it.
      assert.deepEqual(
        (await get(reader, '/objects/group-d1/children')).children.map(({ name }: Any) => name),
        ['DC0'],
      )
      const inDatacenter = (await get(reader, '/objects/datacenter-3/children')).children
      assert.deepEqual(
        inDatacenter.map(({ name, has_children }: Any) => [name, has_children]),
        [['vm', true]],
      )
      assert.equal(await refusal(reader, '/objects/datacenter-4'), '404 not_found')
      assert.match(await refusal(reader, `/objects/${await idOf('DC1')}`), /^403 forbidden/)
      assert.deepEqual((await get(reader, '/objects', { name: 'DC1' })).objects, [])
    })

    await t.test('a folder is paged in the order of the names', async () => {
      const all = (await get(admin, `/objects/${production}/children`)).children
      const pages: Any[] = []
      for (let cursor = '', more = true; more; ) {
        const page = await get(admin, `/objects/${production}/children`, { limit: 3, ...(cursor ? { cursor } : {}) })
        pages.push(...page.children)
        cursor = page.next_cursor
        more = cursor !== undefined
      }
      assert.deepEqual(pages, all)
      const one = await get(admin, `/objects/${production}/children`, { name: machine.name.toLowerCase() })
      assert.deepEqual(one.children[0], machine)
      assert.equal(await refusal(admin, `/objects/${production}/children?cursor=%2B`), '400 invalid_field cursor')
      assert.match(await refusal(admin, `/objects/${production}/children?limit=0`), /^400 invalid_field/)
    })

    await t.test(
      'the permissions of an object are its own and those from above, with where they come from',
      async () => {
        await permit(production, 'USER', 'holodeck-vmadmin', '-5', false)
        const { permissions, holder, modifiable } = await get(admin, `/objects/${production}/permissions`)
        const shown = permissions.map((one: Any) =>
          [one.object.name ?? one.object.id, one.principal.name, one.role.name, one.inherited, one.overridden].join(
            ' ',
          ),
        )
        assert.deepEqual(shown, [
          `Production Operators ${hostile} false false`,
          'Production holodeck-vmadmin NoAccess false false',
          'Production holouser ReadOnly false false',
          'DC0 holodeck-vmadmin ReadOnly true true',
          'Datacenters Administrators Admin true false',
          'Datacenters Administrator Admin true false',
          'GlobalAcl Administrators Admin true true',
          'GlobalAcl Administrator Admin true true',
        ])
        assert.deepEqual([holder.id, modifiable], [production, true])
        const mine = permissions.find(({ role }: Any) => role.name === 'NoAccess')
        assert.equal((await admin.delete(`${authorization}/permissions/${mine.permission}`)).status, 204)

        const paged: Any[] = []
        for (let cursor = '', more = true; more; ) {
          const page = await get(admin, `/objects/${production}/permissions`, {
            limit: 1,
            ...(cursor ? { cursor } : {}),
          })
          paged.push(...page.permissions)
          cursor = page.next_cursor
          more = cursor !== undefined
        }
        assert.equal(paged.length, shown.length - 1)
        assert.equal(await refusal(admin, `/objects/${production}/permissions?cursor=eA`), '400 invalid_field cursor')
      },
    )

    await t.test('whoever may read an object reads what reaches it, but no global permissions', async () => {
      const { permissions, modifiable } = await get(reader, `/objects/${production}/permissions`)
      assert.deepEqual(
        [...new Set(permissions.map(({ object }: Any) => object.id))],
        [production, 'datacenter-3', 'group-d1'],
      )
      assert.equal(modifiable, false)
      assert.match(await refusal(reader, '/objects/GlobalAcl/permissions'), /^403/)
      assert.match(await refusal(reader, '/objects/datacenter-3/permissions'), /^403/)
      const fixed = await get(admin, '/objects/group-v4/permissions')
      assert.deepEqual([fixed.holder.id, fixed.modifiable], ['datacenter-3', false])
    })

    await t.test('roles are listed with how often they are given, and where', async () => {
      const { roles } = await get(admin, '/roles')
      assert.deepEqual([roles[0].name, roles[0].label, roles[0].system], ['Admin', 'Administrator', true])
      const mine = roles.find(({ id }: Any) => id === role)
      assert.deepEqual([mine.name, mine.use_count, mine.privilege_count], [hostile, 1, 4])
      assert((await get(admin, `/roles/${role}`)).privileges.includes(powerOn))
      const { permissions } = await get(admin, `/roles/${role}/permissions`)
      assert.deepEqual(
        permissions.map(({ object, principal }: Any) => [object.name, principal.name]),
        [['Production', 'Operators']],
      )
      const first = await get(admin, '/roles/-1/permissions', { limit: 1 })
      assert.equal(first.permissions.length, 1)
      const rest = await get(admin, '/roles/-1/permissions', { cursor: first.next_cursor })
      assert.equal(rest.permissions.length, 3)
      assert.equal((await get(reader, '/roles/-1/permissions')).permissions.length, 0)
      assert.equal(await refusal(admin, '/roles/0'), '404 not_found')
    })

    await t.test('privileges come in their groups', async () => {
      const { groups } = await get(admin, '/privileges')
      const interact = groups.find(({ group }: Any) => group === 'VirtualMachine.Interact')
      assert(interact.privileges.some(({ id }: Any) => id === powerOn))
    })

    await t.test('users and groups are found by name', async () => {
      const { principals, all } = await get(reader, '/principals', { name: 'NIGHT' })
      assert.deepEqual(
        [principals.length, principals[0].type, principals[0].name, all],
        [1, 'GROUP', 'Night-Shift', true],
      )
      assert.equal((await get(reader, '/principals', { limit: 1 })).all, false)
    })

    const ask = (client: Client, principal: string, object: string, privilege = powerOn, type = 'USER') =>
      get(client, '/access/explanation', { principal_type: type, principal, object, privilege })

    await t.test('a decision is explained: by which permission, on what, and through which groups', async () => {
      const told = await ask(admin, 'Holodeck-VMadmin', machine.id)
      assert.deepEqual([told.allowed, told.reason, told.principal.known], [true, 'granted', true])
      const [nearest, above] = told.steps
      assert.deepEqual([nearest.object.name, nearest.entries.length], ['Production', 1])
      const [entry] = nearest.entries
      assert.deepEqual([entry.outcome, entry.gives, entry.role.name], ['decides', true, hostile])
      assert.deepEqual(
        entry.through.map(({ name }: Any) => name),
        ['Night-Shift', 'Operators'],
      )
      assert.deepEqual([above.object.name, above.entries[0].outcome], ['DC0', 'decides'])
      assert.equal(above.entries[0].gives, false)
      const folder = await ask(admin, 'holodeck-vmadmin', production)
      assert.equal(folder.steps[1].entries[0].outcome, 'nearer_decides')
    })

    await t.test('what is explained is what is enforced', async () => {
      const worker = await signedIn(lab.a, 'holodeck-vmadmin@vsphere.local')
      const { status } = await worker.post(`/api/vcenter/vm/${machine.id}/power?action=start`)
      assert.notEqual(status, 403)
      assert.equal((await reader.post(`/api/vcenter/vm/${machine.id}/power?action=start`)).status, 403)
      const told = await ask(admin, 'holouser', machine.id)
      assert.deepEqual([told.allowed, told.reason], [false, 'not_in_role'])
    })

    await t.test('somebody unknown, a group, and the way to what one has', async () => {
      const nobody = await ask(admin, 'nobody', machine.id)
      assert.deepEqual([nobody.allowed, nobody.reason, nobody.principal.known], [false, 'no_permission', false])
      const group = await ask(admin, 'Night-Shift', machine.id, powerOn, 'GROUP')
      assert.equal(group.allowed, true)
      const way = await ask(admin, 'holouser', 'group-d1', 'System.View')
      assert.deepEqual([way.reason, way.below[0].id], ['on_the_way', production])
      assert.equal((await ask(admin, 'nobody', 'group-d1', 'System.Anonymous')).reason, 'anonymous')
      const global = await ask(admin, 'administrator', 'GlobalAcl', 'Authorization.ModifyRoles')
      assert.deepEqual([global.allowed, global.object.type], [true, 'GlobalAcl'])
    })

    await t.test('a caller is told what decides only as far as they may read it', async () => {
      await permit('GlobalAcl', 'GROUP', 'Night-Shift', role)
      const told = await ask(reader, 'holodeck-vmadmin', machine.id)
      assert.equal(told.allowed, true)
      assert.deepEqual(told.steps.at(-1), {
        object: { id: 'GlobalAcl', type: 'GlobalAcl' },
        entries: [],
        hidden: 1,
      })
      assert.equal((await ask(admin, 'holodeck-vmadmin', machine.id)).steps.at(-1).object.id, 'GlobalAcl')
      const dc1 = await idOf('DC1')
      const asked = `/access/explanation?principal=holouser&object=${dc1}&privilege=${powerOn}`
      assert.match(await refusal(reader, asked), /^403 forbidden/)
    })

    await t.test('who may do it: the principals with the permissions that give it to them', async () => {
      const { principals } = await get(admin, '/access/principals', { object: machine.id, privilege: powerOn })
      assert.deepEqual(
        principals.map(({ type, name, entries }: Any) => `${type} ${name} ${entries[0].principal.name}`),
        [
          'GROUP Administrators Administrators',
          'GROUP Night-Shift Operators',
          'GROUP Operators Operators',
          'USER Administrator Administrator',
          'USER holodeck-vmadmin Operators',
        ],
      )
      const first = await get(admin, '/access/principals', { object: machine.id, privilege: powerOn, limit: 2 })
      const query = { object: machine.id, privilege: powerOn, cursor: first.next_cursor }
      const rest = await get(admin, '/access/principals', query)
      assert.deepEqual([...first.principals, ...rest.principals], principals)
      assert.match(await refusal(reader, `/access/principals?object=group-d1&privilege=${powerOn}`), /^403/)
    })

    await t.test('where they may do it: the objects of the permissions about them', async () => {
      const query = { principal: 'holodeck-vmadmin', privilege: powerOn }
      const { objects } = await get(admin, '/access/objects', query)
      assert.deepEqual(
        objects.map(({ object, here, below, entries }: Any) => [object.id, here, below, entries.length]),
        [
          ['GlobalAcl', true, true, 1],
          ['datacenter-3', false, false, 1],
          [production, true, true, 1],
        ],
      )
      const seen = (await get(reader, '/access/objects', query)).objects
      assert.deepEqual(
        seen.map(({ object }: Any) => object.id),
        [production],
      )
    })

    await t.test('which privileges somebody has on an object', async () => {
      const query = { principal: 'holodeck-vmadmin', object: production }
      const { privileges, entries, hidden } = await get(admin, '/access/privileges', query)
      assert.deepEqual(
        privileges.map(({ privilege }: Any) => privilege),
        ['System.Anonymous', 'System.Read', 'System.View', powerOn],
      )
      assert.deepEqual(privileges[3].permissions, [entries[0].permission])
      assert.equal(hidden, 0)
    })

    await t.test(
      'what is asked wrongly is refused with the field, and users of NSX Manager are none of vCenter',
      async () => {
        const of = (query: string) => refusal(admin, `/access/explanation?${query}`)
        assert.equal(await of(`principal=x&object=group-d1&privilege=No.Such`), '400 invalid_field privilege')
        assert.equal(await of(`principal=%20&object=group-d1&privilege=${powerOn}`), '400 invalid_field principal')
        assert.equal(await of(`principal=x&object=vm-404&privilege=${powerOn}`), '404 not_found')
        assert.match(await of(`object=vm-404&privilege=${powerOn}`), /^400 invalid_field/)
        assert.match(
          await of(`principal=${'x'.repeat(300)}&object=group-d1&privilege=${powerOn}`),
          /^400 invalid_field/,
        )
        assert.equal(await refusal(lab.a, '/roles'), '401 unauthenticated')
        assert.equal(await refusal(lab.admin, '/roles'), '403 forbidden')
      },
    )

    await t.test('whoever has nothing at all sees nothing', async () => {
      await sent(admin.post('/sallyport/v1/sso/users', { name: 'newcomer', password: 'VMware123!' }), 201)
      const newcomer = await signedIn(lab.a, 'newcomer@vsphere.local')
      for (const path of ['/roles', '/roles/-1', '/privileges', '/principals', '/objects/group-d1/children']) {
        assert.match(await refusal(newcomer, path), /^403/, path)
      }
      assert.deepEqual((await get(newcomer, '/objects', { name: 'DC' })).objects, [])
      assert.deepEqual(
        (await get(newcomer, '/access/objects', { principal: 'administrator', privilege: powerOn })).objects,
        [],
      )
    })
  })
}
