import assert from 'node:assert/strict'
import { test } from 'node:test'
import { legacyFace, restFace } from '../../src/http/vcenter/faces.ts'
import { operations } from '../../src/http/vcenter/operations/index.ts'
import type { Operation } from '../../src/http/vcenter/vapi/operation.ts'
import type { VapiType } from '../../src/http/vcenter/vapi/types.ts'
import type { Answer, Client } from '../client.ts'
import { databases } from '../lab.ts'
import { routesOf } from '../routes.ts'
import { rpc, sharedLab, signedIn } from './clients.ts'

const roles = '/api/vcenter/authorization/roles'
const description = '/api/vcenter/openapi.json'
const json = { 'content-type': 'application/json' }

const textOf = ({ json }: Answer) => (json.messages ?? json.value.messages)[0].default_message as string

/** Calls an operation's REST route, and its legacy ones, with `x` for what is in the path. */
function callsOf({ rest, legacy }: Operation): [method: string, path: string][] {
  const filled = (path: string) => path.replace(/\{\w+\}/g, 'x')
  return [
    ...[rest ?? []]
      .flat()
      .map(({ method, path, action }): [string, string] => [
        method,
        `/api${filled(path)}${action === undefined ? '' : `?action=${action}`}`,
      ]),
    ...[legacy ?? []]
      .flat()
      .map(({ method, path, action }): [string, string] => [
        method,
        `/rest${filled(path)}${action === undefined ? '' : `?~action=${action}`}`,
      ]),
  ]
}

for (const database of databases) {
  const openLab = sharedLab(database)
  test(`${database.kind}: a route is refused with 401 without a session, and no path with 404`, database, async () => {
    const lab = await openLab()
    for (const operation of operations.filter(({ requires }) => requires !== 'nothing')) {
      for (const [method, path] of callsOf(operation)) {
        const body = method === 'GET' ? undefined : '{'
        const { status } = await lab.a.send(method, path, body, body ? json : {})
        assert.equal(status, 401, `${method} ${path}`)
      }
    }
    assert.equal((await lab.a.send('POST', roles, 'x'.repeat(300_000), json)).status, 401)
    const client = await signedIn(lab.a)
    for (const asking of [lab.a, client]) {
      for (const [method, path] of [
        ['GET', '/api/vcenter'],
        ['GET', '/api/vcenter/nothing'],
        ['GET', '/api/vcenter/authorization/permissions'],
        ['PUT', roles],
        ['HEAD', '/api/vcenter/nothing'],
        ['OPTIONS', roles],
        ['TRACE', roles],
        ['GET', '/api/cis/tasks'],
        ['POST', '/api/session/nothing'],
        ['GET', '/rest'],
        ['GET', '/rest/vcenter/nothing'],
        ['PATCH', '/rest/com/vmware/cis/session'],
      ] as const) {
        const answer = await asking.send(method, path)
        assert.equal(answer.status, 404, `${method} ${path}`)
        if (method === 'HEAD') continue
        const [message] = answer.json.messages ?? answer.json.value.messages
        assert.equal(message.id, 'com.vmware.vapi.rest.httpNotFound')
        assert.equal(
          answer.json.error_type ?? answer.json.type,
          path.startsWith('/api') ? 'NOT_FOUND' : 'com.vmware.vapi.std.errors.not_found',
        )
      }
    }
    for (const path of [
      `${roles}?action=x`,
      '/api/vcenter/authorization/permissions?action=x',
      '/api/session?action=get',
      '/rest/com/vmware/cis/session?~action=x',
      '/rest/com/vmware/cis/session?action=get',
    ]) {
      assert.equal((await client.post(path, {})).status, 404, path)
    }
    assert.equal((await client.get(`${roles}/`)).status, 200)
  })

  test(`${database.kind}: vCenter's answers are vCenter's, and NSX Manager's are as they were`, database, async () => {
    const lab = await openLab()
    const client = await signedIn(lab.a)
    const nsxOnly = ['server', 'vmw-task-id', 'x-envoy-upstream-service-time', 'x-xss-protection']
    for (const path of [roles, '/api/session', '/api/nothing', '/rest/nothing', `${roles}/0`, '/api/vcenter//roles']) {
      const { headers } = await client.get(path)
      const nsxHeaders = nsxOnly.filter((name) => headers[name] !== undefined)
      assert.deepEqual(nsxHeaders, [], path)
      assert.equal(headers['cache-control'], 'no-store')
      assert.equal(headers['set-cookie'], undefined)
    }
    const nsx = await lab.admin.get('/api/v1/node/version')
    for (const name of nsxOnly) assert.ok(nsx.headers[name], name)
    // Neither API knows the other's users or sessions.
    assert.equal((await client.get('/api/v1/node/version')).status, 403)
    assert.equal((await lab.admin.get(roles)).status, 401)
    assert.equal((await lab.admin.post('/api/session')).status, 401)
  })

  test(
    `${database.kind}: what is wrong with a call is said by the name of the field, and changes nothing`,
    database,
    async () => {
      const lab = await openLab()
      const client = await signedIn(lab.a)
      const before = (await client.get(roles)).text
      const role = { name: 'n', description: 'd', privileges: [] }
      const spec = { STRUCTURE: { 'com.vmware.vcenter.authorization.roles.create_spec': role } }
      const cases: [body: unknown, type: string, message: string][] = [
        [undefined, 'INVALID_ARGUMENT', 'spec: the field is missing'],
        [null, 'INVALID_ARGUMENT', 'spec: expected a structure, got null'],
        [[], 'INVALID_ARGUMENT', 'spec: expected a structure, got a list'],
        ['x', 'INVALID_ARGUMENT', 'spec: expected a structure, got a string'],
        [{}, 'INVALID_ARGUMENT', 'spec.name: the field is missing'],
        [{ ...role, name: 1 }, 'INVALID_ARGUMENT', 'spec.name: expected text, got 1'],
        [{ ...role, name: null }, 'INVALID_ARGUMENT', 'spec.name: expected text, got null'],
        [{ ...role, privileges: 'x' }, 'INVALID_ARGUMENT', 'spec.privileges: expected a list, got a string'],
        [{ ...role, privileges: [['x']] }, 'INVALID_ARGUMENT', 'spec.privileges[0]: expected text, got a list'],
        [
          { ...role, privileges: ['System.Read', 'System.Read'] },
          'INVALID_ARGUMENT',
          'spec.privileges: it has the same member twice',
        ],
        [{ ...role, role: 'x' }, 'UNEXPECTED_INPUT', 'spec.role: there is no such field'],
        [{ ...role, constructor: 'x' }, 'UNEXPECTED_INPUT', 'spec.constructor: there is no such field'],
        [{ spec: role }, 'UNEXPECTED_INPUT', 'spec.spec: there is no such field'],
        [spec, 'UNEXPECTED_INPUT', 'spec.STRUCTURE: there is no such field'],
      ]
      for (const [body, type, message] of cases) {
        const answer = await client.post(roles, body)
        assert.deepEqual([answer.status, answer.json.error_type, textOf(answer)], [400, type, message])
      }
      for (const [query, type, message] of [
        ['page_size=ten', 'INVALID_ARGUMENT', 'iterate.page_size: expected an integer, got a string'],
        ['page_size=1&page_size=2', 'INVALID_ARGUMENT', 'iterate.page_size: expected an integer, got a list'],
        ['page_size=99999999999999999999', 'INVALID_ARGUMENT', 'iterate.page_size: expected an integer, got a string'],
        ['is_system=1', 'INVALID_ARGUMENT', 'filter.is_system: expected a boolean, got a string'],
        ['names=a&names=a', 'INVALID_ARGUMENT', 'filter.names: it has the same member twice'],
        ['filter=x', 'UNEXPECTED_INPUT', 'filter: there is no such parameter'],
        ['filter.names=x', 'UNEXPECTED_INPUT', 'filter.names: there is no such parameter'],
        ['__proto__=x', 'UNEXPECTED_INPUT', '__proto__: there is no such parameter'],
        ['constructor.prototype=x&names=a', 'UNEXPECTED_INPUT', 'constructor.prototype: there is no such parameter'],
      ] as const) {
        const answer = await client.get(`${roles}?${query}`)
        assert.deepEqual([answer.status, answer.json.error_type, textOf(answer)], [400, type, message], query)
      }
      const malformed: [body: string, type: string, status: number, error: string][] = [
        ['{', 'application/json', 400, 'INVALID_REQUEST'],
        ['{"name":"\\u0000"}', 'application/json', 400, 'INVALID_REQUEST'],
        ['{"__proto__":{"name":"n"}}', 'application/json', 400, 'INVALID_REQUEST'],
        ['['.repeat(50_000), 'application/json', 400, 'INVALID_REQUEST'],
        [`${'{"name":'.repeat(40)}1${'}'.repeat(40)}`, 'application/json', 400, 'INVALID_REQUEST'],
        [' '.repeat(1_000_000), 'application/json', 413, 'INVALID_REQUEST'],
        [JSON.stringify(role), 'text/plain', 415, 'INVALID_REQUEST'],
        [JSON.stringify(role), 'application/x-www-form-urlencoded', 415, 'INVALID_REQUEST'],
      ]
      for (const [body, type, status, error] of malformed) {
        const answer = await client.send('POST', roles, body, { 'content-type': type })
        assert.deepEqual([answer.status, answer.json.error_type], [status, error], body.slice(0, 40))
      }
      assert.equal((await client.get(roles)).text, before)
      // Whatever type an empty body is said to have, it is none.
      const empty = await lab.a
        .as('administrator', 'VMware123!')
        .send('POST', '/api/session', '', { 'content-type': 'text/plain' })
      assert.equal(empty.status, 201)
    },
  )

  test(`${database.kind}: every operation is described, every route is declared`, database, async () => {
    const lab = await openLab()
    const answer = await lab.a.get(description)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['content-type'], 'application/json')
    const document = answer.json
    assert.equal(document.openapi, '3.0.3')
    const { host } = new URL(lab.a.url)
    assert.deepEqual(document.servers, [{ url: 'https://{host}/api', variables: { host: { default: host } } }])

    const described = Object.entries(document.paths as Record<string, Record<string, { operationId: string }>>).flatMap(
      ([path, calls]) =>
        Object.entries(calls).map(([method, { operationId }]) => ({ call: `${method} ${path}`, operationId })),
    )
    const declared = operations.flatMap(({ rest }) => {
      if (!rest) return []
      return [`${rest.method.toLowerCase()} ${rest.path}${rest.action === undefined ? '' : `?action=${rest.action}`}`]
    })
    assert.deepEqual(described.map(({ call }) => call).sort(), declared.sort())
    const ids = described.map(({ operationId }) => operationId)
    assert.equal(new Set(ids).size, ids.length)
    assert.ok(ids.includes('VcenterAuthorizationRolesCreate'))
    for (const name of [
      'VcenterAuthorizationRolesCreateSpec',
      'VapiStdDynamicID',
      'VcenterVMSummary',
      'VcenterAuthorizationPermissionsPrincipal',
    ]) {
      assert.ok(document.components.schemas[name], name)
    }
    const references = [...answer.text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name = '']) => name,
    )
    for (const name of references) assert.ok(document.components.schemas[name], name)

    const routed = (await routesOf(lab))
      .filter(({ url, config }) => (config?.face === restFace || config?.face === legacyFace) && url !== description)
      .map(({ method, url, config }) => `${method} ${url} ${config?.vapi?.service} ${config?.vapi?.id}`)
    assert.equal(routed.filter((route) => route.includes('undefined')).length, 0)
    assert.equal(routed.length, operations.flatMap(callsOf).length)
  })

  test(`${database.kind}: whoever has no permission gets nothing, whatever they call`, database, async () => {
    const lab = await openLab()
    const nobody = await signedIn(lab.a, 'holouser@vsphere.local')
    const admin = await signedIn(lab.a)
    const before = await stateOf(admin)
    const open: string[] = []
    for (const operation of operations) {
      const { service, id, requires, input } = operation
      if (typeof requires !== 'object') continue
      const given = Object.fromEntries(Object.entries(input).map(([name, type]) => [name, sample(type, name)]))
      const { json, text } = await rpc(nobody, service, id, given)
      assert.ok(json.result, `${service}.${id}: ${text}`)
      const { output, error } = json.result
      if (error) {
        const [name = ''] = Object.keys(error.ERROR)
        const known = /\.(unauthorized|not_found|invalid_argument|unsupported)$/.test(name)
        if (!known) open.push(`${service}.${id}: ${name}`)
      } else if (!(Array.isArray(output) && output.length === 0) && !isEmptyPage(output)) open.push(`${service}.${id}`)
    }
    assert.deepEqual(open, [])
    assert.deepEqual(await stateOf(admin), before)
  })

  test(`${database.kind}: no operation breaks, whatever stands where its inputs should`, database, async () => {
    const lab = await openLab()
    const admin = await signedIn(lab.a)
    const hostile = [
      null,
      true,
      -1,
      1.5,
      '',
      'x'.repeat(5000),
      '../../etc',
      '\u202e',
      [],
      [[]],
      {},
      { OPTIONAL: null },
      { STRUCTURE: {} },
      ['a', 'a'],
      { x: 'y' },
    ]
    let calls = 0
    for (const operation of operations) {
      const { service, id, input, signs } = operation
      if (signs) continue
      for (const name of Object.keys(input)) {
        const given = Object.fromEntries(Object.entries(input).map(([other, type]) => [other, sample(type, other)]))
        const answers = await Promise.all(hostile.map((wrong) => rpc(admin, service, id, { ...given, [name]: wrong })))
        for (const [n, answer] of answers.entries()) {
          const wrong = hostile[n]
          calls++
          assert.equal(answer.status, 200)
          const [error = ''] = Object.keys(answer.json.result?.error?.ERROR ?? {})
          assert.equal(
            /internal_server_error|service_unavailable/.test(error),
            false,
            `${service}.${id} ${name} ${JSON.stringify(wrong)}`,
          )
        }
      }
    }
    assert.ok(calls > 500, `${calls}`)
  })
}

const isEmptyPage = (output: { STRUCTURE?: Record<string, { items?: unknown[] }> } | null) =>
  Object.values(output?.STRUCTURE ?? {})[0]?.items?.length === 0

/** What somebody without permissions could have changed. */
async function stateOf(admin: Client): Promise<string[]> {
  const paths = [roles, '/api/vcenter/vm', '/api/vcenter/datacenter', '/rest/com/vmware/cis/authz/permission']
  const answers = await Promise.all(paths.map((path) => admin.get(path)))
  return [
    ...answers.map(({ text }) => text),
    (await admin.post('/api/vcenter/authorization/permissions?action=list', {})).text,
  ]
}

const known: Record<string, string> = {
  datacenter: 'datacenter-3',
  folder: 'group-d1',
  vm: 'vm-33',
  host: 'host-18',
  cluster: 'domain-c19',
  role: '-2',
  type: 'Datacenter',
  id: 'datacenter-3',
}

/** A value of a type as JSON-RPC has it, with everything set that can be; by a name that means something where there is one. */
function sample(type: VapiType, name: string): unknown {
  switch (type.kind) {
    case 'string':
    case 'id':
      return known[name] ?? 'x'
    case 'secret':
      return { SECRET: 'x' }
    case 'integer':
      return 1
    case 'double':
      return 1.5
    case 'boolean':
      return true
    case 'datetime':
      return '2026-11-25T12:00:00.000Z'
    case 'void':
      return null
    case 'enumeration':
      return type.values[0]
    case 'optional':
      return { OPTIONAL: type.of.kind === 'void' || name === 'marker' ? null : sample(type.of, name) }
    case 'list':
    case 'set':
      return [sample(type.of, name)]
    case 'map':
      return []
    case 'structure':
      return {
        STRUCTURE: {
          [type.name]: Object.fromEntries(Object.entries(type.fields).map(([field, of]) => [field, sample(of, field)])),
        },
      }
  }
}
