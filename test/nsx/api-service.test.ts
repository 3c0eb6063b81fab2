import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databases, labPassword, openLab } from '../lab.ts'

const apiService = '/api/v1/cluster/api-service'
const policyApiService = '/policy/api/v1/cluster/api-service'
const users = '/api/v1/node/users'
const roleBindings = '/policy/api/v1/aaa/role-bindings'
const password = 'Harbour-Lantern-77'

const on = (name: string) => ({ name, enabled: true })
const suites = [
  'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_RSA_WITH_AES_128_CBC_SHA',
  'TLS_RSA_WITH_AES_128_CBC_SHA256',
  'TLS_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_RSA_WITH_AES_256_CBC_SHA',
  'TLS_RSA_WITH_AES_256_CBC_SHA256',
  'TLS_RSA_WITH_AES_256_GCM_SHA384',
]
const defaults = {
  session_timeout: 1800,
  connection_timeout: 30,
  protocol_versions: [{ name: 'TLSv1.1', enabled: false }, on('TLSv1.2'), on('TLSv1.3')],
  cipher_suites: [
    ...suites,
    'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
  ].map(on),
  redirect_host: '',
  client_api_rate_limit: 100,
  global_api_concurrency_limit: 199,
  client_api_concurrency_limit: 40,
  basic_authentication_enabled: true,
  cookie_based_authentication_enabled: true,
  lockout_immune_addresses: [] as string[],
}
const other: typeof defaults = {
  session_timeout: 0,
  connection_timeout: 2_147_483_647,
  protocol_versions: [on('TLSv1.3'), on('TLSv1.2')],
  cipher_suites: [on('TLS_AES_256_GCM_SHA384'), { name: 'TLS_CHACHA20_POLY1305_SHA256', enabled: false }],
  redirect_host: 'nsx.corp.example',
  client_api_rate_limit: 0,
  global_api_concurrency_limit: 1000,
  client_api_concurrency_limit: 7,
  basic_authentication_enabled: true,
  cookie_based_authentication_enabled: false,
  lockout_immune_addresses: ['192.0.2.7', '2001:db8::7'],
}
const names = { resource_type: 'ApiServiceConfig', id: 'reverse_proxy_config', display_name: 'reverse_proxy_config' }

const staleRevision = {
  httpStatus: 'PRECONDITION_FAILED',
  error_code: 604,
  module_name: 'common-services',
  error_message: 'The object was modified by somebody else. Please retry.',
}

for (const database of databases) {
  test(`${database.kind}: the API service begins with NSX's defaults, in NSX's order`, database, async () => {
    await using lab = await openLab(database, {}, {})
    const { status, json } = await lab.admin.get(apiService)
    assert.equal(status, 200)
    const expected = {
      ...defaults,
      ...names,
      _create_time: lab.clock.now,
      _create_user: 'system',
      _last_modified_time: lab.clock.now,
      _last_modified_user: 'system',
      _system_owned: false,
      _protection: 'NOT_PROTECTED',
      _revision: 0,
    }
    assert.deepEqual(json, expected)
    assert.deepEqual(Object.keys(json), Object.keys(expected))
    assert.deepEqual((await lab.b.as('admin', labPassword).get(apiService)).json, json)
  })

  test(`${database.kind}: a PUT replaces the configuration of the whole cluster`, database, async () => {
    await using lab = await openLab(database)
    const created = lab.clock.now
    lab.clock.advance({ seconds: 5 })
    const answer = await lab.admin.put(apiService, { ...other, _revision: 0 })
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.json, {
      ...other,
      ...names,
      _create_time: created,
      _create_user: 'system',
      _last_modified_time: created + 5000,
      _last_modified_user: 'admin',
      _system_owned: false,
      _protection: 'NOT_PROTECTED',
      _revision: 1,
    })
    assert.deepEqual((await lab.b.as('admin', labPassword).get(apiService)).json, answer.json)
    await lab.restart()
    assert.deepEqual((await lab.admin.get(apiService)).json, answer.json)
  })

  test(`${database.kind}: both of NSX's prefixes have the same configuration`, database, async () => {
    await using lab = await openLab(database)
    const { json } = await lab.admin.get(apiService)
    assert.deepEqual((await lab.admin.get(policyApiService)).json, json)
    const changed = await lab.admin.put(policyApiService, { ...json, session_timeout: 900 })
    assert.deepEqual([changed.status, changed.json.session_timeout, changed.json._revision], [200, 900, 1])
    assert.deepEqual((await lab.b.as('admin', labPassword).get(apiService)).json, changed.json)
    const refused = await lab.admin.put(policyApiService, { ...changed.json, session_timeout: -1 })
    assert.deepEqual([refused.status, /session_timeout/.test(refused.json.error_message)], [400, true])
  })

  test(`${database.kind}: what a PUT leaves out returns to its default`, database, async () => {
    await using lab = await openLab(database)
    assert.equal((await lab.admin.put(apiService, { ...other, _revision: 0 })).status, 200)
    const { json } = await lab.admin.put(apiService, { connection_timeout: 31, _revision: 1 })
    const { _create_time, _create_user, _last_modified_time, _last_modified_user, ...rest } = json
    assert.deepEqual(rest, {
      ...defaults,
      connection_timeout: 31,
      ...names,
      _system_owned: false,
      _protection: 'NOT_PROTECTED',
      _revision: 2,
    })
  })

  test(
    `${database.kind}: a PUT keeps what the caller says of the configuration and ignores read-only fields`,
    database,
    async () => {
      await using lab = await openLab(database)
      const { json: before } = await lab.admin.get(apiService)
      const sent = {
        ...before,
        resource_type: 'Segment',
        id: 'mine',
        display_name: 'mine',
        description: 'mine',
        tags: [{ scope: 'a', tag: 'b' }],
        _create_time: 1,
        _create_user: 'mallory',
        _last_modified_time: 'never',
        _last_modified_user: 'mallory',
        _system_owned: true,
        _protection: 'PROTECTED',
        _links: [],
        _schema: 'x',
        _self: { href: '/', rel: 'self' },
      }
      const answer = await lab.admin.put(apiService, sent)
      assert.equal(answer.status, 200)
      const said = { display_name: 'mine', description: 'mine', tags: [{ scope: 'a', tag: 'b' }] }
      assert.deepEqual(answer.json, { ...before, ...said, _last_modified_user: 'admin', _revision: 1 })
      await lab.restart()
      assert.deepEqual((await lab.admin.get(apiService)).json, answer.json)
      const { display_name, description, tags, ...rest } = answer.json
      const silent = (await lab.admin.put(apiService, rest)).json
      assert.deepEqual(silent, { ...before, _last_modified_user: 'admin', _revision: 2 })
    },
  )

  test(`${database.kind}: the object of NSX's session example can be put`, database, async () => {
    await using lab = await openLab(database)
    const printed = {
      session_timeout: 1800,
      connection_timeout: 30,
      protocol_versions: ['TLSv1.1', 'TLSv1.2'].map(on),
      cipher_suites: [...suites, 'TLS_ECDSA_WITH_AES_256_GCM_SHA384'].map(on),
      redirect_host: '',
      client_api_rate_limit: 100,
      global_api_concurrency_limit: 199,
      client_api_concurrency_limit: 40,
      basic_authentication_enabled: true,
      cookie_based_authentication_enabled: true,
      ...names,
      _revision: 0,
    }
    const { status, json } = await lab.admin.put(apiService, printed)
    assert.equal(status, 200)
    assert.deepEqual(json.protocol_versions, printed.protocol_versions)
    assert.equal(json.cipher_suites.length, 13)
  })

  test(`${database.kind}: a strict server needs the _revision that is stored`, database, async () => {
    await using lab = await openLab(database, { apiServiceRevision: 'strict' })
    const put = (_revision: unknown) => lab.admin.put(apiService, { ...other, _revision })
    assert.equal((await put(0)).status, 200)
    const { json: stored } = await lab.admin.get(apiService)
    for (const revision of [undefined, 0, 2, '1', '2']) {
      const answer = await put(revision)
      assert.deepEqual([answer.status, answer.json], [412, staleRevision], String(revision))
    }
    for (const revision of [-1, 1.5, 'one', '', null, [1]]) {
      const answer = await put(revision)
      assert.deepEqual([answer.status, answer.json.error_code], [400, 255], String(revision))
      assert.match(answer.json.error_message, /_revision/)
    }
    assert.deepEqual((await lab.admin.get(apiService)).json, stored)

    const six = Array.from({ length: 6 })
    await Promise.all(six.map(() => lab.admin.get(apiService)))
    const atOnce = await Promise.all(six.map(() => put(1)))
    assert.deepEqual(atOnce.map(({ status }) => status).sort(), [200, 412, 412, 412, 412, 412])
    assert.equal((await lab.admin.get(apiService)).json._revision, 2)
  })

  test(`${database.kind}: a lab also takes the next _revision, as text too, with a warning`, database, async () => {
    await using lab = await openLab(database)
    const put = (_revision: unknown) => lab.admin.put(apiService, { ...other, _revision })
    let stored = 0
    for (const [revision, taken] of [
      [0, undefined],
      [2, '2 was taken for 1'],
      ['2', "'2' was taken for 2"],
      ['4', "'4' was taken for 3"],
    ]) {
      const answer = await put(revision)
      const warning = answer.headers.warning
      assert.equal(warning, taken && `299 - "_revision ${taken}; apiServiceRevision: strict refuses it"`)
      stored += 1
      assert.deepEqual([answer.status, answer.json._revision], [200, stored], String(revision))
    }
    for (const revision of [undefined, 3, '3', 6, '6']) {
      const answer = await put(revision)
      assert.deepEqual([answer.status, answer.json], [412, staleRevision], String(revision))
    }
    assert.equal((await put('x')).status, 400)
    assert.equal((await lab.admin.get(apiService)).json._revision, 4)
  })

  test(`${database.kind}: a PUT with a value that cannot be is refused and names it`, database, async () => {
    await using lab = await openLab(database)
    const { json: before } = await lab.admin.get(apiService)
    const integers = [-1, 2_147_483_648, 1.5, '30', true, null]
    const booleans = ['true', 1, null]
    const [suite] = suites as [string]
    const wrong: Record<string, unknown[]> = {
      session_timeout: integers,
      connection_timeout: integers,
      client_api_rate_limit: integers,
      global_api_concurrency_limit: integers,
      client_api_concurrency_limit: integers,
      basic_authentication_enabled: booleans,
      cookie_based_authentication_enabled: booleans,
      redirect_host: [5, null, 'x'.repeat(256)],
      lockout_immune_addresses: ['192.0.2.7', [7], ['nowhere'], ['192.0.2.0/24'], ['192.0.2.256'], [''], null],
      protocol_versions: [
        [],
        null,
        'TLSv1.2',
        ['TLSv1.2'],
        [{ name: 'TLSv1.2' }],
        [{ enabled: true }],
        [{ ...on('TLSv1.2'), minimum: true }],
        [{ name: 'TLSv1.2', enabled: 'yes' }],
        [on('SSLv3')],
        [on('TLSv1.2'), on('TLSv1.2')],
        [{ name: 'TLSv1.2', enabled: false }],
        [on('TLSv1.1'), on('TLSv1.3')],
        [on('TLSv1.1'), { name: 'TLSv1.2', enabled: false }, on('TLSv1.3')],
      ],
      cipher_suites: [
        [],
        null,
        [suite],
        [{ name: suite }],
        [{ enabled: true }],
        [{ ...on(suite), strength: 128 }],
        [on('TLS_NULL_WITH_NULL_NULL')],
        [on(suite), on(suite)],
        [{ name: suite, enabled: false }],
      ],
      unknown_field: ['x'],
    }
    for (const [property, values] of Object.entries(wrong)) {
      for (const value of values) {
        const about = `${property}: ${JSON.stringify(value)}`
        const answer = await lab.admin.put(apiService, { ...before, [property]: value })
        assert.equal(answer.status, 400, about)
        const { error_message, ...rest } = answer.json
        assert.deepEqual(
          rest,
          { httpStatus: 'BAD_REQUEST', error_code: 255, module_name: 'common-services', details: error_message },
          about,
        )
        assert(error_message.startsWith('Field level validation errors: {'), error_message)
        assert(error_message.includes(property), `${about}: ${error_message}`)
      }
    }
    const neither = { basic_authentication_enabled: false, cookie_based_authentication_enabled: false }
    assert.equal((await lab.admin.put(apiService, { ...before, ...neither })).status, 400)
    assert.deepEqual((await lab.admin.get(apiService)).json, before)
  })

  test(`${database.kind}: a call that is no PUT of a configuration is told why`, database, async () => {
    await using lab = await openLab(database)
    const { json: before } = await lab.admin.get(apiService)
    for (const [body, type, status, code] of [
      ['{"_revision": 0', 'application/json', 400, 220],
      ['', 'application/json', 400, 255],
      ['[]', 'application/json', 400, 255],
      ['null', 'application/json', 400, 255],
      ['"x"', 'application/json', 400, 255],
      ['session_timeout=5&_revision=0', 'application/x-www-form-urlencoded', 415, 415],
      ['{"_revision": 0}', 'text/plain', 415, 415],
    ] as const) {
      const answer = await lab.admin.send('PUT', apiService, body, { 'content-type': type })
      assert.deepEqual([answer.status, answer.json.error_code], [status, code], `${type} ${body}`)
    }
    for (const method of ['POST', 'PATCH', 'DELETE']) {
      const answer = await lab.admin.send(method, apiService)
      assert.deepEqual(
        [answer.status, answer.json],
        [
          405,
          {
            httpStatus: 'METHOD_NOT_ALLOWED',
            error_code: 405,
            module_name: 'common-services',
            error_message: `Request method '${method}' not supported`,
          },
        ],
      )
      assert.equal(answer.headers.allow, 'GET, PUT')
    }
    assert.deepEqual((await lab.admin.get(apiService)).json, before)
  })

  test(`${database.kind}: system roles read the API service, Enterprise Admins change it`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(`${users}?action=create_user`, { username: 'svc', password })
    const [{ id }] = (await lab.admin.get(`${roleBindings}?name=svc`)).json.results
    const caller = lab.a.as('svc', password)
    const may: Record<string, [read: number, write: number]> = {
      enterprise_admin: [200, 200],
      auditor: [200, 403],
      network_engineer: [200, 403],
      network_op: [200, 403],
      security_engineer: [200, 403],
      security_op: [200, 403],
      cloud_admin: [200, 403],
      cloud_auditor: [200, 403],
      support_bundle_collector: [403, 403],
      vpn_admin: [403, 403],
      project_admin: [403, 403],
    }
    for (const [role, [read, write]] of Object.entries(may)) {
      const roles_for_paths = [{ path: '/', roles: [{ role }] }]
      assert.equal((await lab.admin.put(`${roleBindings}/${id}`, { roles_for_paths })).status, 200)
      const { json } = await lab.admin.get(apiService)
      const answers = [await caller.get(apiService), await caller.put(apiService, json)]
      assert.deepEqual(
        answers.map(({ status }) => status),
        [read, write],
        role,
      )
      for (const answer of answers.filter(({ status }) => status === 403)) {
        assert.deepEqual(answer.json, {
          httpStatus: 'FORBIDDEN',
          error_code: 401,
          module_name: 'common-services',
          error_message: 'User is not authorized to perform this operation',
        })
      }
    }
    for (const answer of [await lab.a.get(apiService), await lab.a.put(apiService, { _revision: 1 })]) {
      assert.deepEqual([answer.status, answer.json.error_code], [403, 403])
    }
    assert.equal((await lab.admin.get(apiService)).json._revision, 1)
  })
}
