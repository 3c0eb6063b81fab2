import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { labSsoPassword } from '../../src/lab.ts'
import { databases } from '../lab.ts'
import { administrator, bySession, rpc, rpcErrorOf, rpcRequest, sharedLab, signedIn, userPass } from './clients.ts'

const service = 'com.vmware.cis.session'
const roles = 'com.vmware.vcenter.authorization.roles'
const permissions = 'com.vmware.vcenter.authorization.permissions'
const structure = (name: string, fields: object) => ({ STRUCTURE: { [name]: fields } })
const json = { 'content-type': 'application/json' }

/** Requests that are none, and the failure of the protocol that each is. @see vcenter-api.md 5.4 */
const notRequests: [body: unknown, code: number, data: string][] = [
  [[], -32600, 'The body is not a JSON-RPC request'],
  [[rpcRequest(service, 'get')], -32600, 'The body is not a JSON-RPC request'],
  ['x', -32600, 'The body is not a JSON-RPC request'],
  [7, -32600, 'The body is not a JSON-RPC request'],
  [null, -32600, 'The body is not a JSON-RPC request'],
  [{}, -32600, 'jsonrpc is not "2.0"'],
  [{ ...rpcRequest(service, 'get'), jsonrpc: 2 }, -32600, 'jsonrpc is not "2.0"'],
  [{ ...rpcRequest(service, 'get'), jsonrpc: '1.0' }, -32600, 'jsonrpc is not "2.0"'],
  [{ ...rpcRequest(service, 'get'), method: undefined }, -32600, 'method is not text'],
  [{ ...rpcRequest(service, 'get'), method: ['invoke'] }, -32600, 'method is not text'],
  [{ ...rpcRequest(service, 'get'), id: {} }, -32600, 'id is neither text nor a number'],
  [{ ...rpcRequest(service, 'get'), id: true }, -32600, 'id is neither text nor a number'],
]

const whole = rpcRequest(service, 'get').params

const badParams: [params: unknown, data: string][] = [
  [undefined, 'params is not an object'],
  [null, 'params is not an object'],
  [[], 'params is not an object'],
  ['x', 'params is not an object'],
  [{}, 'params.serviceId is not text'],
  [{ serviceId: 1, operationId: 'get' }, 'params.serviceId is not text'],
  [{ serviceId: service }, 'params.operationId is not text'],
  [{ serviceId: service, operationId: { a: 1 } }, 'params.operationId is not text'],
  [{ serviceId: service, operationId: 'get' }, 'params.input: expected {"STRUCTURE": ...}, got nothing'],
  [{ serviceId: service, operationId: 'get', input: {} }, 'params.input: expected {"STRUCTURE": ...}, got an object'],
  [
    { serviceId: service, operationId: 'get', input: { STRUCTURE: { a: {}, b: {} } } },
    'params.input: expected a structure of one name, got 2 names',
  ],
  [
    { serviceId: service, operationId: 'get', input: { STRUCTURE: { 'operation-input': [] } } },
    'params.input: expected a structure, got a list',
  ],
  [{ ...whole, ctx: [] }, 'params.ctx is not an object'],
  [{ ...whole, ctx: { appCtx: 'x' } }, 'params.ctx.appCtx is not an object'],
  [{ ...whole, ctx: { securityCtx: 1 } }, 'params.ctx.securityCtx is not an object'],
]

const messages = {
  '-32700': 'Parse error.',
  '-32600': 'Invalid Request.',
  '-32601': 'Method not found.',
  '-32602': 'Invalid params.',
  '-31001': 'Mismatching operation identifier in HTTP header and payload',
} as Record<string, string>

for (const database of databases) {
  const openLab = sharedLab(database)
  test(`${database.kind}: M1, M2 and M8: signing in, a wrong password, signing out`, database, async () => {
    const lab = await openLab()
    const created = await rpc(lab.a, service, 'create', {}, userPass(administrator))
    assert.equal(created.status, 200)
    assert.equal(created.headers['content-type'], 'application/json')
    assert.equal(created.headers['vapi-error'], undefined)
    const id = created.json.result.output.SECRET
    assert.match(id, /^[0-9a-f]{32}$/)
    assert.deepEqual(created.json, { jsonrpc: '2.0', id: '0', result: { output: { SECRET: id } } })

    const refused = await rpc(lab.a, service, 'create', {}, userPass(administrator, 'Wrong-Lantern-1!'))
    assert.equal(refused.status, 200)
    assert.equal(refused.headers['vapi-error'], 'com.vmware.vapi.std.errors.unauthenticated')
    assert.deepEqual(refused.json, {
      jsonrpc: '2.0',
      id: '0',
      result: {
        error: {
          ERROR: {
            'com.vmware.vapi.std.errors.unauthenticated': {
              messages: [
                {
                  STRUCTURE: {
                    'com.vmware.vapi.std.localizable_message': {
                      id: 'com.vmware.vapi.endpoint.method.authentication.required',
                      default_message: 'Authentication required.',
                      args: [],
                    },
                  },
                },
              ],
              data: { OPTIONAL: null },
              error_type: { OPTIONAL: 'UNAUTHENTICATED' },
              challenge: { OPTIONAL: 'Basic realm="VAPI endpoint"' },
            },
          },
        },
      },
    })

    const ended = await rpc(lab.a, service, 'delete', {}, bySession(id))
    assert.deepEqual(ended.json, { jsonrpc: '2.0', id: '0', result: { output: null } })
    assert.equal(rpcErrorOf(await rpc(lab.a, service, 'delete', {}, bySession(id))).name, 'unauthenticated')
  })

  test(
    `${database.kind}: M3 to M7: a role, the datacenters, a permission, the role again, and why it cannot go`,
    database,
    async () => {
      const lab = await openLab()
      const id = (await rpc(lab.a, service, 'create', {}, userPass(administrator))).json.result.output.SECRET
      const ask = async (serviceId: string, operationId: string, input: object) => {
        const { json } = await rpc(lab.a, serviceId, operationId, input, bySession(id))
        assert.deepEqual(Object.keys(json), ['jsonrpc', 'id', 'result'])
        return json.result
      }
      const privileges = ['VirtualMachine.Interact.PowerOn', 'VirtualMachine.Interact.PowerOff']
      const spec = structure(`${roles}.create_spec`, {
        name: 'HolodeckVMAdmin',
        description: 'VM-only role',
        privileges,
      })
      const created = await ask(roles, 'create', { spec })
      assert.deepEqual(Object.keys(created), ['output'])
      const role = created.output
      assert.match(role, /^-?\d+$/)

      const datacenters = await ask('com.vmware.vcenter.datacenter', 'list', { filter: { OPTIONAL: null } })
      assert.deepEqual(
        datacenters.output[0],
        structure('com.vmware.vcenter.datacenter.summary', { datacenter: 'datacenter-3', name: 'DC0' }),
      )

      const permission = await ask(permissions, 'create', {
        spec: structure(`${permissions}.create_spec`, {
          object: structure('com.vmware.vapi.std.dynamic_ID', { type: 'datacenter', id: 'datacenter-3' }),
          principal: structure(`${permissions}.principal`, {
            type: 'USER',
            name: 'holouser',
            domain: { OPTIONAL: 'vsphere.local' },
          }),
          role,
          propagating: true,
        }),
      })
      assert.match(permission.output, /^[A-Za-z0-9_-]+$/)

      const names = {
        names: { OPTIONAL: ['HolodeckVMAdmin'] },
        privileges: { OPTIONAL: null },
        is_system: { OPTIONAL: null },
      }
      const filter = { OPTIONAL: structure(`${roles}.filter_spec`, names) }
      const info = {
        name: 'HolodeckVMAdmin',
        description: 'VM-only role',
        privileges: [
          'System.Anonymous',
          'System.Read',
          'System.View',
          'VirtualMachine.Interact.PowerOff',
          'VirtualMachine.Interact.PowerOn',
        ],
        system: false,
      }
      assert.deepEqual(await ask(roles, 'list', { filter, iterate: { OPTIONAL: null } }), {
        output: structure(`${roles}.list_result`, {
          items: [structure(`${roles}.list_item`, { role, info: structure(`${roles}.info`, info) })],
          marker: { OPTIONAL: null },
        }),
      })

      const inUse = await rpc(lab.a, roles, 'delete', { role }, bySession(id))
      assert.equal(rpcErrorOf(inUse).name, 'resource_in_use')
      assert.equal(inUse.headers['vapi-error'], 'com.vmware.vapi.std.errors.resource_in_use')
      await ask(permissions, 'delete', { permission: permission.output })
      assert.deepEqual(await ask(roles, 'delete', { role }), { output: null })
      assert.equal(rpcErrorOf(await rpc(lab.a, roles, 'get', { role }, bySession(id))).name, 'not_found')
    },
  )

  test(`${database.kind}: a change leaves the same record whichever face it was made on`, database, async () => {
    const lab = await openLab()
    const client = await signedIn(lab.a.with({ headers: { 'vapi-ctx-opid': 'night-shift' } }))
    const path = '/api/vcenter/authorization/roles'
    const onRest = async (name: string) => {
      const role = (await client.post(path, { name, description: 'd', privileges: ['Host.Config.Power'] })).json
      await client.patch(`${path}/${role}`, { description: 'e' })
      await client.post(path, { name, description: 'd', privileges: [] })
      await client.post(path, { name: 'n', description: 1, privileges: [] })
      await client.delete(`${path}/${role}`)
      return role
    }
    const onRpc = async (name: string) => {
      const ask = (operation: string, input: object) => rpc(client, roles, operation, input)
      const spec = (fields: object, kind = 'create') => ({ spec: structure(`${roles}.${kind}_spec`, fields) })
      const role = (await ask('create', spec({ name, description: 'd', privileges: ['Host.Config.Power'] }))).json
        .result.output
      await ask('update', { role, ...spec({ description: { OPTIONAL: 'e' } }, 'update') })
      await ask('create', spec({ name, description: 'd', privileges: [] }))
      await ask('create', spec({ name: 'n', description: 1, privileges: [] }))
      await ask('delete', { role })
      return role
    }
    const first = await onRest('night-watch')
    const second = await onRpc('night-watch')
    const log = () => readFileSync(join(lab.dataDir, 'vcenter-audit.log'), 'utf8')
    while (!log().includes(`roles.delete" subject="VSPHERE.LOCAL\\\\Administrator" object="${second}"`))
      await setTimeout(5)
    const linesOf = (face: string, role: string) =>
      log()
        .split('\n')
        .filter(
          (line) =>
            line.includes(`face="${face}"`) &&
            line.includes('opID="night-shift"') &&
            line.includes('authorization.roles'),
        )
        .map((line) => line.replaceAll(role, 'ROLE').replace(/ face="[^"]*"| reqId="[^"]*"/g, ''))
    const lines = linesOf('rest', first)
    assert.equal(lines.length, 5)
    assert.deepEqual(linesOf('json-rpc', second), lines)
    const [created = '', updated = '', taken = '', wrong = '', deleted = ''] = lines
    assert.match(
      created,
      /result="success" status="201" .*update="true"\] New value=\[.*night-watch.*\], Input=\[\{"spec":\{"name":"night-watch"/,
    )
    assert.match(updated, /status="204" .*Old value=\[.*"d".*\], New value=\[.*"e".*\], Input=/)
    assert.match(taken, /result="already_exists" status="400"/)
    assert.match(wrong, /result="invalid_argument" status="400"/)
    assert.match(deleted, /object="ROLE" result="success" status="204" .*Old value=\[/)
  })

  test(`${database.kind}: the answer has the id of the request, of the same type`, database, async () => {
    const lab = await openLab()
    for (const id of ['0', '', 'a-b', 0, 7, -1, 1.5, 2 ** 53, null]) {
      const { json } = await lab.a.post('/api', { ...rpcRequest(service, 'get'), id })
      assert.equal(json.id, id)
      const failed = await lab.a.post('/api', { ...rpcRequest(service, 'get'), id, method: 'ask' })
      assert.equal(failed.json.id, id)
    }
    assert.equal((await lab.a.post('/api', { ...rpcRequest(service, 'get'), id: undefined })).json.id, null)
  })

  test(`${database.kind}: what is no request is answered with the protocol's codes, and 200`, database, async () => {
    const lab = await openLab()
    const notJson: (string | Buffer)[] = [
      '',
      '{',
      '{"a":1,}',
      "{'a':1}",
      '\ufeff{}',
      '{}{}',
      'NaN',
      Buffer.from([0xff, 0xfe]),
    ]
    const harmful = [
      `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
      `${'{"x":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
      `{"jsonrpc":"2.0","x":"\\u0000"}`,
      `{"jsonrpc":"2.0","x":"\\ud800"}`,
      `{"jsonrpc":"2.0","__proto__":{"id":1}}`,
      `{"jsonrpc":"2.0","params":{"input":{"__proto__":1}}}`,
    ]
    for (const body of [...notJson, ...harmful]) {
      const answer = await lab.a.send('POST', '/api', body, json)
      const what = String(body).slice(0, 60)
      assert.equal(answer.status, 200, what)
      const { code, message, data } = answer.json.error
      // Nothing at all is no JSON-RPC request, rather than JSON that is broken.
      assert.equal(code, body === '' ? -32600 : -32700, what)
      assert.equal(message, messages[code], what)
      assert.match(data, /./, what)
      assert.deepEqual({ ...answer.json, error: 0 }, { jsonrpc: '2.0', id: null, error: 0 }, what)
    }
    for (const [body, code, data] of notRequests) {
      const answer = await lab.a.post('/api', body)
      const message = messages[code]
      assert.equal(answer.status, 200)
      assert.deepEqual(answer.json, { jsonrpc: '2.0', id: null, error: { code, message, data } }, JSON.stringify(body))
    }
    for (const method of ['', 'Invoke', 'com.vmware.cis.session.get', 'toString', '__proto__']) {
      const { error, id } = (await lab.a.post('/api', { ...rpcRequest(service, 'get'), method })).json
      assert.deepEqual([error.code, id], [-32601, '0'], method)
    }
    for (const [params, data] of badParams) {
      const { json } = await lab.a.post('/api', { ...rpcRequest(service, 'get'), params })
      const error = { code: -32602, message: messages[-32602], data }
      assert.deepEqual(json, { jsonrpc: '2.0', id: '0', error }, JSON.stringify(params))
    }
  })

  test(`${database.kind}: a body that is too large or no JSON by its type is refused by HTTP`, database, async () => {
    const lab = await openLab()
    const large = await lab.a.send('POST', '/api', JSON.stringify({ x: 'a'.repeat(1_000_000) }), json)
    assert.equal(large.status, 413)
    assert.equal(large.json.error.code, -32600)
    assert.match(large.json.error.data, /^The request body is larger than 65536 bytes, .* before sign-in$/)
    const session = await signedIn(lab.a)
    const known = await session.send('POST', '/api', JSON.stringify({ x: 'a'.repeat(1_000_000) }), json)
    assert.equal(known.json.error.data, 'The request body is larger than 262144 bytes')
    for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense']) {
      const answer = await lab.a.send('POST', '/api', '{}', { 'content-type': type })
      assert.equal(answer.status, 415, type)
      assert.equal(answer.json.error.code, -32600)
    }
    for (const type of ['application/json; charset=UTF-8', 'application/json;charset=utf-8', 'APPLICATION/JSON']) {
      const body = JSON.stringify(rpcRequest(service, 'create', {}, userPass(administrator)))
      const answer = await lab.a.send('POST', '/api/', body, { 'content-type': type })
      assert.ok(answer.json.result.output.SECRET, type)
      assert.equal(answer.headers['content-type'], 'application/json')
    }
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const answer = await lab.a.send(method, '/api')
      assert.equal(answer.status, 404, method)
      assert.equal(answer.json.messages[0].id, 'com.vmware.vapi.rest.httpNotFound')
    }
  })

  test(
    `${database.kind}: the headers that name the operation name the one of the body, or are both missing`,
    database,
    async () => {
      const lab = await openLab()
      const ask = async (headers: Record<string, string>) =>
        (await rpc(lab.a.with({ headers }), service, 'create', {}, userPass(administrator))).json
      const both = { 'vapi-service': service, 'vapi-operation': 'create' }
      assert.ok((await ask(both)).result.output.SECRET)
      for (const headers of [
        { 'vapi-service': service },
        { 'vapi-operation': 'create' },
        { ...both, 'vapi-operation': 'delete' },
        { ...both, 'vapi-service': `${service}.x` },
        { ...both, 'vapi-operation': 'CREATE' },
      ] as Record<string, string>[]) {
        const { error, id, result } = await ask(headers)
        assert.deepEqual([error.code, error.message, id, result], [-31001, messages[-31001], '0', undefined])
      }
    },
  )

  test(
    `${database.kind}: a service or an operation that is none is an error of vAPI, whoever asks`,
    database,
    async () => {
      const lab = await openLab()
      const client = await signedIn(lab.a)
      for (const asking of [lab.a, client]) {
        for (const [serviceId, operationId, id, message] of [
          ['com.vmware.nothing', 'get', 'vapi.method.input.invalid.interface', 'Invalid interface com.vmware.nothing'],
          ['', '', 'vapi.method.input.invalid.interface', 'Invalid interface '],
          ['__proto__', 'get', 'vapi.method.input.invalid.interface', 'Invalid interface __proto__'],
          [
            'com.vmware.CIS.session',
            'get',
            'vapi.method.input.invalid.interface',
            'Invalid interface com.vmware.CIS.session',
          ],
          [service, 'list', 'vapi.method.input.invalid.method', 'Invalid method list'],
          [service, 'constructor', 'vapi.method.input.invalid.method', 'Invalid method constructor'],
          ['com.vmware.vapi.std.introspection.service', 'list', 'vapi.method.input.invalid.interface', undefined],
        ] as const) {
          const answer = await rpc(asking, serviceId, operationId)
          const { name, messages } = rpcErrorOf(answer)
          assert.deepEqual([answer.status, name, messages[0]?.id], [200, 'operation_not_found', id])
          assert.equal(answer.headers['vapi-error'], 'com.vmware.vapi.std.errors.operation_not_found')
          if (message !== undefined) assert.equal(messages[0]?.default_message, message)
        }
      }
    },
  )

  test(`${database.kind}: an input that the operation does not have is refused by its name`, database, async () => {
    const lab = await openLab()
    const client = await signedIn(lab.a)
    const { name, messages } = rpcErrorOf(await rpc(client, service, 'get', { extra: 1 }))
    assert.equal(name, 'unexpected_input')
    assert.equal(messages[0]?.default_message, 'extra: there is no such field')
  })

  test(`${database.kind}: keys of the envelope that nobody knows are passed over`, database, async () => {
    const lab = await openLab()
    const request = rpcRequest(service, 'create', {}, { ...userPass(administrator), x: 1 })
    const params = { ...request.params, x: {}, ctx: { ...(request.params.ctx as object), x: 1, appCtx: null } }
    const { json } = await lab.a.post('/api', { ...request, x: 1, params })
    assert.ok(json.result.output.SECRET)
  })

  test(
    `${database.kind}: the operation's name for itself is in the audit log, and cannot forge a line of it`,
    database,
    async () => {
      const lab = await openLab()
      const forged = 'x"]\n<166>1 forged \u2028'
      const request = rpcRequest(service, forged, {}, userPass(administrator, labSsoPassword))
      ;(request.params.ctx as { appCtx: object }).appCtx = { opId: forged.repeat(100) }
      await lab.a.post('/api', request)
      await rpc(
        lab.a.with({ headers: { 'vapi-ctx-opid': 'by-header', 'user-agent': 'vAPI/2 Python/3' } }),
        service,
        'get',
      )
      const log = () => readFileSync(join(lab.dataDir, 'vcenter-audit.log'), 'utf8')
      while (!log().includes('by-header')) await setTimeout(5)
      const lines = log().split('\n')
      assert.equal(
        lines.filter((line) => /^<\d+>1 \S+ vcenter vpxd \d+ [a-z-]+ \[audit@6876 .*\]/.test(line)).length,
        lines.length - 1,
      )
      assert.match(lines.at(-2) ?? '', / unauthenticated .*agent="vAPI\/2 Python\/3" opID="by-header"/)
      assert.ok(Math.max(...lines.map(({ length }) => length)) < 2000)
    },
  )
}
