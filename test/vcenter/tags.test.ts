import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Answer, Client } from '../client.ts'
import { databases, type Lab, openLab } from '../lab.ts'
import { plain } from './authorization-faces.ts'
import { rpc, rpcErrorOf, signedIn } from './clients.ts'
import { managers, Vim } from './soap-client.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into values of every shape
type Any = any

/** How the vendor's table has a call: its service and operation, its path below `/api` and what follows. */
interface Call {
  call: string
  method: string
  path: string
  action?: string
  /** Inputs of the path. */
  inPath?: string
  /** The input that is the whole body of `/api`. */
  body?: string
}

const category = { path: '/cis/tagging/category', inPath: 'category_id' }
const tag = { path: '/cis/tagging/tag', inPath: 'tag_id' }
const association = { path: '/cis/tagging/tag-association', inPath: 'tag_id' }
const listed = (path: string, call: string, action: string): Call => ({ call, method: 'POST', path, action })

/** @see vcenter-operations.json */
const calls: Call[] = [
  { call: 'category.list', method: 'GET', path: category.path },
  { call: 'category.create', method: 'POST', path: category.path, body: 'create_spec' },
  { call: 'category.get', method: 'GET', ...category },
  { call: 'category.update', method: 'PATCH', ...category, body: 'update_spec' },
  { call: 'category.delete', method: 'DELETE', ...category },
  listed(category.path, 'category.list_used_categories', 'list-used-categories'),
  { call: 'category.add_to_used_by', method: 'POST', ...category, action: 'add-to-used-by' },
  { call: 'category.remove_from_used_by', method: 'POST', ...category, action: 'remove-from-used-by' },
  { call: 'tag.list', method: 'GET', path: tag.path },
  { call: 'tag.create', method: 'POST', path: tag.path, body: 'create_spec' },
  { call: 'tag.get', method: 'GET', ...tag },
  { call: 'tag.update', method: 'PATCH', ...tag, body: 'update_spec' },
  { call: 'tag.delete', method: 'DELETE', ...tag },
  listed(tag.path, 'tag.list_used_tags', 'list-used-tags'),
  listed(tag.path, 'tag.list_tags_for_category', 'list-tags-for-category'),
  { call: 'tag.add_to_used_by', method: 'POST', ...tag, action: 'add-to-used-by' },
  { call: 'tag.remove_from_used_by', method: 'POST', ...tag, action: 'remove-from-used-by' },
  { call: 'tag_association.attach', method: 'POST', ...association, action: 'attach' },
  { call: 'tag_association.detach', method: 'POST', ...association, action: 'detach' },
  { call: 'tag_association.list_attached_objects', method: 'POST', ...association, action: 'list-attached-objects' },
  ...['attach-tag-to-multiple-objects', 'detach-tag-from-multiple-objects'].map((action) => ({
    call: `tag_association.${action.replaceAll('-', '_')}`,
    method: 'POST',
    ...association,
    action,
  })),
  ...[
    'attach-multiple-tags-to-object',
    'detach-multiple-tags-from-object',
    'list-attached-tags',
    'list-attached-tags-on-objects',
    'list-attached-objects-on-tags',
    'list-attachable-tags',
  ].map((action) => listed(association.path, `tag_association.${action.replaceAll('-', '_')}`, action)),
]

interface Face {
  name: string
  /** @returns the value, or the error's name. */
  ask(client: Client, call: string, input?: Any): Promise<Any>
}

const find = (name: string) => calls.find(({ call }) => call === name) ?? assert.fail(name)

function send(client: Client, method: string, path: string, body: unknown): Promise<Answer> {
  return body === undefined
    ? client.send(method, path)
    : client.send(method, path, JSON.stringify(body), { 'content-type': 'application/json' })
}

const rest: Face = {
  name: 'REST',
  async ask(client, name, input = {}) {
    const { method, path, action, inPath, body } = find(name)
    const { [inPath ?? '']: id, ...others } = input
    const url = `/api${path}${inPath ? `/${encodeURIComponent(id)}` : ''}${action ? `?action=${action}` : ''}`
    const inBody = body ? others[body] : Object.keys(others).length > 0 ? others : undefined
    const answer = await send(client, method, url, inBody)
    if (answer.status >= 300) return answer.json.error_type
    const created = body === 'create_spec'
    assert.equal(answer.status, created ? 201 : answer.text === '' ? 204 : 200, `${method} ${url}`)
    return answer.text === '' ? undefined : answer.json
  },
}

const legacy: Face = {
  name: '/rest',
  async ask(client, name, input = {}) {
    const { method, path, action, inPath: own } = find(name)
    // It names the category of the tags where it names tags elsewhere.
    const inPath = name === 'tag.list_tags_for_category' ? 'category_id' : own
    const { [inPath ?? '']: id, ...others } = input
    const url = `/rest/com/vmware${path}${inPath ? `/id:${id}` : ''}${action ? `?~action=${action}` : ''}`
    const answer = await send(client, method, url, Object.keys(others).length > 0 ? others : undefined)
    if (answer.status >= 300) return answer.json.type.replace('com.vmware.vapi.std.errors.', '').toUpperCase()
    assert.equal(answer.status, 200)
    return answer.text === '' ? undefined : answer.json.value
  },
}

const optionals: Record<string, string[]> = {
  'category.create': ['category_id'],
  'category.update': ['name', 'description', 'cardinality', 'associable_types'],
  'tag.create': ['tag_id'],
  'tag.update': ['name', 'description'],
}

const jsonRpc: Face = {
  name: 'JSON-RPC',
  async ask(client, name, input = {}) {
    const [service = '', operation = ''] = name.split('.')
    const wrap = (value: Any): Any => {
      if (Array.isArray(value)) return value.map(wrap)
      if (value === null || typeof value !== 'object') return value
      const fields = Object.entries(value).map(([key, one]) => [
        key,
        optionals[name]?.includes(key) ? { OPTIONAL: one } : one,
      ])
      return { STRUCTURE: { any: Object.fromEntries(fields) } }
    }
    const given = Object.fromEntries(Object.entries(input).map(([key, value]) => [key, wrap(value)]))
    const answer = await rpc(client, `com.vmware.cis.tagging.${service}`, operation, given)
    if (answer.json.result.error) return rpcErrorOf(answer).name.toUpperCase()
    return plain(answer.json.result.output) ?? undefined
  },
}

const faces = [rest, legacy, jsonRpc]

/** What goes by names that nobody else has. */
let made = 0
const fresh = (word: string) => `${word} ${++made}`

const newCategory = (client: Client, fields: object = {}): Promise<string> =>
  rest.ask(client, 'category.create', {
    create_spec: { name: fresh('category'), description: '', cardinality: 'MULTIPLE', associable_types: [], ...fields },
  })

const newTag = (client: Client, category_id: string, fields: object = {}): Promise<string> =>
  rest.ask(client, 'tag.create', { create_spec: { name: fresh('tag'), description: '', category_id, ...fields } })

const vm = (id: string) => ({ type: 'VirtualMachine', id })

async function vms(client: Client): Promise<string[]> {
  return (await client.get('/api/vcenter/vm')).json.map((one: Any) => one.vm)
}

const authorization = '/api/vcenter/authorization'
const everything = { type: 'GlobalAcl', id: 'GlobalAcl' }
const root = { type: 'Folder', id: 'group-d1' }
const Tagging = 'InventoryService.Tagging'

async function posted(client: Client, path: string, body: object): Promise<string> {
  const { status, text, json } = await client.post(path, body)
  assert.equal(status, 201, text)
  return json
}

/** A user who has some privileges, and each of them at one place. */
async function newUser(lab: Lab, admin: Client, ...given: [place: object, ...privileges: string[]][]): Promise<Client> {
  const name = `user-${++made}`
  const password = 'Sallyport!User-1'
  await posted(admin, '/sallyport/v1/sso/users', { name, password })
  for (const [place, ...privileges] of given) await give(admin, name, place, ...privileges)
  return signedIn(lab.a, `${name}@vsphere.local`, password)
}

async function give(admin: Client, name: string, object: object, ...privileges: string[]): Promise<string> {
  const role = await posted(admin, `${authorization}/roles`, { name: fresh('role'), description: '', privileges })
  const principal = { type: 'USER', name, domain: 'vsphere.local' }
  return posted(admin, `${authorization}/permissions`, { object, principal, role, propagating: true })
}

for (const database of databases) {
  test(`${database.kind}: categories, tags and what has them`, database, async (t) => {
    await using lab = await openLab(database)
    const admin = await signedIn(lab.a)
    const [machine = '', other = '', third = ''] = await vms(admin)

    for (const { name, ask } of faces) {
      await t.test(`${name}: a category and a tag are made, read, changed, listed and deleted`, async () => {
        const spec = {
          name: fresh('Environment'),
          description: 'é',
          cardinality: 'SINGLE',
          associable_types: ['VirtualMachine', 'Folder'],
        }
        const id = await ask(admin, 'category.create', { create_spec: spec })
        assert.match(id, /^urn:vmomi:InventoryServiceCategory:[0-9a-f-]{36}:GLOBAL$/)
        const read = () => ask(admin, 'category.get', { category_id: id })
        const sorted = { ...spec, associable_types: ['Folder', 'VirtualMachine'] }
        assert.deepEqual(await read(), { id, ...sorted, used_by: [] })
        assert((await ask(admin, 'category.list')).includes(id))
        const update = (update_spec: object) => ask(admin, 'category.update', { category_id: id, update_spec })
        assert.equal(await update({ description: 'other', cardinality: 'MULTIPLE' }), undefined)
        const types = ['VirtualMachine', 'urn:vim25:Datastore', 'Folder', 'urn:vim25:Folder']
        assert.equal(
          await update({ associable_types: types }),
          undefined,
          'with their namespace, as clients write them',
        )
        const changed = { id, name: spec.name, description: 'other', cardinality: 'MULTIPLE', used_by: [] }
        assert.deepEqual(await read(), { ...changed, associable_types: ['Datastore', 'Folder', 'VirtualMachine'] })

        const tagSpec = { name: 'production', description: '', category_id: id }
        const tagId = await ask(admin, 'tag.create', { create_spec: tagSpec })
        assert.match(tagId, /^urn:vmomi:InventoryServiceTag:[0-9a-f-]{36}:GLOBAL$/)
        assert.deepEqual(await ask(admin, 'tag.get', { tag_id: tagId }), { id: tagId, ...tagSpec, used_by: [] })
        assert((await ask(admin, 'tag.list')).includes(tagId))
        assert.deepEqual(await ask(admin, 'tag.list_tags_for_category', { category_id: id }), [tagId])
        assert.equal(await ask(admin, 'tag.update', { tag_id: tagId, update_spec: { name: 'test' } }), undefined)
        assert.equal((await ask(admin, 'tag.get', { tag_id: tagId })).name, 'test')

        const used_by_entity = `urn:acl:user ${name}`
        for (const [service, key, one, all] of [
          ['category', 'category_id', id, 'list_used_categories'],
          ['tag', 'tag_id', tagId, 'list_used_tags'],
        ] as const) {
          const users = async () => (await ask(admin, `${service}.get`, { [key]: one })).used_by
          for (const _ of [1, 2]) {
            assert.equal(await ask(admin, `${service}.add_to_used_by`, { [key]: one, used_by_entity }), undefined)
            assert.deepEqual(await users(), [used_by_entity])
          }
          assert.deepEqual(await ask(admin, `${service}.${all}`, { used_by_entity }), [one])
          assert.deepEqual(await ask(admin, `${service}.${all}`, { used_by_entity: 'nobody' }), [])
          for (const _ of [1, 2]) {
            assert.equal(await ask(admin, `${service}.remove_from_used_by`, { [key]: one, used_by_entity }), undefined)
            assert.deepEqual(await users(), [])
          }
        }

        assert.equal(await ask(admin, 'tag.delete', { tag_id: tagId }), undefined)
        for (const call of ['get', 'delete'])
          assert.equal(await ask(admin, `tag.${call}`, { tag_id: tagId }), 'NOT_FOUND')
        const last = await ask(admin, 'tag.create', { create_spec: tagSpec })
        assert.equal(await ask(admin, 'category.delete', { category_id: id }), undefined)
        assert.equal(await read(), 'NOT_FOUND')
        assert.equal(await ask(admin, 'tag.get', { tag_id: last }), 'NOT_FOUND', 'its tags go with it')
      })

      await t.test(`${name}: tags are attached and detached, one or several at a time`, async () => {
        const category_id = await newCategory(admin)
        const [one, two] = [await newTag(admin, category_id), await newTag(admin, category_id)]
        const object_id = vm(machine)
        const tags = async (object = object_id) =>
          (await ask(admin, 'tag_association.list_attached_tags', { object_id: object })).sort()
        const objects = (tag_id: string) => ask(admin, 'tag_association.list_attached_objects', { tag_id })
        for (const _ of [1, 2]) {
          assert.equal(await ask(admin, 'tag_association.attach', { tag_id: one, object_id }), undefined)
          assert.deepEqual(await tags(), [one])
          assert.deepEqual(await objects(one), [object_id])
        }
        const all = await ask(admin, 'tag_association.list_attachable_tags', { object_id })
        assert(all.includes(two) && !all.includes(one))

        const good = { success: true, error_messages: [] }
        const both = [one, two].sort()
        assert.deepEqual(
          await ask(admin, 'tag_association.attach_multiple_tags_to_object', { object_id, tag_ids: both }),
          good,
        )
        assert.deepEqual(await tags(), both)
        const several = [vm(machine), vm(other)]
        assert.deepEqual(
          await ask(admin, 'tag_association.attach_tag_to_multiple_objects', { tag_id: two, object_ids: several }),
          good,
        )
        assert.deepEqual(await objects(two), several)
        const onTags = await ask(admin, 'tag_association.list_attached_objects_on_tags', { tag_ids: [two, one] })
        assert.deepEqual(onTags, [
          { tag_id: two, object_ids: several },
          { tag_id: one, object_ids: [object_id] },
        ])
        const onObjects = await ask(admin, 'tag_association.list_attached_tags_on_objects', {
          object_ids: [vm(other), vm(third)],
        })
        assert.deepEqual(onObjects, [
          { object_id: vm(other), tag_ids: [two] },
          { object_id: vm(third), tag_ids: [] },
        ])

        assert.deepEqual(
          await ask(admin, 'tag_association.detach_multiple_tags_from_object', { object_id, tag_ids: both }),
          good,
        )
        assert.deepEqual(await tags(), [])
        assert.deepEqual(await objects(two), [vm(other)])
        for (const _ of [1, 2]) {
          assert.deepEqual(
            await ask(admin, 'tag_association.detach_tag_from_multiple_objects', { tag_id: two, object_ids: several }),
            good,
          )
        }
        assert.deepEqual(await objects(two), [])
        assert.equal(await ask(admin, 'tag_association.detach', { tag_id: one, object_id }), undefined)

        const none = 'urn:vmomi:InventoryServiceTag:none:GLOBAL'
        const partly = await ask(admin, 'tag_association.attach_multiple_tags_to_object', {
          object_id,
          tag_ids: [none, one],
        })
        assert.equal(partly.success, false)
        assert.deepEqual(
          partly.error_messages.map((message: Any) => message.default_message),
          [`There is no tag ${none}`],
        )
        assert.deepEqual(await tags(), [one], 'what can be done is done')
        const { error_messages } = await ask(admin, 'tag_association.attach_tag_to_multiple_objects', {
          tag_id: two,
          object_ids: [vm('vm-none'), vm(other)],
        })
        assert.match(error_messages[0].default_message, /vm-none/)
        assert.deepEqual(await tags(vm(other)), [two])
        for (const call of ['attach', 'detach', 'attach_tag_to_multiple_objects', 'list_attached_objects']) {
          const about = call.includes('objects') ? (call.startsWith('list') ? {} : { object_ids: [] }) : { object_id }
          assert.equal(await ask(admin, `tag_association.${call}`, { tag_id: none, ...about }), 'NOT_FOUND', call)
        }
        await ask(admin, 'category.delete', { category_id })
        assert.deepEqual(await tags(), [], 'a deleted tag is on nothing')
      })
    }

    await t.test('what is no category or no tag is refused, and the field is named', async () => {
      const spec = { name: 'Owner', description: '', cardinality: 'SINGLE', associable_types: ['VirtualMachine'] }
      const category_id = await rest.ask(admin, 'category.create', { create_spec: spec })
      const tag_id = await newTag(admin, category_id, { name: 'me' })
      const all = await newCategory(admin)
      const refusals: [path: string, method: string, body: object, error: string, text: RegExp][] = [
        ['category', 'POST', spec, 'ALREADY_EXISTS', /Owner/],
        ['category', 'POST', { ...spec, name: '' }, 'INVALID_ARGUMENT', /name/i],
        ['category', 'POST', { ...spec, name: 'x', cardinality: 'TWO' }, 'INVALID_ARGUMENT', /cardinality/],
        [
          'category',
          'POST',
          { ...spec, name: 'x', associable_types: ['no type'] },
          'INVALID_ARGUMENT',
          /associable_types/,
        ],
        [
          'category',
          'POST',
          { ...spec, name: 'x', associable_types: ['A', 'A'] },
          'INVALID_ARGUMENT',
          /associable_types/,
        ],
        ['category', 'POST', { ...spec, name: 'x', category_id: 'vm-1' }, 'INVALID_ARGUMENT', /category_id/],
        ['category', 'POST', { ...spec, name: 'x', category_id }, 'ALREADY_EXISTS', /InventoryServiceCategory/],
        ['category', 'POST', { ...spec, name: 'x', description: 'x'.repeat(4097) }, 'INVALID_ARGUMENT', /description/],
        ['category', 'POST', { ...spec, name: 'x', colour: 'red' }, 'UNEXPECTED_INPUT', /colour/],
        [`category/${category_id}`, 'PATCH', { associable_types: ['Folder'] }, 'INVALID_ARGUMENT', /associable_types/],
        [`category/${all}`, 'PATCH', { associable_types: ['Folder'] }, 'INVALID_ARGUMENT', /associable_types/],
        [`category/${all}`, 'PATCH', { cardinality: 'SINGLE' }, 'INVALID_ARGUMENT', /cardinality/],
        [`category/${all}`, 'PATCH', { name: 'Owner' }, 'ALREADY_EXISTS', /Owner/],
        ['tag', 'POST', { name: 'me', description: '', category_id }, 'ALREADY_EXISTS', /me/],
        ['tag', 'POST', { name: 'me', description: '', category_id: tag_id }, 'NOT_FOUND', /category/],
        ['tag', 'POST', { name: 'x', description: '', category_id, tag_id: 'x' }, 'INVALID_ARGUMENT', /tag_id/],
        ['tag', 'POST', { name: 'x\n', description: '', category_id }, 'INVALID_ARGUMENT', /name/i],
      ]
      for (const [path, method, body, error, text] of refusals) {
        const { json } = await send(admin, method, `/api/cis/tagging/${path}`, body)
        assert.equal(json.error_type, error, JSON.stringify(body))
        assert.match(json.messages[0].default_message, text)
      }
      const attach = async (object_id: object, tag = tag_id) => {
        const url = `/api/cis/tagging/tag-association/${tag}?action=attach`
        const answer = await admin.post(url, { object_id })
        return answer.status === 204
          ? 'attached'
          : `${answer.json.error_type} ${answer.json.messages[0].default_message}`
      }
      assert.match(
        await attach({ type: 'Folder', id: 'group-d1' }),
        /^INVALID_ARGUMENT object_id: .* not for objects of type Folder/,
      )
      assert.match(await attach(vm('vm-none')), /^INVALID_ARGUMENT .*vm-none/)
      assert.match(await attach({ type: 'Datastore', id: machine }), /^INVALID_ARGUMENT/)
      assert.match(await attach({ type: 'Nothing', id: machine }), /^INVALID_ARGUMENT Nothing is no type/)
      const onAll = await newTag(admin, all)
      assert.match(await attach(everything, onAll), /^INVALID_ARGUMENT object_id/)
      assert.match(await attach({ type: 'InventoryServiceTag', id: tag_id }, onAll), /^INVALID_ARGUMENT/)
      assert.equal(await attach(vm(machine)), 'attached')
      const second = await newTag(admin, category_id)
      assert.match(await attach(vm(machine), second), /^INVALID_ARGUMENT object_id: .* can have one only/)
      assert.equal(await attach({ type: 'ManagedEntity', id: other }, second), 'attached')
      const attachable = await rest.ask(admin, 'tag_association.list_attachable_tags', { object_id: root })
      assert(attachable.includes(onAll) && !attachable.includes(second))
      assert.equal(
        await rest.ask(admin, 'category.update', { category_id, update_spec: { associable_types: [] } }),
        undefined,
      )
      assert.equal(await attach(root, second), 'attached', 'no types are all types')
      const many = Array(1001).fill(vm(machine))
      for (const [path, body, field] of [
        [`/${tag_id}?action=attach-tag-to-multiple-objects`, { object_ids: many }, /^object_ids: .* 1000, /],
        [
          '?action=detach-multiple-tags-from-object',
          { object_id: root, tag_ids: many.map(() => tag_id) },
          /^tag_ids: /,
        ],
      ] as const) {
        const { json } = await admin.post(`/api/cis/tagging/tag-association${path}`, body)
        assert.equal(json.error_type, 'INVALID_ARGUMENT')
        assert.match(json.messages[0].default_message, field)
      }
      const again = await admin.post(
        `/rest/com/vmware/cis/tagging/tag/id:${category_id}?~action=list-tags-for-category`,
        {
          category_id: all,
        },
      )
      assert.equal(again.status, 400, 'the body of govmomi repeats the path, and cannot contradict it')
    })

    await t.test('each call needs just the privilege that is documented', async () => {
      const category_id = await newCategory(admin)
      const tag_id = await newTag(admin, category_id)
      const object_id = vm(machine)
      const create_spec = () => ({ name: fresh('n'), description: '', cardinality: 'SINGLE', associable_types: [] })
      const used_by_entity = 'somebody'
      const needs: [call: string, privileges: string[], input: () => Any][] = [
        ['category.create', ['CreateCategory'], () => ({ create_spec: create_spec() })],
        ['category.get', ['Read'], () => ({ category_id })],
        ['category.update', ['EditCategory'], () => ({ category_id, update_spec: { description: 'x' } })],
        ['category.add_to_used_by', ['ModifyUsedByForCategory'], () => ({ category_id, used_by_entity })],
        ['category.remove_from_used_by', ['ModifyUsedByForCategory'], () => ({ category_id, used_by_entity })],
        ['tag.list_tags_for_category', ['Read'], () => ({ category_id })],
        ['tag.create', ['CreateTag'], () => ({ create_spec: { name: fresh('n'), description: '', category_id } })],
        ['tag.get', ['Read'], () => ({ tag_id })],
        ['tag.update', ['EditTag'], () => ({ tag_id, update_spec: { description: 'x' } })],
        ['tag.add_to_used_by', ['ModifyUsedByForTag'], () => ({ tag_id, used_by_entity })],
        ['tag.remove_from_used_by', ['ModifyUsedByForTag'], () => ({ tag_id, used_by_entity })],
        ['tag_association.attach', ['AttachTag', 'ObjectAttachable'], () => ({ tag_id, object_id })],
        ['tag_association.detach', ['AttachTag', 'ObjectAttachable'], () => ({ tag_id, object_id })],
        ['tag_association.attach_tag_to_multiple_objects', ['AttachTag'], () => ({ tag_id, object_ids: [] })],
        ['tag_association.detach_tag_from_multiple_objects', ['AttachTag'], () => ({ tag_id, object_ids: [] })],
        ['tag_association.attach_multiple_tags_to_object', ['ObjectAttachable'], () => ({ object_id, tag_ids: [] })],
        ['tag_association.detach_multiple_tags_from_object', ['ObjectAttachable'], () => ({ object_id, tag_ids: [] })],
        ['tag_association.list_attached_objects', ['Read'], () => ({ tag_id })],
        ['tag_association.list_attached_tags', ['Read'], () => ({ object_id })],
        ['tag_association.list_attachable_tags', ['Read'], () => ({ object_id })],
        ['tag.delete', ['DeleteTag'], () => ({ tag_id })],
        ['category.delete', ['DeleteCategory'], () => ({ category_id })],
      ]
      const full = (name: string) => (name === 'Read' ? 'System.Read' : `${Tagging}.${name}`)
      const { json: groups } = await admin.get(`${authorization}/roles/-1`)
      const tagging: string[] = groups.privileges.filter((id: string) => id.startsWith(Tagging))
      assert.equal(tagging.length, 10)
      const nobody = await newUser(lab, admin)
      for (const [call, privileges, input] of needs) {
        const needed = privileges.map(full)
        assert.equal(await rest.ask(nobody, call, input()), 'UNAUTHORIZED', call)
        for (const missing of needed) {
          if (missing === 'System.Read') continue
          const almost = await newUser(lab, admin, [everything, ...tagging.filter((id) => id !== missing)])
          assert.equal(await rest.ask(almost, call, input()), 'UNAUTHORIZED', `${call} without ${missing}`)
        }
        const allowed = await newUser(lab, admin, [everything, ...needed])
        assert.notEqual(await rest.ask(allowed, call, input()), 'UNAUTHORIZED', call)
      }
    })

    await t.test('lists leave out what the caller may not read', async () => {
      const category_id = await newCategory(admin)
      const tag_id = await newTag(admin, category_id)
      for (const id of [machine, other]) {
        await rest.ask(admin, 'tag_association.attach', { tag_id, object_id: vm(id) })
      }
      const objectUser = await newUser(lab, admin, [vm(machine), 'System.Read'])
      assert.deepEqual(await rest.ask(objectUser, 'category.list'), [])
      assert.deepEqual(await rest.ask(objectUser, 'tag.list'), [])
      assert.deepEqual(await rest.ask(objectUser, 'tag_association.list_attached_tags', { object_id: vm(machine) }), [])
      assert.deepEqual(
        await rest.ask(objectUser, 'tag_association.list_attachable_tags', { object_id: vm(machine) }),
        [],
      )
      assert.equal(
        await rest.ask(objectUser, 'tag_association.list_attached_tags', { object_id: vm(other) }),
        'UNAUTHORIZED',
      )
      assert.deepEqual(
        await rest.ask(objectUser, 'tag_association.list_attached_objects_on_tags', { tag_ids: [tag_id] }),
        [],
      )

      const tagObject = { type: 'InventoryServiceTag', id: tag_id }
      const both = await newUser(lab, admin, [vm(machine), 'System.Read'], [tagObject, 'System.Read'])
      assert.deepEqual(await rest.ask(both, 'tag.list'), [tag_id])
      assert.deepEqual(await rest.ask(both, 'category.list'), [])
      assert.equal(await rest.ask(both, 'tag.list_tags_for_category', { category_id }), 'UNAUTHORIZED')
      assert.deepEqual(await rest.ask(both, 'tag_association.list_attached_objects', { tag_id }), [vm(machine)])
      assert.deepEqual(await rest.ask(both, 'tag_association.list_attached_tags', { object_id: vm(machine) }), [tag_id])
      const object_ids = [vm(other), vm(machine), vm('vm-none'), everything]
      assert.deepEqual(await rest.ask(both, 'tag_association.list_attached_tags_on_objects', { object_ids }), [
        { object_id: vm(machine), tag_ids: [tag_id] },
      ])
    })

    await t.test('global permissions and those on a tag add up, and the inventory has nothing to say', async () => {
      const category_id = await newCategory(admin)
      const [attach, remove] = [`${Tagging}.AttachTag`, `${Tagging}.DeleteTag`]
      const reading = ['System.Read', `${Tagging}.ObjectAttachable`]
      const may = async (user: Client, tag_id: string) => {
        const object_id = vm(machine)
        const canAttach = await rest.ask(user, 'tag_association.attach', { tag_id, object_id })
        const canDelete = await rest.ask(user, 'tag.delete', { tag_id })
        return [canAttach, canDelete].map((answer) => answer === undefined)
      }
      // Dana, Robin and Lee of the vendor's tables: what each has globally, on the tag and on the host.
      const tables: [global: string[], tag: string[], object: string[], attaches: boolean, deletes: boolean][] = [
        [[], [attach], [remove], true, false],
        [[attach], [], [remove], true, false],
        [[], [], [attach], false, false],
        [[remove], ['System.Read'], [], false, true],
        [[], ['System.Read'], [remove], false, false],
        [[attach], [remove], [], true, true],
        [[], [remove], [attach], false, true],
      ]
      for (const [globally, onTag, onObject, attaches, deletes] of tables) {
        const tag_id = await newTag(admin, category_id)
        const places: [object, ...string[]][] = [[root, ...reading, ...onObject]]
        if (globally.length > 0) places.push([everything, ...globally])
        if (onTag.length > 0) places.push([{ type: 'InventoryServiceTag', id: tag_id }, ...onTag])
        const user = await newUser(lab, admin, ...places)
        assert.deepEqual(await may(user, tag_id), [attaches, deletes], JSON.stringify([globally, onTag, onObject]))
      }
    })

    await t.test(
      'a permission on a tag or a category is listed, given no further than one may, and goes with it',
      async () => {
        const category_id = await newCategory(admin)
        const tag_id = await newTag(admin, category_id)
        const place = { type: 'InventoryServiceTag', id: tag_id }
        const onCategory = { type: 'InventoryServiceCategory', id: category_id }
        const permissions = async (object: object) =>
          (await admin.post(`${authorization}/permissions?action=list`, { filter: { objects: [object] } })).json.items
        const principal = { type: 'USER', name: 'holouser', domain: 'vsphere.local' }
        for (const object of [place, onCategory]) await give(admin, 'holouser', object, 'System.Read')
        const [{ info }] = await permissions(place)
        assert.deepEqual(info.object, place)
        assert.deepEqual(info.principal, principal)
        const usage = await admin.get(`/sallyport/v1/vcenter/roles/${info.role}/permissions`)
        const { name } = await rest.ask(admin, 'tag.get', { tag_id })
        assert.deepEqual(usage.json.permissions[0].object, { ...place, name })
        const { vim } = await new Vim(lab.a).signIn()
        for (const [method, args] of [
          ['RetrieveAllPermissions', {}],
          ['RetrieveRolePermissions', { roleId: info.role }],
        ] as const) {
          const entities = (await vim.list(method, managers.authorization, args)).map(({ entity }) => entity)
          assert(!entities.some((entity) => entity.includes('InventoryService')), 'vim25 has no tags')
        }
        const wrong = await admin.post(`${authorization}/permissions`, {
          object: { type: 'ManagedEntity', id: tag_id },
          principal,
          role: '-1',
          propagating: true,
        })
        assert.equal(wrong.json.error_type, 'INVALID_ARGUMENT', 'a tag is no object of the inventory')
        const limited = await newUser(lab, admin, [place, 'Authorization.ModifyPermissions', 'System.Read'])
        const giving = await limited.post(`${authorization}/permissions`, {
          object: place,
          principal: { ...principal, name: 'holodeck-vmadmin' },
          role: '-1',
          propagating: true,
        })
        assert.equal(giving.status, 403)
        await rest.ask(admin, 'category.delete', { category_id })
        for (const object of [place, onCategory]) assert.deepEqual(await permissions(object), [])
      },
    )

    await t.test('an object takes its tags with it', async () => {
      const folder = 'group-d1'
      const datacenter = await posted(admin, '/api/vcenter/datacenter', { name: fresh('dc'), folder })
      const tag_id = await newTag(admin, await newCategory(admin))
      const object_id = { type: 'Datacenter', id: datacenter }
      assert.equal(await rest.ask(admin, 'tag_association.attach', { tag_id, object_id }), undefined)
      assert.deepEqual(await rest.ask(admin, 'tag_association.list_attached_objects', { tag_id }), [object_id])
      assert.equal((await admin.delete(`/api/vcenter/datacenter/${datacenter}`)).status, 204)
      assert.deepEqual(await rest.ask(admin, 'tag_association.list_attached_objects', { tag_id }), [])
    })

    await t.test('the audit log shows old and new, and a restart keeps all', async () => {
      const category_id = await newCategory(admin, { name: 'Kept', associable_types: ['VirtualMachine'] })
      const tag_id = await newTag(admin, category_id, { name: 'before' })
      await rest.ask(admin, 'tag.update', { tag_id, update_spec: { name: 'after' } })
      await rest.ask(admin, 'tag.add_to_used_by', { tag_id, used_by_entity: 'someone' })
      await rest.ask(admin, 'tag_association.attach', { tag_id, object_id: vm(machine) })
      const gone = await newTag(admin, category_id, { name: 'gone' })
      await rest.ask(admin, 'tag.delete', { tag_id: gone })
      const nobody = await newUser(lab, admin)
      await rest.ask(nobody, 'tag.delete', { tag_id })
      const line = (operation: string) =>
        readFileSync(join(lab.dataDir, 'vcenter-audit.log'), 'utf8')
          .split('\n')
          .findLast((line) => line.includes(`tagging.${operation}`)) ?? ''
      while (!line('tag.delete').includes('unauthorized')) await setTimeout(5)
      assert.match(line('category.create'), /"Kept"/)
      assert.match(line('tag.update'), /"before".*"after"/)
      assert.match(line('tag_association.attach'), new RegExp(`attached.*${machine}`))
      assert.match(line('tag.delete'), new RegExp(tag_id))

      const read = async (client: Client) => [
        await rest.ask(client, 'category.get', { category_id }),
        await rest.ask(client, 'tag.get', { tag_id }),
        await rest.ask(client, 'tag_association.list_attached_objects', { tag_id }),
        (await rest.ask(client, 'tag_association.list_attached_tags', { object_id: vm(machine) })).sort(),
        (await rest.ask(client, 'tag.list')).sort(),
      ]
      const before = await read(admin)
      assert.deepEqual(before[1].used_by, ['someone'])
      assert(before[3].includes(tag_id))
      await lab.restart()
      assert.deepEqual(await read(await signedIn(lab.a)), before)
    })
  })
}
