import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCertificate } from '../certificates.ts'
import type { Answer, Client } from '../client.ts'
import { databases, type Lab, openLab } from '../lab.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into values of every shape
type Any = any

const users = '/api/v1/node/users'
const roles = '/policy/api/v1/aaa/roles'
const bindings = '/policy/api/v1/aaa/role-bindings'
const identities = '/api/v1/trust-management/principal-identities'
const certificates = '/api/v1/trust-management/certificates'

/** A resource of Terraform's nsxt provider: the calls it makes, in its order. */
interface Resource {
  /** @returns the id. */
  create(client: Client, wanted: Any): Promise<string>
  path(id: string): string
  /** What the provider compares with the configuration, of what it has read. */
  state(read: Any): Any
  /** None where each change makes the resource anew. @param before What was wanted, and what was read, before. */
  update?(client: Client, id: string, wanted: Any, before: { wanted: Any; read: Any }): Promise<void>
  destroy(client: Client, id: string, before: { wanted: Any; read: Any }): Promise<void>
}

function done(answer: Answer): Any {
  assert.ok(answer.status >= 200 && answer.status < 300, `${answer.status} ${answer.text}`)
  return answer.text === '' ? undefined : answer.json
}

/** @see the provider's nsxt/resource_nsxt_node_user.go */
const nodeUser: Resource = {
  async create(client, { active: _, ...user }) {
    return String(done(await client.post(`${users}?action=create_user`, user)).userid)
  },
  path: (id) => `${users}/${id}`,
  state: ({ username, full_name, password_change_frequency, password_change_warning, status }) => {
    const active = status !== 'NOT_ACTIVATED'
    return { username, full_name, password_change_frequency, password_change_warning, active }
  },
  async update(client, id, { active, password, ...user }, { wanted, read }) {
    const was = read.status !== 'NOT_ACTIVATED'
    if (active && !was) done(await client.post(`${users}/${id}?action=activate`, { password }))
    if (!active && was) done(await client.post(`${users}/${id}?action=deactivate`))
    const passwords = password === wanted.password ? {} : { password, old_password: wanted.password }
    done(await client.put(`${users}/${id}`, { ...user, ...passwords }))
  },
  async destroy(client, id) {
    done(await client.delete(`${users}/${id}`))
  },
}

async function putRole(client: Client, role: Any, _revision: number): Promise<void> {
  const { results } = done(await client.post(`${roles}?action=validate`, { feature_permissions: role.features }))
  assert.deepEqual(results, [], 'the provider makes no role that NSX Manager recommends more permissions for')
  done(await client.put(`${roles}/${role.role}`, { ...role, _revision }))
}

/** @see resource_nsxt_policy_user_management_role.go */
const role: Resource = {
  async create(client, wanted) {
    assert.equal((await client.get(`${roles}/${wanted.role}`)).status, 404)
    await putRole(client, wanted, 0)
    return wanted.role
  },
  path: (id) => `${roles}/${id}`,
  state: ({ role: id, display_name, description, tags, features }) => ({
    role: id,
    display_name,
    description,
    tags,
    features: features
      .filter((one: Any) => !one.is_internal && one.permission !== 'none')
      .map(({ feature, permission }: Any) => ({ feature, permission })),
  }),
  update: (client, _id, wanted, { read }) => putRole(client, wanted, read._revision),
  async destroy(client, id) {
    done(await client.delete(`${roles}/${id}`))
  },
}

interface AtPath {
  path: string
  roles: { role: string }[]
}

const at = (path: string, ...names: string[]): AtPath => ({ path, roles: names.map((one) => ({ role: one })) })

/** Sets, at the provider: in no order. */
const withoutOrder = (list: AtPath[]) =>
  list.map(({ path, roles: names }) => `${path} ${names.map((one) => one.role).sort()}`).sort()

/** Paths that are wanted no more are sent with the mark that removes them, and with one of their roles. */
function rolesForPaths(wanted: AtPath[], before: AtPath[]): object[] {
  const gone = before.filter(({ path }) => !wanted.some((one) => one.path === path))
  const removed = gone.map(({ path, roles: names }) => ({ path, delete_path: true, roles: names.slice(0, 1) }))
  return [...wanted, ...removed]
}

const boundWith = ({ roles_for_paths, ...binding }: Any, before: AtPath[]) => ({
  ...binding,
  read_roles_for_paths: true,
  roles_for_paths: rolesForPaths(roles_for_paths, before),
})

const bindingState = ({ name, type, display_name, description, tags, roles_for_paths }: Any) => ({
  ...{ name, type, display_name, description, tags },
  roles_for_paths: withoutOrder(roles_for_paths),
})

/** @see resource_nsxt_policy_role_binding.go */
const remoteBinding: Resource = {
  create: async (client, wanted) => done(await client.post(bindings, boundWith(wanted, []))).id,
  path: (id) => `${bindings}/${id}`,
  state: ({ identity_source_type, ...read }) => ({ ...bindingState(read), identity_source_type }),
  async update(client, id, wanted, before) {
    done(await client.put(`${bindings}/${id}`, boundWith(wanted, before.wanted.roles_for_paths)))
  },
  async destroy(client, id) {
    done(await client.delete(`${bindings}/${id}`))
  },
}

/** With `overwrite_local_user`: what NSX Manager has made itself is taken over, and is given back in the end. */
const localBinding: Resource = {
  ...remoteBinding,
  async create(client, wanted) {
    const { results } = done(await client.get(`${bindings}?name=${wanted.name}`))
    const found = results.find((one: Any) => one.name === wanted.name && one.type === wanted.type)
    done(await client.put(`${bindings}/${found.id}`, boundWith(wanted, found.roles_for_paths)))
    return found.id
  },
  state: bindingState,
  async destroy(client, id, { wanted: { name, type, roles_for_paths } }) {
    const auditor = [at('/', 'auditor')]
    done(await client.put(`${bindings}/${id}`, boundWith({ name, type, roles_for_paths: auditor }, roles_for_paths)))
    const { roles_for_paths: left } = done(await client.get(`${bindings}/${id}`))
    assert.deepEqual(withoutOrder(left), ['/ auditor'])
  },
}

/** @see resource_nsxt_principal_identity.go */
const identity: Resource = {
  create: async (client, wanted) => done(await client.post(`${identities}/with-certificate`, wanted)).id,
  path: (id) => `${identities}/${id}`,
  state: ({ name, node_id, is_protected, tags, roles_for_paths }) => ({
    ...{ name, node_id, is_protected, tags },
    roles_for_paths: withoutOrder(roles_for_paths),
  }),
  async destroy(client, id, { read }) {
    done(await client.delete(`${identities}/${id}`))
    done(await client.delete(`${certificates}/${read.certificate_id}`))
    assert.equal((await client.get(`${certificates}/${read.certificate_id}`)).status, 404)
  },
}

/** What the configuration says, as the state says it; the password and the certificate are never read back. */
function asState({ password: _, certificate_pem: __, ...wanted }: Any): Any {
  const { roles_for_paths } = wanted
  return roles_for_paths ? { ...wanted, roles_for_paths: withoutOrder(roles_for_paths) } : wanted
}

/** `terraform apply` for each of the configurations, each with an empty plan after it, and `terraform destroy`. */
async function live(client: Client, resource: Resource, configurations: Any[], staysInTheEnd = false): Promise<void> {
  let id = ''
  let before: { wanted: Any; read: Any } | undefined
  for (const wanted of configurations) {
    if (before) await resource.update?.(client, id, wanted, before)
    else id = await resource.create(client, wanted)
    const read = done(await client.get(resource.path(id)))
    assert.deepEqual(resource.state(read), asState(wanted), 'the plan is empty')
    before = { wanted, read }
  }
  assert.ok(before)
  await resource.destroy(client, id, before)
  if (!staysInTheEnd) assert.equal((await client.get(resource.path(id))).status, 404)
}

const password = 'Zk7!vbQp2$wLm'
const terraform = {
  username: 'terraform',
  full_name: 'Terraform',
  password_change_frequency: 90,
  password_change_warning: 7,
  password,
  active: true,
}
const tags = [{ scope: 'made-by', tag: 'terraform' }]
const writer = {
  role: 'segment-writer',
  display_name: 'Segment Writer',
  description: 'by Terraform',
  tags,
  features: [{ feature: 'policy_segment', permission: 'crud' }],
}
const jane = {
  name: 'jane@corp.example',
  type: 'remote_user',
  identity_source_type: 'LDAP',
  display_name: 'jane',
  description: 'by Terraform',
  tags,
  roles_for_paths: [at('/', 'auditor'), at('/orgs/default', 'org_admin')],
}

/** A user with a role, signed in on every call. */
async function userWith(lab: Lab, name: string, ...names: string[]): Promise<Client> {
  done(await lab.admin.post(`${users}?action=create_user`, { username: name, password }))
  const { results } = done(await lab.admin.get(`${bindings}?name=${name}`))
  done(await lab.admin.put(`${bindings}/${results[0].id}`, { roles_for_paths: [at('/', ...names)] }))
  return lab.a.as(name, password)
}

for (const database of databases) {
  test(
    `${database.kind}: Terraform makes users, changes them, and finds nothing to do after it`,
    database,
    async () => {
      await using lab = await openLab(database)
      await live(lab.admin, nodeUser, [
        terraform,
        { ...terraform, full_name: 'Terraform itself', password_change_frequency: 0 },
        { ...terraform, password: 'Another!Lantern-77' },
        { ...terraform, password: 'Another!Lantern-77', active: false },
        { ...terraform, password: 'Another!Lantern-77' },
      ])
    },
  )

  test(`${database.kind}: Terraform makes roles and bindings, and takes local users' over`, database, async () => {
    await using lab = await openLab(database)
    const reader = {
      ...writer,
      description: '',
      tags: [],
      features: [{ feature: 'policy_segment', permission: 'read' }],
    }
    await live(lab.admin, role, [writer, reader, writer])

    const narrowed = { ...jane, description: '', tags: [], roles_for_paths: [at('/orgs/default', 'org_admin')] }
    await live(lab.admin, remoteBinding, [jane, narrowed, jane])

    await userWith(lab, 'harbour', 'network_op')
    const { identity_source_type: _, ...local } = { ...jane, name: 'harbour', type: 'local_user' }
    await live(
      lab.admin,
      localBinding,
      [local, { ...local, roles_for_paths: [at('/', 'network_op', 'auditor')] }],
      true,
    )
  })

  test(`${database.kind}: Terraform registers principal identities and leaves no certificate`, database, async () => {
    await using lab = await openLab(database)
    const { cert } = await makeCertificate('pipeline')
    const robot = { name: 'pipeline', node_id: 'n1', is_protected: true, tags, certificate_pem: cert }
    await live(lab.admin, identity, [{ ...robot, roles_for_paths: [at('/', 'network_engineer')] }])
    await live(lab.admin, identity, [{ ...robot, roles_for_paths: [at('/orgs/default', 'org_admin')] }])
  })

  test(
    `${database.kind}: Terraform does what its user may, and nothing is left of what is refused`,
    database,
    async () => {
      await using lab = await openLab(database)
      const features = [{ feature: 'users_custom_role', permission: 'crud' }]
      await putRole(lab.admin, { ...writer, role: 'role-keeper', features }, 0)
      const keeper = await userWith(lab, 'keeper', 'role-keeper')
      await live(keeper, role, [{ ...writer, features }])

      const auditor = await userWith(lab, 'looker', 'auditor')
      for (const [method, path, body] of [
        ['post', `${users}?action=create_user`, { username: 'x', password }],
        ['put', `${roles}/segment-writer`, { ...writer, _revision: 0 }],
        ['post', bindings, boundWith(jane, [])],
      ] as const) {
        const { status, json } = await auditor[method](path, body)
        assert.deepEqual([status, json.error_code], [403, 401], path)
      }
      assert.equal((await keeper.post(bindings, boundWith(jane, []))).status, 403)
      assert.equal((await lab.admin.get(`${roles}/segment-writer`)).status, 404)
      assert.equal(done(await lab.admin.get(`${bindings}?name=jane@corp.example`)).result_count, 0)
    },
  )
}
