import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bombard, garbled, numbers, seed, shown } from '../bombard.ts'
import type { Client } from '../client.ts'
import { databases, openLab } from '../lab.ts'

async function session(client: Client): Promise<string> {
  const answer = await client.as('administrator@vsphere.local', 'VMware123!').post('/api/session')
  assert.equal(answer.status, 201)
  return answer.json
}

const [sqlite] = databases
assert.ok(sqlite)

test('JSON-RPC: whatever is wrong with a message is answered, and never as a fault of the server', async () => {
  await using lab = await openLab(sqlite)
  const id = await session(lab.a)
  const pick = numbers(seed)
  const input = (fields: object) => ({ STRUCTURE: { 'operation-input': fields } })
  const structure = (name: string, fields: object) => ({ STRUCTURE: { [`com.vmware.vcenter.${name}`]: fields } })
  const samples: [service: string, operation: string, input: unknown][] = [
    ['cis.session', 'get', input({})],
    [
      'vcenter.datacenter',
      'list',
      input({ filter: { OPTIONAL: structure('datacenter.filter_spec', { names: { OPTIONAL: ['DC0'] } }) } }),
    ],
    ['vcenter.VM', 'list', input({ filter: { OPTIONAL: null } })],
    [
      'vcenter.authorization.roles',
      'list',
      input({
        filter: { OPTIONAL: structure('authorization.roles.filter_spec', { names: { OPTIONAL: ['Admin'] } }) },
        iterate: {
          OPTIONAL: structure('authorization.roles.iteration_spec', {
            page_size: { OPTIONAL: 2 },
            marker: { OPTIONAL: null },
          }),
        },
      }),
    ],
    ['vcenter.authorization.roles', 'get', input({ role: '-1' })],
    [
      'vcenter.authorization.roles',
      'update',
      input({ role: '-1', spec: structure('authorization.roles.update_spec', { name: { OPTIONAL: 'x' } }) }),
    ],
    [
      'vcenter.authorization.permissions',
      'list',
      input({
        filter: {
          OPTIONAL: structure('authorization.permissions.filter_spec', {
            objects: {
              OPTIONAL: [
                { STRUCTURE: { 'com.vmware.vapi.std.dynamic_ID': { type: 'ManagedEntity', id: 'datacenter-3' } } },
              ],
            },
          }),
        },
      }),
    ],
    ['vcenter.authorization.privileges', 'get', input({ privilege: 'System.View' })],
  ]
  const odd: unknown[] = [
    null,
    true,
    0,
    -1,
    1.5,
    2 ** 60,
    '',
    'x',
    'a'.repeat(5000),
    [],
    {},
    [[]],
    { OPTIONAL: null },
    { STRUCTURE: {} },
    { STRUCTURE: null },
    { SECRET: 'x' },
    { BINARY: '!' },
    { ERROR: {} },
    ['x', 'x'],
    { constructor: 1 },
  ]

  /** Puts something odd in the place of one of the values, however deep it is. */
  function spoiled(value: unknown): unknown {
    if (value === null || typeof value !== 'object' || pick(6) === 0) return odd[pick(odd.length)]
    const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value }
    const names = Object.keys(copy)
    if (names.length === 0 || pick(8) === 0) return Object.assign(copy, { [String(pick(99))]: odd[pick(odd.length)] })
    const name = names[pick(names.length)] as string
    const inside = copy as Record<string, unknown>
    inside[name] = spoiled(inside[name])
    return copy
  }

  function make(number: number): string {
    const [service, operation, given] = samples[number % samples.length] as (typeof samples)[0]
    const ctx = { securityCtx: { schemeId: 'com.vmware.vapi.std.security.session_id', sessionId: id } }
    const params = { serviceId: `com.vmware.${service}`, operationId: operation, input: given, ctx }
    const message = { jsonrpc: '2.0', method: 'invoke', id: String(number), params }
    return pick(2) === 0 ? JSON.stringify(spoiled(message)) : garbled(JSON.stringify(message), pick)
  }

  await bombard(
    make,
    (message) => lab.a.send('POST', '/api', message, { 'content-type': 'application/json' }),
    (answer, message) => {
      const about = `seed ${seed}: ${shown(message)} was answered ${answer.status} ${answer.text.slice(0, 500)}`
      assert.equal(answer.status, 200, about)
      const { result, error } = answer.json
      const [name] = Object.keys(result?.error?.ERROR ?? {})
      assert.equal([result, error].filter((part) => part !== undefined).length, 1, about)
      assert.notEqual(name, 'com.vmware.vapi.std.errors.internal_server_error', about)
      if (error) assert.ok(error.code !== -32603, about)
    },
  )
  assert.equal((await lab.a.with({ headers: { 'vmware-api-session-id': id } }).get('/api/session')).status, 200)
})

test('SOAP: whatever is wrong with a message is answered with a fault that says what', async () => {
  await using lab = await openLab(sqlite)
  const id = await session(lab.a)
  const pick = numbers(seed + 1)
  const samples = [
    '<RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent>',
    '<Fetch xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this><prop>currentSession</prop></Fetch>',
    '<RetrieveEntityPermissions xmlns="urn:vim25"><_this type="AuthorizationManager">AuthorizationManager</_this><entity type="Datacenter">datacenter-3</entity><inherited>true</inherited></RetrieveEntityPermissions>',
    '<HasPrivilegeOnEntities xmlns="urn:vim25"><_this type="AuthorizationManager">AuthorizationManager</_this><entity type="Folder">group-d1</entity><sessionId>x</sessionId><privId>System.View</privId></HasPrivilegeOnEntities>',
    '<RetrieveProperties xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this><specSet><propSet><type>Folder</type><pathSet>name</pathSet></propSet><objectSet><obj type="Folder">group-d1</obj><skip>false</skip><selectSet xsi:type="TraversalSpec"><name>visit</name><type>Folder</type><path>parent</path><skip>false</skip><selectSet><name>visit</name></selectSet></selectSet></objectSet></specSet></RetrieveProperties>',
    '<CreateContainerView xmlns="urn:vim25"><_this type="ViewManager">ViewManager</_this><container type="Folder">group-d1</container><type>Datacenter</type><recursive>false</recursive></CreateContainerView>',
    '<FindByInventoryPath xmlns="urn:vim25"><_this type="SearchIndex">SearchIndex</_this><inventoryPath>/DC0/vm</inventoryPath></FindByInventoryPath>',
  ]
  const around = (body: string) =>
    `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`
  const bombs = [
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>',
    '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
    `${'<a>'.repeat(2000)}${'</a>'.repeat(2000)}`,
    `<a ${Array.from({ length: 3000 }, (_, n) => `b${n}=""`).join(' ')}/>`,
    '<a/><b/>',
    '',
  ]

  function make(number: number): string {
    if (number % 50 === 0)
      return pick(2) === 0 ? (bombs[pick(bombs.length)] as string) : around(bombs[pick(bombs.length)] as string)
    const body = samples[number % samples.length] as string
    return pick(2) === 0 ? around(garbled(body, pick)) : garbled(around(body), pick)
  }

  await bombard(
    make,
    (message) =>
      lab.a.send('POST', '/sdk', message, {
        'content-type': 'text/xml; charset=utf-8',
        cookie: `vmware_soap_session="${id}"`,
      }),
    (answer, message) => {
      const about = `seed ${seed}: ${shown(message)} was answered ${answer.status} ${answer.text.slice(0, 500)}`
      assert.ok(answer.status === 200 || answer.status === 500, about)
      assert.match(answer.text, answer.status === 200 ? /Response xmlns="urn:vim25"/ : /<faultcode>/, about)
      if (answer.status === 500) assert.match(answer.text, /<faultstring>[^<]+<\/faultstring>/, about)
      assert.doesNotMatch(answer.text, /SystemError|internal/i, about)
    },
  )
  assert.equal((await lab.a.with({ headers: { 'vmware-api-session-id': id } }).get('/api/session')).status, 200)
})
