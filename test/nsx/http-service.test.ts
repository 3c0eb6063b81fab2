import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { databases, labPassword, openLab } from '../lab.ts'

const service = '/api/v1/node/services/http'
const apiService = '/api/v1/cluster/api-service'
const users = '/api/v1/node/users'
const password = 'Harbour-Lantern-77'

const change = (service_properties: unknown) => ({ service_name: 'http', service_properties })
const shared = [
  'session_timeout',
  'connection_timeout',
  'protocol_versions',
  'cipher_suites',
  'redirect_host',
  'client_api_rate_limit',
  'global_api_concurrency_limit',
  'client_api_concurrency_limit',
  'basic_authentication_enabled',
  'cookie_based_authentication_enabled',
]
const pick = (object: Record<string, unknown>) => Object.fromEntries(shared.map((name) => [name, object[name]]))

for (const database of databases) {
  test(`${database.kind}: the HTTP service shows and changes what the API service has`, database, async () => {
    await using lab = await openLab(database, {}, {})
    const { status, json } = await lab.admin.get(service)
    assert.equal(status, 200)
    const { service_properties, ...rest } = json
    assert.deepEqual(rest, {
      _schema: 'NodeHttpServiceProperties',
      _self: { href: '/node/services/http', rel: 'self' },
      service_name: 'http',
    })
    const { logging_level, certificate, ...settings } = service_properties
    assert.equal(logging_level, 'INFO')
    assert.equal(new X509Certificate(certificate.pem_encoded).subject, 'CN=localhost')
    assert(!certificate.pem_encoded.includes('PRIVATE'))
    const before = (await lab.admin.get(apiService)).json
    assert.deepEqual(settings, pick(before))
    assert.equal(settings.client_api_rate_limit, 100)
    assert.equal((await lab.admin.put(apiService, { ...before, lockout_immune_addresses: ['192.0.2.7'] })).status, 200)

    const sent = { ...service_properties, client_api_rate_limit: 50, logging_level: 'DEBUG', certificate: 'ignored' }
    const answer = await lab.admin.put(service, { ...json, service_properties: sent })
    assert.equal(answer.status, 202)
    assert.deepEqual(answer.json, {
      ...json,
      service_properties: { ...service_properties, client_api_rate_limit: 50, logging_level: 'DEBUG' },
    })
    for (const client of [lab.admin, lab.b.as('admin', labPassword)]) {
      const there = (await client.get(apiService)).json
      assert.deepEqual(pick(there), { ...pick(before), client_api_rate_limit: 50 })
      assert.deepEqual([there.lockout_immune_addresses, there._revision], [['192.0.2.7'], 2])
      assert.equal('logging_level' in there, false)
      assert.deepEqual((await client.get(service)).json, answer.json)
    }

    // A PUT of the one leaves alone what only the other has.
    const { json: there } = await lab.admin.get(apiService)
    assert.equal((await lab.admin.put(apiService, { ...there, session_timeout: 60 })).status, 200)
    const after = (await lab.admin.get(service)).json.service_properties
    assert.deepEqual([after.session_timeout, after.logging_level], [60, 'DEBUG'])
    await lab.restart()
    assert.deepEqual((await lab.admin.get(service)).json.service_properties, after)
  })

  test(`${database.kind}: what a PUT of the HTTP service leaves out stays as it is`, database, async () => {
    await using lab = await openLab(database)
    assert.equal((await lab.admin.put(service, change({ session_timeout: 77, logging_level: 'WARN' }))).status, 202)
    assert.equal((await lab.admin.put(service, change({ connection_timeout: 31 }))).status, 202)
    const { session_timeout, connection_timeout, logging_level } = (await lab.admin.get(service)).json
      .service_properties
    assert.deepEqual([session_timeout, connection_timeout, logging_level], [77, 31, 'WARN'])

    const values = Array.from({ length: 12 }, (_, n) => 100 + n)
    const put = (n: number) =>
      lab.admin.put(service, change(n % 2 ? { session_timeout: n } : { connection_timeout: n }))
    const answers = await Promise.all(values.map(put))
    assert(answers.every(({ status }) => status === 202))
    const { json } = await lab.admin.get(apiService)
    assert.equal(json._revision, 14)
    assert(json.session_timeout >= 100 && json.connection_timeout >= 100)
  })

  test(
    `${database.kind}: a PUT of the HTTP service that cannot be is refused, names the field and changes nothing`,
    database,
    async () => {
      await using lab = await openLab(database)
      const before = (await lab.admin.get(service)).text
      const wrong: [body: unknown, named: RegExp][] = [
        [{}, /service_name/],
        [{ service_name: 'http' }, /service_properties/],
        [{ service_name: 'ssh', service_properties: {} }, /service_name/],
        [{ ...change({}), more: 1 }, /more is not a valid property/],
        [change({ lockout_immune_addresses: [] }), /lockout_immune_addresses is not a valid property/],
        [change({ client_api_rate_limit: -1 }), /client_api_rate_limit/],
        [change({ client_api_rate_limit: '5' }), /client_api_rate_limit/],
        [change({ logging_level: 'LOUD' }), /logging_level/],
        [change({ logging_level: 'debug' }), /logging_level/],
        [change({ redirect_host: 'a/b' }), /redirect_host/],
        [change({ protocol_versions: [{ name: 'TLSv1.3', enabled: false }] }), /protocol_versions/],
        [
          change({ basic_authentication_enabled: false, cookie_based_authentication_enabled: false }),
          /basic_authentication_enabled/,
        ],
        [change(null), /service_properties/],
        [change([]), /service_properties/],
      ]
      for (const [body, named] of wrong) {
        const answer = await lab.admin.put(service, body)
        assert.deepEqual([answer.status, answer.json.error_code], [400, 255], JSON.stringify(body))
        assert.match(answer.json.error_message, named)
      }
      assert.equal((await lab.admin.get(service)).text, before)
      // The second half of a lock-out is refused however the first was made.
      assert.equal((await lab.admin.put(service, change({ cookie_based_authentication_enabled: false }))).status, 202)
      assert.equal((await lab.admin.put(service, change({ basic_authentication_enabled: false }))).status, 400)
    },
  )

  test(
    `${database.kind}: the HTTP service runs, starts and restarts under everybody's feet, and does not stop`,
    database,
    async () => {
      await using lab = await openLab(database)
      const running = {
        _schema: 'NodeServiceStatusProperties',
        _self: { href: '/node/services/http/status', rel: 'self' },
        runtime_state: 'running',
        health: 'STABLE',
        pids: [process.pid],
      }
      const { client } = await lab.a.signIn('admin', labPassword)
      const before = (await client.get(service)).text
      const restarted = await client.post(`${service}?action=restart`)
      assert.deepEqual([restarted.status, restarted.text], [202, ''])
      for (const answer of [await client.get(`${service}/status`), await client.post(`${service}?action=start`)]) {
        assert.deepEqual([answer.status, answer.json], [200, running])
      }
      const stop = await client.post(`${service}?action=stop`)
      assert.deepEqual(
        [stop.status, stop.json],
        [
          400,
          {
            httpStatus: 'BAD_REQUEST',
            error_code: 36520,
            module_name: 'node-services',
            error_message:
              'The http service cannot be stopped: it serves the API, and nothing else could start it again',
          },
        ],
      )
      assert.equal((await client.post(`${service}?action=apply_certificate`)).status, 501)
      for (const action of ['', '?action=kill', '?action=START']) {
        assert.equal((await client.post(`${service}${action}`)).status, 400, action)
      }
      assert.equal((await client.get(service)).text, before)
      const { json } = await client.post('/api/v1/administration/audit-logs', { log_filter: 'action=restart' })
      assert.equal(json.results.length > 0, true)
    },
  )

  test(`${database.kind}: system roles read the HTTP service, Enterprise Admins change it`, database, async () => {
    await using lab = await openLab(database)
    await lab.admin.post(`${users}?action=create_user`, { username: 'svc', password })
    const auditor = lab.a.as('svc', password)
    const calls = [
      (client: typeof auditor) => client.get(service),
      (client: typeof auditor) => client.get(`${service}/status`),
      (client: typeof auditor) => client.put(service, change({})),
      (client: typeof auditor) => client.post(`${service}?action=start`),
      (client: typeof auditor) => client.post(`${service}?action=restart`),
      (client: typeof auditor) => client.post(`${service}?action=stop`),
    ]
    const answers = async (client: typeof auditor) => {
      const found = []
      for (const call of calls) found.push((await call(client)).status)
      return found
    }
    assert.deepEqual(await answers(lab.admin), [200, 200, 202, 200, 202, 400])
    assert.deepEqual(await answers(auditor), [200, 200, 403, 403, 403, 403])
    assert.deepEqual(await answers(lab.a), [403, 403, 403, 403, 403, 403])
  })
}
