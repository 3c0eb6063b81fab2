import assert from 'node:assert/strict'
import { test } from 'node:test'
import { element } from '../../src/http/xml/write.ts'
import { labSsoPassword } from '../../src/lab.ts'
import type { Client } from '../client.ts'
import { databases, type Lab, openLab } from '../lab.ts'
import { administrator, signedIn } from './clients.ts'
import { argumentsXml, faultIn, managers, message, type Ref, ref, returned, Vim, Xml } from './soap-client.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into values of every shape
type Any = any

/** What Terraform's provider has when it is configured: a session of vim25 that PBM shares, and one of /rest. */
interface Provider {
  vim: Vim
  rest: Client
}

const tagging = '/rest/com/vmware/cis/tagging'

/** @see the provider's vsphere/config.go */
async function configure(lab: Lab, name: string, password: string): Promise<Provider> {
  const nobody = new Vim(lab.a)
  const { about } = await nobody.call('RetrieveServiceContent', managers.service)
  assert.equal(about.apiType, 'VirtualCenter')
  const { vim, id, session } = await nobody.signIn(name, password)
  const { currentSession } = await vim.read(managers.sessions, 'currentSession')
  assert.equal(currentSession.key, session.key)
  const login = await lab.a.as(name, password).post('/rest/com/vmware/cis/session')
  assert.equal(login.status, 200, login.text)
  const rest = lab.a.with({ headers: { 'vmware-api-session-id': login.json.value } })
  const hello = message(
    'PbmRetrieveServiceContent',
    ref('_this', 'PbmServiceInstance:ServiceInstance').text,
    element('vcSessionCookie', id),
    'urn:pbm',
  )
  const [content] = returned(await nobody.over('/pbm', 'urn:pbm').post(hello))
  assert.match(content.profileManager, /^PbmProfileProfileManager:/)
  return { vim, rest }
}

async function value(rest: Client, method: string, path: string, body?: unknown): Promise<Any> {
  const answer = await (body === undefined
    ? rest.send(method, tagging + path)
    : rest.send(method, tagging + path, JSON.stringify(body), { 'content-type': 'application/json' }))
  assert.equal(answer.status, 200, `${method} ${path}: ${answer.text}`)
  return answer.text === '' ? undefined : answer.json.value
}

/** @see resource_vsphere_tag_category.go, resource_vsphere_tag.go, tags_helper.go, and govmomi's vapi/tags */
const tags = {
  createCategory: (rest: Client, create_spec: object): Promise<string> =>
    value(rest, 'POST', '/category', { create_spec }),
  category: (rest: Client, id: string) => value(rest, 'GET', `/category/id:${id}`),
  updateCategory: (rest: Client, id: string, update_spec: object) =>
    value(rest, 'PATCH', `/category/id:${id}`, { update_spec }),
  async categoryNamed(rest: Client, name: string): Promise<string | undefined> {
    const ids: string[] = await value(rest, 'GET', '/category')
    const all = await Promise.all(ids.map((id) => tags.category(rest, id)))
    return all.find((one) => one.name === name)?.id
  },
  create: (rest: Client, create_spec: object): Promise<string> => value(rest, 'POST', '/tag', { create_spec }),
  tag: (rest: Client, id: string) => value(rest, 'GET', `/tag/id:${id}`),
  update: (rest: Client, id: string, update_spec: object) => value(rest, 'PATCH', `/tag/id:${id}`, { update_spec }),
  async named(rest: Client, category_id: string, name: string): Promise<string | undefined> {
    const ids = await value(rest, 'POST', `/tag/id:${category_id}?~action=list-tags-for-category`, { category_id })
    const all = await Promise.all(ids.map((id: string) => tags.tag(rest, id)))
    return all.find((one) => one.name === name)?.id
  },
  of: (rest: Client, object: Ref): Promise<string[]> =>
    value(rest, 'POST', '/tag-association?~action=list-attached-tags', { object_id: dynamicId(object) }),
  attach: (rest: Client, id: string, object: Ref) =>
    value(rest, 'POST', `/tag-association/id:${id}?~action=attach`, { object_id: dynamicId(object) }),
  detach: (rest: Client, id: string, object: Ref) =>
    value(rest, 'POST', `/tag-association/id:${id}?~action=detach`, { object_id: dynamicId(object) }),
}

function dynamicId(object: Ref): { type: string; id: string } {
  const [type = '', id = ''] = object.split(':')
  return { type, id }
}

/** A datacenter by its name, as the finder looks for it. @see datacenter_helper.go */
async function datacenterNamed({ vim }: Provider, wanted: string): Promise<Ref | undefined> {
  const toChildren = { 'xsi:type': 'TraversalSpec', type: 'Folder', path: 'childEntity', skip: false }
  const fields = Object.entries(toChildren).filter(([name]) => name !== 'xsi:type')
  const selectSet = `<selectSet xsi:type="TraversalSpec">${argumentsXml(Object.fromEntries(fields))}</selectSet>`
  const from = new Xml(`<objectSet>${ref('obj', managers.root).text}<skip>true</skip>${selectSet}</objectSet>`)
  const specSet = new Xml(
    `<specSet>${argumentsXml({ propSet: { type: 'Datacenter', pathSet: 'name' } })}${from.text}</specSet>`,
  )
  const found = await vim.list('RetrieveProperties', managers.properties, { specSet })
  return found.find(({ propSet }) => propSet.val === wanted)?.obj
}

const rolesOf = async ({ vim }: Provider): Promise<Any[]> =>
  (await vim.read(managers.authorization, 'roleList')).roleList

/** Made by one apply, read back by the next plan. */
interface State {
  category: string
  tag: string
  datacenter: Ref
  role: string
}

const names = { category: 'tf-category', tag: 'tf-tag', datacenter: 'tf-dc', role: 'tf-role' }

async function create(provider: Provider): Promise<State> {
  const { vim, rest } = provider
  const described = { description: 'Managed by Terraform' }
  const category = await tags.createCategory(rest, {
    ...described,
    name: names.category,
    cardinality: 'MULTIPLE',
    associable_types: ['urn:vim25:Datacenter'],
  })
  const tag = await tags.create(rest, { ...described, name: names.tag, category_id: category })
  const datacenter: Ref = await vim.call('CreateDatacenter', managers.root, { name: names.datacenter })
  assert.equal(await datacenterNamed(provider, names.datacenter), datacenter)
  await tags.attach(rest, tag, datacenter)
  const role = await vim.call('AddAuthorizationRole', managers.authorization, {
    name: names.role,
    privIds: ['Datacenter.Create'],
  })
  await permit(provider, datacenter, role, true)
  return { category, tag, datacenter, role }
}

const principal = 'vsphere.local\\holouser'

const permit = ({ vim }: Provider, entity: Ref, roleId: string, propagate: boolean, of = principal, group = false) =>
  vim.call('SetEntityPermissions', managers.authorization, {
    entity: ref('entity', entity),
    permission: { principal: of, group, roleId, propagate },
  })

/** What a plan compares with the configuration. */
async function read(provider: Provider, { category, tag, datacenter, role }: State) {
  const { vim, rest } = provider
  const found = (await rolesOf(provider)).find(({ roleId }) => roleId === role)
  const permissions = await vim.list('RetrieveEntityPermissions', managers.authorization, {
    entity: ref('entity', datacenter),
    inherited: false,
  })
  const { customValue } = await vim.read(datacenter, 'customValue')
  return {
    category: await tags.category(rest, category),
    tag: await tags.tag(rest, tag),
    datacenter: await datacenterNamed(provider, names.datacenter),
    tags: await tags.of(rest, datacenter),
    customValue,
    role: [found?.name, [found?.privilege].flat().filter((id) => !id.startsWith('System.'))],
    permissions: permissions.map(({ principal, roleId, propagate }) => [principal.toLowerCase(), roleId, propagate]),
  }
}

async function update(provider: Provider, { category, tag, datacenter, role }: State): Promise<void> {
  const { vim, rest } = provider
  await tags.updateCategory(rest, category, {
    name: `${names.category}-renamed`,
    description: 'Managed by Terraform',
    cardinality: 'MULTIPLE',
    associable_types: ['urn:vim25:Datacenter', 'urn:vim25:VirtualMachine'],
  })
  await tags.update(rest, tag, { name: `${names.tag}-renamed`, description: 'Still managed by Terraform' })
  await tags.detach(rest, tag, datacenter)
  await vim.call('UpdateAuthorizationRole', managers.authorization, {
    roleId: role,
    newName: names.role,
    privIds: ['Datacenter.Create', 'Datacenter.Delete'],
  })
  await permit(provider, datacenter, role, false)
}

async function destroy(provider: Provider, { category, tag, datacenter, role }: State): Promise<void> {
  const { vim, rest } = provider
  await vim.call('RemoveEntityPermission', managers.authorization, {
    entity: ref('entity', datacenter),
    user: principal,
    isGroup: false,
  })
  await vim.call('RemoveAuthorizationRole', managers.authorization, { roleId: role, failIfUsed: true })
  await vim.call('Destroy_Task', datacenter)
  assert.equal(await datacenterNamed(provider, names.datacenter), undefined)
  await value(rest, 'DELETE', `/tag/id:${tag}`)
  await value(rest, 'DELETE', `/category/id:${category}`)
}

/** All that the walk needs, and nothing else, globally. */
const justEnough = [
  ...['Create', 'Delete'].map((one) => `Datacenter.${one}`),
  ...['ModifyRoles', 'ModifyPermissions'].map((one) => `Authorization.${one}`),
  ...['Create', 'Edit', 'Delete'].flatMap((one) => [`${one}Category`, `${one}Tag`]).map(taggingPrivilege),
  ...['AttachTag', 'ObjectAttachable'].map(taggingPrivilege),
]

function taggingPrivilege(name: string): string {
  return `InventoryService.Tagging.${name}`
}

async function newUser(lab: Lab, name: string, privileges: readonly string[]): Promise<string> {
  const admin = await signedIn(lab.a)
  assert.equal((await admin.post('/sallyport/v1/sso/users', { name, password: labSsoPassword })).status, 201)
  const base = '/api/vcenter/authorization'
  const { json: role } = await admin.post(`${base}/roles`, { name, description: '', privileges })
  const spec = {
    object: { type: 'GlobalAcl', id: 'GlobalAcl' },
    principal: { type: 'USER', name, domain: 'vsphere.local' },
    role,
    propagating: true,
  }
  assert.equal((await admin.post(`${base}/permissions`, spec)).status, 201)
  return `${name}@vsphere.local`
}

for (const database of databases) {
  test(`${database.kind}: Terraform's provider creates, reads back, updates and destroys`, database, async (t) => {
    await using lab = await openLab(database)
    const may = await newUser(lab, 'terraform', justEnough)
    for (const [who, name] of [
      ['an administrator', administrator],
      ['somebody who just may', may],
    ] as const) {
      await t.test(who, async () => {
        const provider = await configure(lab, name, labSsoPassword)
        const state = await create(provider)
        const created = await read(provider, state)
        assert.deepEqual(created.tags, [state.tag])
        assert.deepEqual(created.category.associable_types, ['Datacenter'])
        assert.deepEqual(created.role, [names.role, ['Datacenter.Create']])
        assert.deepEqual(created.permissions, [[principal, state.role, 'true']])
        const again = await configure(lab, name, labSsoPassword)
        assert.deepEqual(await read(again, state), created, 'the plan is empty')
        assert.equal(await tags.categoryNamed(again.rest, names.category), state.category)
        assert.equal(await tags.named(again.rest, state.category, names.tag), state.tag)

        await update(again, state)
        const updated = await read(again, state)
        assert.equal(updated.category.name, `${names.category}-renamed`)
        assert.deepEqual(updated.category.associable_types, ['Datacenter', 'VirtualMachine'])
        assert.equal(updated.tag.description, 'Still managed by Terraform')
        assert.deepEqual(updated.tags, [])
        assert.deepEqual(updated.role, [names.role, ['Datacenter.Create', 'Datacenter.Delete']])
        assert.deepEqual(updated.permissions, [[principal, state.role, 'false']])

        // The provider's own tests give a role to this group, which every appliance has.
        const entity = ref('entity', state.datacenter)
        await permit(again, state.datacenter, state.role, true, 'root', true)
        const { permissions } = await read(again, state)
        assert(
          permissions.some(([name]) => name === 'root'),
          'it is read back as it was written',
        )
        await again.vim.call('RemoveEntityPermission', managers.authorization, { entity, user: 'root', isGroup: true })
        assert.deepEqual(await read(again, state), updated)

        await destroy(again, state)
        for (const path of [`/tag/id:${state.tag}`, `/category/id:${state.category}`]) {
          const { status, json } = await again.rest.get(tagging + path)
          assert.equal(status, 404, 'the provider takes this for a resource that is gone')
          assert.equal(json.type, 'com.vmware.vapi.std.errors.not_found')
        }
        assert(!(await rolesOf(again)).some(({ roleId }) => roleId === state.role))
      })
    }

    await t.test('somebody who may not hears so of every change, and nothing is changed', async () => {
      const admin = await configure(lab, administrator, labSsoPassword)
      const state = await create(admin)
      const before = await read(admin, state)
      const reader = await configure(lab, await newUser(lab, 'planner', []), labSsoPassword)
      assert.deepEqual(await read(reader, state), before, 'a plan needs System.Read only')
      const { category, tag, datacenter, role } = state
      const object_id = dynamicId(datacenter)
      const spec = { name: 'x', description: '' }
      const whole = { ...spec, cardinality: 'SINGLE', associable_types: [] }
      for (const [method, path, body] of [
        ['POST', '/category', { create_spec: whole }],
        ['PATCH', `/category/id:${category}`, { update_spec: whole }],
        ['DELETE', `/category/id:${category}`],
        ['POST', '/tag', { create_spec: { ...spec, category_id: category } }],
        ['PATCH', `/tag/id:${tag}`, { update_spec: spec }],
        ['DELETE', `/tag/id:${tag}`],
        ['POST', `/tag-association/id:${tag}?~action=attach`, { object_id }],
        ['POST', `/tag-association/id:${tag}?~action=detach`, { object_id }],
      ] as const) {
        const type = { 'content-type': 'application/json' }
        const answer = await (body
          ? reader.rest.send(method, tagging + path, JSON.stringify(body), type)
          : reader.rest.send(method, tagging + path))
        assert.equal(answer.status, 403, `${method} ${path}`)
        assert.equal(answer.json.type, 'com.vmware.vapi.std.errors.unauthorized')
      }
      const entity = ref('entity', datacenter)
      for (const [method, target, args] of [
        ['CreateDatacenter', managers.root, { name: 'x' }],
        ['Destroy_Task', datacenter, {}],
        ['AddAuthorizationRole', managers.authorization, { name: 'x' }],
        ['UpdateAuthorizationRole', managers.authorization, { roleId: role, newName: 'x' }],
        ['RemoveAuthorizationRole', managers.authorization, { roleId: role, failIfUsed: true }],
        ['SetEntityPermissions', managers.authorization, { entity }],
        ['RemoveEntityPermission', managers.authorization, { entity, user: principal, isGroup: false }],
      ] as const) {
        assert.equal(faultIn(await reader.vim.send(method, target, args)).type, 'NoPermission', method)
      }
      assert.deepEqual(await read(admin, state), before)
    })
  })
}
