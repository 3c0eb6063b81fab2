import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Made, makeCertificate } from '../certificates.ts'
import { databases, type Lab, openLab } from '../lab.ts'
import { onDatabase } from '../on-database.ts'

const identities = '/api/v1/trust-management/principal-identities'
const tokens = '/api/v1/trust-management/token-principal-identities'
const certificates = '/api/v1/trust-management/certificates'
const withCertificate = `${identities}/with-certificate`
const userInfo = '/api/v1/aaa/user-info'
const segments = '/policy/api/v1/infra/segments'
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const allRoles = (role: string) => [{ path: '/', roles: [{ role }] }]

async function register(lab: Lab, name: string, made: Made, role = 'network_engineer', more: object = {}) {
  const body = { name, node_id: 'n1', certificate_pem: made.cert, roles_for_paths: allRoles(role), ...more }
  const answer = await lab.admin.post(withCertificate, body)
  assert.equal(answer.status, 201, answer.text)
  return answer.json
}

/** Imports a certificate. @returns its id */
async function importOf(lab: Lab, { cert }: Made): Promise<string> {
  const { json } = await lab.admin.post(`${certificates}?action=import`, { pem_encoded: cert })
  return json.results[0].id
}

const audit = (lab: Lab) => readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8')
const refusedCredentials = /The credentials were incorrect or the account specified has been locked\./

/** A user with a role and a password, signed in on every call. */
async function userWith(lab: Lab, role: string) {
  const password = 'Zk7!vbQp2$wLm'
  const { json } = await lab.admin.post('/api/v1/node/users?action=create_user', { username: role, password })
  const [binding] = (await lab.admin.get(`/api/v1/aaa/role-bindings?name=${role}`)).json.results
  await lab.admin.put(`/api/v1/aaa/role-bindings/${binding.id}`, { roles_for_paths: allRoles(role) })
  assert.equal(json.username, role)
  return lab.a.as(role, password)
}

for (const database of databases) {
  test(`${database.kind}: a principal identity comes with its certificate and signs in with it`, database, async () => {
    await using lab = await openLab(database)
    const made = await makeCertificate('robot')
    const robot = await register(lab, 'robot', made)
    assert.match(robot.id, uuid)
    assert.deepEqual(robot, {
      resource_type: 'PrincipalIdentity',
      id: robot.id,
      display_name: 'robot@n1',
      tags: [],
      name: 'robot',
      node_id: 'n1',
      is_protected: true,
      _create_time: lab.clock.now,
      _create_user: 'admin',
      _last_modified_time: lab.clock.now,
      _last_modified_user: 'admin',
      _system_owned: false,
      _protection: 'NOT_PROTECTED',
      _revision: 0,
      certificate_id: robot.certificate_id,
      role: 'network_engineer',
      roles_for_paths: [{ path: '/', roles: [{ role: 'network_engineer', role_display_name: 'Network Admin' }] }],
    })
    assert.deepEqual((await lab.admin.get(identities)).json, { results: [robot], result_count: 1 })
    assert.deepEqual((await lab.admin.get(`${identities}/${robot.id}`)).json, robot)
    assert.equal((await lab.admin.get(`/policy${identities}/${robot.id}`)).status, 404)

    const client = lab.a.presenting(made)
    const info = await client.get(userInfo)
    assert.equal(info.status, 200, info.text)
    assert.equal(info.json.user_name, 'robot')
    assert.deepEqual(info.json.roles_for_paths, robot.roles_for_paths)
    assert.equal((await client.put(`${segments}/made`, {})).status, 200)
    assert.equal((await client.get('/api/v1/node/users')).status, 403)
    assert.equal((await lab.b.presenting(made).get(userInfo)).json.user_name, 'robot')
    assert.match(audit(lab), /UserName="robot".*Operation="CreateOrUpdateInfraSegment"/)

    const { answer } = await client.signIn('', '')
    const headers = {
      cookie: String(answer.headers['set-cookie']).split(';')[0] as string,
      'x-xsrf-token': String(answer.headers['x-xsrf-token']),
    }
    await lab.restart()
    assert.equal((await lab.a.presenting(made).get(userInfo)).json.user_name, 'robot')
    assert.equal((await lab.a.with({ headers }).get(userInfo)).json.user_name, 'robot')

    const { certificate_id } = robot
    const [listed] = (await lab.admin.get(certificates)).json.results
    assert.equal(listed.id, certificate_id)
    assert.deepEqual(listed.used_by, [{ node_id: robot.id, service_types: ['CLIENT_AUTH'] }])
    const usedBy = async (id: string) => (await lab.admin.get(`${certificates}?node_id=${id}`)).json.results
    assert.deepEqual([await usedBy(robot.id), await usedBy('another')], [[listed], []])
    const inUse = await lab.admin.delete(`${certificates}/${certificate_id}`)
    assert.equal(inUse.status, 400)
    assert.equal(inUse.json.error_code, 500030)
    assert.equal((await lab.admin.delete(`${identities}/${robot.id}`)).text, '')
    assert.equal((await lab.admin.get(`${identities}/${robot.id}`)).status, 404)
    assert.equal((await lab.admin.get(`${certificates}/${certificate_id}`)).json.used_by.length, 0)
    assert.equal((await lab.admin.delete(`${certificates}/${certificate_id}`)).status, 200)
    assert.equal((await lab.admin.get(`${certificates}/${certificate_id}`)).status, 404)
    assert.equal((await lab.admin.send('PUT', `${identities}/${robot.id}`)).status, 405)
  })

  test(
    `${database.kind}: what is done to an identity counts at the next request of an open connection`,
    database,
    async () => {
      await using lab = await openLab(database)
      const [first, second] = [await makeCertificate('robot'), await makeCertificate('robot')]
      const robot = await register(lab, 'robot', first)
      const old = lab.a.presenting(first)
      assert.equal((await old.get(userInfo)).status, 200)
      const { client: session } = await old.signIn('', '')
      const inSession = session.presenting(undefined)
      assert.equal((await inSession.get(userInfo)).json.user_name, 'robot')

      const imported = await lab.admin.post(`${certificates}?action=import`, { pem_encoded: second.cert })
      const [{ id: certificate_id }] = imported.json.results
      const next = lab.a.presenting(second)
      assert.equal((await next.get(userInfo)).status, 403)
      const update = { principal_identity_id: robot.id, certificate_id }
      const updated = await lab.admin.post(`${identities}?action=update_certificate`, update)
      assert.equal(updated.status, 200, updated.text)
      assert.deepEqual(updated.json, { ...robot, certificate_id, _revision: 1 })
      assert.equal((await old.get(userInfo)).status, 403)
      assert.equal((await inSession.get(userInfo)).status, 403)
      assert.equal((await next.get(userInfo)).status, 200)

      const { client: another } = await next.signIn('', '')
      assert.equal((await another.get(userInfo)).status, 200)
      assert.equal((await lab.admin.delete(`${identities}/${robot.id}`)).status, 200)
      assert.equal((await next.get(userInfo)).status, 403)
      assert.equal((await another.get(userInfo)).status, 403)

      const again = { name: 'robot', node_id: 'n1', certificate_id, role: 'auditor', is_protected: 'false' }
      const recreated = await lab.admin.post(identities, again)
      assert.equal(recreated.status, 201, recreated.text)
      assert.equal(recreated.json.is_protected, false)
      assert.equal(recreated.json.role, 'auditor')
      assert.equal((await next.get(userInfo)).json.roles_for_paths[0].roles[0].role, 'auditor')
      assert.equal((await another.get(userInfo)).status, 403)
    },
  )

  test(
    `${database.kind}: a certificate signs in from its first second to its last, by the clock of each request`,
    database,
    async () => {
      await using lab = await openLab(database)
      const from = lab.clock.now + 60_000
      const made = await makeCertificate('robot', { from, to: from + 60_000 })
      await register(lab, 'robot', made)
      const client = lab.a.presenting(made)
      const untrusted = async () => {
        const answer = await client.get(userInfo)
        assert.equal(answer.status, 500)
        assert.deepEqual(answer.json, {
          httpStatus: 'INTERNAL_SERVER_ERROR',
          error_code: 99,
          module_name: 'common-services',
          error_message: 'The client certificate is not trusted',
        })
      }
      await untrusted()
      lab.clock.advance({ seconds: 60 })
      assert.equal((await client.get(userInfo)).status, 200)
      const { client: session } = await client.signIn('', '')
      lab.clock.advance({ seconds: 60 })
      assert.equal((await client.get(userInfo)).status, 200)
      assert.equal((await session.presenting(undefined).get(userInfo)).status, 200)
      lab.clock.advance({ seconds: 1 })
      await untrusted()
      assert.equal((await session.presenting(undefined).get(userInfo)).status, 403)
      assert.equal((await client.signIn('', '')).answer.status, 500)
      assert.match(audit(lab), /CN=robot/)
    },
  )

  test(
    `${database.kind}: a certificate holds no longer than the CA that is known to have issued it`,
    database,
    async () => {
      await using lab = await openLab(database)
      const { now } = lab.clock
      const ca = await makeCertificate('ca', { ca: true, to: now + 60_000 })
      const made = await makeCertificate('robot', { by: ca })
      const chained = await makeCertificate('chained', { by: ca })
      await register(lab, 'robot', made)
      await register(lab, 'chained', { ...chained, cert: chained.cert + ca.cert })
      const [robot, other] = [lab.a.presenting(made), lab.a.presenting(chained)]
      assert.equal((await robot.get(userInfo)).status, 200)
      assert.equal((await other.get(userInfo)).status, 200)
      const stranger = await makeCertificate('stranger', { by: ca })
      assert.equal((await lab.a.presenting(stranger).get(userInfo)).status, 403)

      lab.clock.advance({ seconds: 61 })
      assert.equal((await robot.get(userInfo)).status, 500)
      assert.equal((await other.get(userInfo)).status, 500)
      const renewed = await makeCertificate('ca', { ca: true, keys: ca.keys })
      const namesake = await makeCertificate('ca', { ca: true })
      for (const { cert } of [namesake, renewed]) {
        assert.equal((await robot.get(userInfo)).status, 500)
        const imported = await lab.admin.post(`${certificates}?action=import`, { pem_encoded: cert })
        assert.equal(imported.json.results[0].resource_type, 'certificate_ca')
      }
      assert.equal((await robot.get(userInfo)).status, 200)
      await lab.restart()
      assert.equal((await lab.a.presenting(chained).get(userInfo)).status, 200)
    },
  )

  test(
    `${database.kind}: certificates that are nobody's are refused, whatever they say of themselves`,
    database,
    async () => {
      await using lab = await openLab(database)
      const made = await makeCertificate('robot')
      await register(lab, 'robot', made)
      const attacks: Record<string, Made> = {
        'another key with the same subject': await makeCertificate('robot'),
        'the same key in another certificate': await makeCertificate('robot', {
          keys: made.keys,
          to: Date.UTC(2030, 0),
        }),
        'one that names the other as its issuer': await makeCertificate('evil', { by: made }),
        'a CA with the name': await makeCertificate('robot', { ca: true }),
        'the name of an administrator': await makeCertificate('admin'),
        expired: await makeCertificate('robot', { to: Date.UTC(2026, 1) }),
      }
      for (const [what, attack] of Object.entries(attacks)) {
        const client = lab.a.presenting(attack)
        const answer = await client.get(userInfo)
        assert.equal(answer.status, 403, what)
        assert.deepEqual(answer.json, {
          module_name: 'common-services',
          error_message: 'The credentials were incorrect or the account specified has been locked.',
          error_code: 403,
        })
        assert.equal((await client.signIn('', '')).answer.status, 403, what)
        assert.equal((await client.put(`${segments}/evil`, {})).status, 403, what)
        // What needs nobody is not kept from them.
        assert.equal((await client.get('/api/v1/spec/openapi/nsx_api.json')).status, 200)
      }
      const lines = audit(lab)
        .split('\n')
        .filter((line) => line.includes('CN=evil'))
      assert.ok(lines.length >= 3)
      for (const line of lines) assert.match(line, /LOGIN/)
      assert.equal((await lab.admin.get(`${segments}/evil`)).status, 404)
      assert.equal((await lab.a.presenting(made).get(userInfo)).status, 200)
    },
  )

  test(
    `${database.kind}: an identity that an older store gave a server's certificate does not sign in`,
    database,
    async () => {
      await using lab = await openLab(database)
      const [client, server] = [
        await makeCertificate('robot'),
        await makeCertificate('robot', { uses: ['serverAuth'] }),
      ]
      const { id } = await register(lab, 'robot', client)
      const certificateId = await importOf(lab, server)
      await onDatabase(lab, `update principal_identity set certificate_id = '${certificateId}' where id = '${id}'`)
      await lab.restart()
      const answer = await lab.a.presenting(server).get(userInfo)
      assert.deepEqual([answer.status, answer.json.error_code], [500, 99])
      assert.equal((await lab.a.presenting(client).get(userInfo)).status, 403)
    },
  )

  test(
    `${database.kind}: other credentials win over a certificate, and wrong ones are not made good by it`,
    database,
    async () => {
      await using lab = await openLab(database)
      const made = await makeCertificate('robot')
      await register(lab, 'robot', made)
      const client = lab.a.presenting(made)
      const nameOf = async (one: typeof client) => (await one.get(userInfo)).json.user_name
      assert.equal(await nameOf(client), 'robot')
      assert.equal(await nameOf(lab.admin.presenting(made)), 'admin')
      const { client: session } = await client.signIn('admin', 'Sallyport!Lab-2026')
      assert.equal(await nameOf(session), 'admin')
      const { client: own, answer } = await client.signIn('', '')
      assert.equal(answer.status, 200)
      assert.equal(await nameOf(own.presenting(undefined)), 'robot')
      assert.equal((await client.send('POST', '/api/session/create')).status, 200)

      const wrong: Record<string, string>[] = [
        { authorization: 'Basic YWRtaW46d3Jvbmc=' },
        { authorization: 'Basic x' },
        { authorization: 'Bearer x' },
        { authorization: '' },
        { cookie: `JSESSIONID=${'0'.repeat(32)}` },
        { cookie: 'JSESSIONID=' },
        { cookie: String(answer.headers['set-cookie']?.[0]).split(';')[0] as string },
      ]
      for (const headers of wrong) {
        const refused = await client.with({ headers }).get(userInfo)
        assert.equal(refused.status, 403, JSON.stringify(headers))
        assert.match(refused.text, refusedCredentials)
      }
      assert.equal((await client.with({ headers: { cookie: 'theme=dark' } }).get(userInfo)).status, 200)
      for (const [name, password] of [
        ['admin', ''],
        ['', 'x'],
        ['admin', 'wrong'],
      ] as const) {
        assert.equal((await client.signIn(name, password)).answer.status, 403, `${name} ${password}`)
      }
      const policy = await lab.admin.get('/api/v1/cluster/api-service')
      await lab.admin.put('/api/v1/cluster/api-service', {
        ...policy.json,
        cookie_based_authentication_enabled: false,
      })
      assert.equal((await client.signIn('', '')).answer.status, 403)
      assert.equal(await nameOf(client), 'robot')
    },
  )

  test(
    `${database.kind}: a page from elsewhere cannot act with the certificate of its reader's browser`,
    database,
    async () => {
      await using lab = await openLab(database)
      const made = await makeCertificate('robot')
      await register(lab, 'robot', made, 'enterprise_admin')
      const client = lab.a.presenting(made)
      const { host } = new URL(lab.a.url)
      const reset = '/api/v1/node/aaa/auth-policy?action=reset-all'
      for (const headers of [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { origin: `http://${host}` },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { 'sec-fetch-site': 'cross-site', origin: `https://${host}` },
      ] as Record<string, string>[]) {
        assert.equal((await client.with({ headers }).post(reset)).status, 403, JSON.stringify(headers))
        assert.equal((await client.with({ headers }).signIn('', '')).answer.status, 403)
      }
      for (const headers of [{ origin: `https://${host}` }, { 'sec-fetch-site': 'none' }, {}] as Record<
        string,
        string
      >[]) {
        assert.equal((await client.with({ headers }).post(reset)).status, 202, JSON.stringify(headers))
      }
    },
  )

  test(
    `${database.kind}: a certificate that is weak, a CA's, a server's, taken or no certificate makes no identity`,
    database,
    async () => {
      await using lab = await openLab(database)
      const made = await makeCertificate('robot')
      await register(lab, 'robot', made)
      const before = (await lab.admin.get(identities)).text
      const body = { name: 'other', node_id: 'n1', roles_for_paths: allRoles('auditor') }
      const refused: [what: string, pem: string, code: number, text: RegExp][] = [
        ['RSA 1024', (await makeCertificate('x', { kind: 'RSA 1024' })).cert, 255, /1024 bits/],
        ['SHA-1', (await makeCertificate('x', { kind: 'RSA with SHA-1' })).cert, 255, /SHA256 or better/],
        ['a CA', (await makeCertificate('x', { ca: true })).cert, 255, /root or CA certificate/],
        ['for servers only', (await makeCertificate('x', { uses: ['serverAuth'] })).cert, 255, /not for signing in/],
        ['expired', (await makeCertificate('x', { to: lab.clock.now - 1000 })).cert, 255, /expired on/],
        ['one that is imported', made.cert, 500127, /imported already/],
        ['nothing', '', 255, /certificate_pem is below minimum size 1/],
        ['no PEM', 'certificate', 255, /not a PEM encoded/],
        ['too much', 'x'.repeat(70_000), 255, /certificate_pem has exceeded maximum size/],
      ]
      for (const [what, certificate_pem, code, text] of refused) {
        const answer = await lab.admin.post(withCertificate, { ...body, certificate_pem })
        assert.equal(answer.status, 400, what)
        assert.equal(answer.json.error_code, code, what)
        assert.match(answer.json.error_message, text)
      }
      const rsa = await makeCertificate('rsa', { kind: 'RSA 2048' })
      assert.equal((await lab.admin.post(withCertificate, { ...body, certificate_pem: rsa.cert })).status, 201)
      assert.equal((await lab.a.presenting(rsa).get(userInfo)).json.user_name, 'other')
      assert.ok((await lab.admin.get(identities)).text.length > before.length)

      // The same by way of an import.
      const ca = await makeCertificate('ca', { ca: true })
      const id = await importOf(lab, ca)
      const server = await importOf(lab, await makeCertificate('server', { uses: ['serverAuth'] }))
      for (const certificate_id of [
        id,
        server,
        'none',
        (await lab.admin.get(identities)).json.results[0].certificate_id,
      ]) {
        const answer = await lab.admin.post(identities, { ...body, name: 'third', certificate_id })
        assert.equal(answer.status, 400, answer.text)
        const principal_identity_id = (await lab.admin.get(identities)).json.results[1].id
        const update = { principal_identity_id, certificate_id }
        assert.equal((await lab.admin.post(`${identities}?action=update_certificate`, update)).status, 400)
      }
      const unknown = { principal_identity_id: 'none', certificate_id: id }
      assert.equal((await lab.admin.post(`${identities}?action=update_certificate`, unknown)).status, 404)
      assert.equal((await lab.admin.post(`${identities}?action=nonsense`, { ...body, certificate_id: id })).status, 400)
      assert.equal((await lab.admin.get(identities)).json.result_count, 2)
    },
  )

  test(
    `${database.kind}: a private key that is pasted somewhere is refused, and neither answered nor recorded`,
    database,
    async () => {
      await using lab = await openLab(database)
      const made = await makeCertificate('robot')
      const secret = made.key.split('\n')[1] as string
      const body = { name: 'robot', node_id: 'n1', certificate_pem: made.cert }
      const base64 = made.key.replaceAll(/-----.*-----|\n/g, '')
      const calls: [string, object][] = [
        [withCertificate, { ...body, certificate_pem: made.key }],
        [withCertificate, { ...body, certificate_pem: made.cert + made.key }],
        [withCertificate, { ...body, certificate_pem: [made.key] }],
        [withCertificate, { ...body, certificate_pem: base64 }],
        [withCertificate, { ...body, name: made.key }],
        [withCertificate, { ...body, certificate_pem: 1, description: made.key }],
        [withCertificate, { ...body, private_key: made.key }],
        [identities, { ...body, certificate_id: made.key, certificate_pem: undefined }],
        [
          `${identities}?action=update_certificate`,
          { principal_identity_id: made.key.slice(0, 200), certificate_id: 'x' },
        ],
        [`${certificates}?action=import`, { pem_encoded: made.cert + made.key }],
        [`${certificates}?action=import`, { pem_encoded: made.cert, private_key: made.key }],
        [`${certificates}?action=import`, { pem_encoded: { key: made.key } }],
      ]
      for (const [url, sent] of calls) {
        const answer = await lab.admin.post(url, sent)
        assert.ok([400, 404].includes(answer.status), answer.text)
        assert.ok(!answer.text.includes(secret) && !answer.text.includes(secret.slice(0, 20)), answer.text)
      }
      assert.equal((await lab.admin.get(identities)).json.result_count, 0)
      for (const file of ['nsx-audit.log', 'nsx-audit-write.log']) {
        const log = readFileSync(join(lab.dataDir, file), 'utf8')
        assert.ok(!log.includes(secret) && !log.includes(base64.slice(0, 40)), file)
      }
      // A certificate is no secret.
      await register(lab, 'robot', made)
      assert.ok(audit(lab).includes('BEGIN CERTIFICATE'))
    },
  )

  test(`${database.kind}: name and node are one identity's only, whatever it signs in with`, database, async () => {
    await using lab = await openLab(database)
    const robot = await register(lab, 'robot', await makeCertificate('a'))
    const post = async (url: string, name: string, node_id: string) => {
      const certificate_pem = url === tokens ? undefined : (await makeCertificate('b')).cert
      return lab.admin.post(url, { name, node_id, certificate_pem })
    }
    for (const url of [withCertificate, tokens]) {
      const taken = await post(url, 'robot', 'n1')
      assert.equal(taken.status, 400)
      assert.equal(taken.json.error_code, 500127)
    }
    const token = await post(tokens, 'robot', 'n2')
    assert.equal(token.status, 201, token.text)
    const { id, ...shown } = token.json
    assert.partialDeepStrictEqual(shown, {
      resource_type: 'TokenBasedPrincipalIdentity',
      display_name: 'robot@n2',
      name: 'robot',
      node_id: 'n2',
      is_protected: true,
      _revision: 0,
    })
    assert.equal((await post(withCertificate, 'robot', 'n2')).json.error_code, 500127)
    assert.equal((await post(withCertificate, 'robot', 'n3')).status, 201)
    assert.deepEqual((await lab.admin.get(tokens)).json, { results: [token.json], result_count: 1 })
    assert.equal((await lab.admin.get(identities)).json.result_count, 2)
    assert.deepEqual((await lab.admin.get(`${tokens}/${id}`)).json, token.json)
    // Neither kind is found among the other.
    assert.equal((await lab.admin.get(`${identities}/${id}`)).status, 404)
    assert.equal((await lab.admin.delete(`${identities}/${id}`)).status, 404)
    assert.equal((await lab.admin.delete(`${tokens}/${robot.id}`)).status, 404)
    assert.equal((await lab.admin.delete(`${tokens}/${id}`)).status, 200)
    assert.equal((await lab.admin.get(`${tokens}/${id}`)).status, 404)

    for (const name of ['admin', 'Admin', 'audit']) {
      assert.equal((await post(tokens, name, 'n1')).json.error_code, 500127, name)
    }
    for (const name of ['', '-a', 'a-', 'a b', 'a--b', 'ü', 'a\n', 'x'.repeat(256)]) {
      assert.equal((await post(tokens, name, 'n1')).status, 400, name)
      assert.equal((await post(tokens, 'good', name)).status, 400, name)
    }
    assert.equal((await lab.admin.post(tokens, { name: 'x', node_id: 'y', extra: 1 })).status, 400)
    assert.equal((await lab.admin.post(withCertificate, { name: 'x', node_id: 'y' })).status, 400)
    const noRole = { name: 'x', node_id: 'y', certificate_pem: (await makeCertificate('c')).cert, role: 'nobody' }
    assert.match((await lab.admin.post(withCertificate, noRole)).text, /value nobody of property role does not exist/)

    // Two calls at once make one.
    const made = await Promise.all(
      Array.from({ length: 5 }, async () => lab.admin.post(tokens, { name: 'race', node_id: 'n1' })),
    )
    assert.deepEqual(made.map(({ status }) => status).sort(), [201, 400, 400, 400, 400])
  })

  test(`${database.kind}: no local user of the managers takes the name of an identity`, database, async () => {
    await using lab = await openLab(database)
    const { json } = await lab.admin.post(tokens, { name: 'robot', node_id: 'n1' })
    const users = '/api/v1/node/users'
    const create = (username: string) => lab.admin.post(`${users}?action=create_user`, { username })
    const rename = (userid: number, username: string, at = users) => lab.admin.put(`${at}/${userid}`, { username })
    for (const name of ['robot', 'Robot']) {
      for (const answer of [await create(name), await rename(10_003, name)]) {
        assert.deepEqual(
          [answer.status, /principal identity/.test(answer.json.error_message)],
          [409, true],
          answer.text,
        )
      }
    }
    assert.equal((await rename(10_003, 'Guestuser1')).status, 200)
    const edge = `/api/v1/transport-nodes/${lab.edgeIds[0]}/node/users`
    assert.equal((await rename(10_003, 'robot', edge)).status, 200)
    assert.equal((await lab.admin.delete(`${tokens}/${json.id}`)).status, 200)
    assert.equal((await create('robot')).status, 201)
    assert.equal((await lab.admin.post(tokens, { name: 'ROBOT', node_id: 'n1' })).json.error_code, 500127)

    // Of two at the same moment one has the name.
    const both = await Promise.all([create('race'), lab.admin.post(tokens, { name: 'Race', node_id: 'n1' })])
    assert.equal(both.filter(({ status }) => status === 201).length, 1)
  })

  test(
    `${database.kind}: nobody makes, takes over or removes an identity with more rights than their own`,
    database,
    async () => {
      await using lab = await openLab(database)
      const boss = await register(lab, 'boss', await makeCertificate('boss'), 'enterprise_admin')
      const nobody = lab.a
      const auditor = await userWith(lab, 'auditor')
      const cloud = await userWith(lab, 'cloud_admin')
      const security = await userWith(lab, 'security_engineer')
      const engineer = await userWith(lab, 'network_engineer')
      const body = async (role: string, name = 'robot') => ({
        name,
        node_id: 'n9',
        certificate_pem: (await makeCertificate(name)).cert,
        role,
      })
      for (const client of [nobody, auditor, security, engineer]) {
        assert.equal((await client.post(withCertificate, await body('auditor'))).status, 403)
        assert.equal((await client.post(tokens, { name: 'robot', node_id: 'n9' })).status, 403)
        assert.equal((await client.delete(`${identities}/${boss.id}`)).status, 403)
        assert.equal((await client.post(`${identities}?action=update_certificate`, {})).status, 403)
      }
      for (const client of [auditor, cloud]) assert.equal((await client.get(identities)).json.result_count, 1)
      for (const client of [nobody, engineer]) assert.equal((await client.get(identities)).status, 403)
      const pem_encoded = (await makeCertificate('evil')).cert
      for (const client of [nobody, auditor, cloud, engineer]) {
        assert.equal((await client.post(`${certificates}?action=import`, { pem_encoded })).status, 403)
        assert.equal((await client.delete(`${certificates}/${boss.certificate_id}`)).status, 403)
      }
      const [{ id: certificate_id }] = (await security.post(`${certificates}?action=import`, { pem_encoded })).json
        .results

      const update = { principal_identity_id: boss.id, certificate_id }
      assert.equal((await cloud.post(`${identities}?action=update_certificate`, update)).status, 403)
      assert.equal((await cloud.delete(`${identities}/${boss.id}`)).status, 403)
      assert.equal((await cloud.post(withCertificate, await body('enterprise_admin'))).status, 403)
      // Sharing a name is sharing what others of the name protect.
      assert.equal((await cloud.post(withCertificate, await body('cloud_admin', 'boss'))).status, 403)
      assert.equal((await cloud.post(withCertificate, await body('cloud_admin'))).status, 201)
      assert.equal((await lab.admin.get(identities)).json.result_count, 2)
    },
  )

  test(`${database.kind}: what an identity makes is protected from others`, database, async () => {
    await using lab = await openLab(database)
    const [robot, twin, other, open] = await Promise.all(
      ['robot', 'twin', 'other', 'open'].map((n) => makeCertificate(n)),
    )
    await register(lab, 'robot', robot as Made)
    await register(lab, 'robot', twin as Made, 'network_engineer', { node_id: 'n2' })
    await register(lab, 'other', other as Made)
    const { id } = await register(lab, 'open', open as Made, 'network_engineer', { is_protected: false })
    const [owner, sibling, stranger, careless] = [robot, twin, other, open].map((made) =>
      lab.a.presenting(made as Made),
    )
    assert(owner && sibling && stranger && careless && id)
    const engineer = await userWith(lab, 'network_engineer')
    const url = `${segments}/own`

    const created = await owner.put(url, { description: 'mine' })
    assert.equal(created.json._create_user, 'robot')
    assert.equal(created.json._protection, 'NOT_PROTECTED')
    for (const [client, protection] of [
      [owner, 'NOT_PROTECTED'],
      [sibling, 'NOT_PROTECTED'],
      [stranger, 'PROTECTED'],
      [engineer, 'PROTECTED'],
      [lab.admin, 'REQUIRE_OVERRIDE'],
    ] as const) {
      assert.equal((await client.get(url)).json._protection, protection)
      const listed = (await client.get(segments)).json.results
      assert.equal(listed.find((one: { id: string }) => one.id === 'own')._protection, protection)
      assert.equal(listed.find((one: { id: string }) => one.id === 'seg1')._protection, 'NOT_PROTECTED')
    }

    const overwriting = (client: typeof owner, value = 'true') =>
      client.with({ headers: { 'x-allow-overwrite': value } })
    for (const client of [
      stranger,
      engineer,
      lab.admin,
      careless,
      overwriting(stranger),
      overwriting(engineer),
      overwriting(lab.admin, 'false'),
    ]) {
      for (const answer of [
        await client.put(url, { ...created.json, description: 'taken' }),
        await client.put(url, { description: 'without a revision' }),
        await client.patch(url, { description: 'taken' }),
        await client.delete(url),
      ]) {
        assert.equal(answer.status, 400, answer.text)
        assert.equal(answer.json.error_code, 289)
        assert.match(answer.json.error_message, /attempts to delete or modify an object of type Segment it doesn't own/)
        assert.match(answer.json.error_message, /createUser=robot/)
      }
    }
    assert.equal((await overwriting(lab.admin, 'maybe').delete(url)).status, 400)
    assert.equal((await lab.admin.get(url)).json.description, 'mine')

    assert.equal((await sibling.patch(url, { description: 'ours' })).status, 200)
    const overridden = await overwriting(lab.admin).patch(url, { description: 'the admin says' })
    assert.equal(overridden.status, 200, overridden.text)
    assert.equal((await engineer.patch(url, { description: 'x' })).status, 400)
    assert.equal((await owner.get(url)).json._last_modified_user, 'admin')

    // What others made stays everybody's, whoever changed it last; so does what a careless identity makes.
    assert.equal((await owner.patch(`${segments}/seg1`, { description: 'x' })).status, 200)
    assert.equal((await engineer.patch(`${segments}/seg1`, { description: 'y' })).status, 200)
    assert.equal((await careless.put(`${segments}/free`, {})).json._protection, 'NOT_PROTECTED')
    assert.equal((await engineer.delete(`${segments}/free`)).status, 200)

    // The objects stay protected without their owner, and are the next one's of its name.
    for (const { id, name } of (await lab.admin.get(identities)).json.results) {
      if (name === 'robot') await lab.admin.delete(`${identities}/${id}`)
    }
    assert.equal((await engineer.delete(url)).status, 400)
    const cloud = await userWith(lab, 'cloud_admin')
    const heir = {
      name: 'robot',
      node_id: 'n7',
      certificate_pem: (await makeCertificate('h')).cert,
      role: 'cloud_admin',
    }
    assert.equal((await cloud.post(withCertificate, heir)).status, 403)
    const next = await makeCertificate('next')
    await register(lab, 'robot', next)
    assert.equal((await lab.a.presenting(next).delete(url)).status, 200)
  })

  test(`${database.kind}: certificates are imported, listed and read as NSX shows them`, database, async () => {
    await using lab = await openLab(database)
    const made = await makeCertificate('robot', { kind: 'RSA 2048' })
    const answer = await lab.admin.post(`${certificates}?action=import`, {
      display_name: 'superuser',
      pem_encoded: made.cert,
    })
    assert.equal(answer.status, 201, answer.text)
    const [stored] = answer.json.results
    assert.deepEqual(stored, {
      resource_type: 'certificate_self_signed',
      id: stored.id,
      display_name: 'superuser',
      tags: [],
      pem_encoded: stored.pem_encoded,
      used_by: [],
      leaf_certificate_sha_256_thumbprint: made.fingerprint,
      has_private_key: false,
      _create_time: lab.clock.now,
      _create_user: 'admin',
      _last_modified_time: lab.clock.now,
      _last_modified_user: 'admin',
      _system_owned: false,
      _protection: 'NOT_PROTECTED',
      _revision: 0,
    })
    assert.match(stored.pem_encoded, /^-----BEGIN CERTIFICATE-----\n[\s\S]+-----END CERTIFICATE-----\n$/)
    assert.deepEqual((await lab.admin.get(`${certificates}/${stored.id}`)).json, stored)
    assert.deepEqual((await lab.admin.get(certificates)).json.results, [stored])
    assert.equal((await lab.admin.get(`/policy${certificates}`)).status, 404)
    const [details] = (await lab.admin.get(`${certificates}/${stored.id}?details=true`)).json.details
    assert.partialDeepStrictEqual(details, {
      subject_cn: 'robot',
      issuer: 'CN=robot',
      is_ca: false,
      is_valid: true,
      not_before: Date.UTC(2026, 0),
      public_key_algo: 'RSA',
      public_key_length: 2048,
    })
    assert.deepEqual((await lab.admin.get(`${certificates}?type=certificate_ca`)).json.results, [])
    const again = await lab.admin.post(`${certificates}?action=import`, { pem_encoded: made.cert })
    assert.equal(again.json.error_code, 500127)
    assert.equal((await lab.admin.post(certificates, { pem_encoded: made.cert })).status, 400)
    assert.equal((await lab.admin.delete(`${certificates}/none`)).status, 404)
    assert.equal((await lab.admin.post(`${certificates}/${stored.id}?action=apply_certificate`)).status, 501)
    assert.equal((await lab.admin.get('/api/v1/trust-management/csrs')).status, 501)
  })
}
