import assert from 'node:assert/strict'
import { createHmac, type webcrypto } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { exportSPKI, importJWK, type JWK, type JWTPayload } from 'jose'
import { openDatabase } from '../../src/store/database.ts'
import { replaceKey } from '../../src/store/secrets.ts'
import { createStores } from '../../src/store/stores.ts'
import { Browser } from '../browser.ts'
import { type Answer, Client } from '../client.ts'
import { databases, type Lab, labPassword, openLab, type TestDatabase } from '../lab.ts'
import { oidcCallback as callback, type OpenIdLab, openOpenIdLab, settingsFor, vidm } from '../openid-lab.ts'
import { clientId, clientSecret, type ProviderOptions, startOpenIdProvider } from '../servers/openid-provider.ts'
import { freePort } from '../servers/programs.ts'

const segments = '/policy/api/v1/infra/segments'
const userInfo = '/api/v1/aaa/user-info'
const users = '/api/v1/node/users'
const apiService = '/api/v1/cluster/api-service'
const login = '/api/session/oidc/login'
const jdoe = 'jdoe@corp.example'
const password = 'Harbour:Lantern-77'

const refused = {
  module_name: 'common-services',
  error_message: 'The credentials were incorrect or the account specified has been locked.',
  error_code: 403,
}

function assertRefused(answer: Answer, about?: string): void {
  assert.deepEqual([answer.status, answer.json], [403, refused], about)
}

const people = {
  [jdoe]: { password, sub: '7f3a', preferred_username: jdoe, groups: ['net-admins', 'staff'] },
  'nobody@corp.example': { password, sub: '8b21', preferred_username: 'nobody@corp.example', groups: [] },
  'admin@corp.example': { password, sub: '9c00', preferred_username: 'admin', groups: [] },
}

const openWorld = (database: TestDatabase, options: Partial<ProviderOptions> = {}): Promise<OpenIdLab> =>
  openOpenIdLab(database, { people, ...options })

const encode = (text: string) => Buffer.from(text).toString('base64')
const withAuthorization = (client: Client, authorization: string) => client.with({ headers: { authorization } })
const remote = (client: Client, name: string, secret: string) =>
  withAuthorization(client, `Remote ${encode(`${name}:${secret}`)}`)
const withBasic = (client: Client, name: string, secret: string) => client.as(name, secret)
const bearer = (client: Client, token: string) => withAuthorization(client, `Bearer ${token}`)

/** What is stored, in files and in the database, as text. */
async function everythingStored(lab: Lab): Promise<string> {
  const files = readdirSync(lab.dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'lock')
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
  const tables = await lab.server.services.journal.change(
    async ({ stores }) => [
      ...(await stores.auditRecords.after(1, 0, 100_000)).map(({ record }) => record),
      await stores.vidmProviders.sealedSecret('cluster'),
      JSON.stringify([await stores.vidmProviders.list(), await stores.sessions.list(), await stores.lockouts.list()]),
    ],
    () => undefined,
  )
  return [...files, ...tables].join('\n')
}

for (const database of databases) {
  test(`${database.kind}: the provider is read and replaced, and its secret never comes back`, database, async () => {
    await using lab = await openLab(database)
    const initial = await lab.admin.get(vidm)
    assert.deepEqual([initial.status, initial.json.vidm_enable, initial.json.host_name], [200, false, ''])
    assert.deepEqual((await lab.admin.get(`${vidm}/status`)).json, { runtime_state: 'DISABLED', vidm_enable: false })

    const settings = {
      ...settingsFor(lab, { hostName: 'vidm.corp.example', thumbprint: 'AB'.repeat(32) }),
      lb_enable: true,
    }
    const { client_secret, ...shown } = settings
    const put = await lab.admin.put(vidm, settings)
    const expected = {
      ...shown,
    }
    assert.deepEqual([put.status, put.json], [202, expected])
    assert.deepEqual((await lab.admin.get(vidm)).json, expected)
    assert.deepEqual(Object.keys(put.json), Object.keys(put.json).sort())
    const cluster = `/api/v1/cluster/${lab.managerIds[1]}/node/aaa/providers/vidm`
    assert.equal((await lab.admin.get(cluster)).json.host_name, 'vidm.corp.example')
    assert.equal((await lab.b.as('admin', labPassword).get(vidm)).json.host_name, 'vidm.corp.example')

    // Read back and sent again, the secret stays.
    assert.equal((await lab.admin.put(vidm, { ...put.json, lb_enable: false })).status, 202)
    await lab.restart()
    assert.deepEqual((await lab.admin.get(vidm)).json, { ...expected, lb_enable: false })
    const stored = await everythingStored(lab)
    assert(stored.includes('vidm.corp.example'))
    assert(!stored.includes(client_secret))
    assert(stored.includes('"client_secret":"*****"'))
    assert.equal(statSync(join(lab.dataDir, 'secrets.key')).mode & 0o777, 0o600)
  })

  test(`${database.kind}: settings that cannot be used are refused by name and change nothing`, database, async () => {
    await using lab = await openLab(database)
    const good = settingsFor(lab, { hostName: 'vidm.corp.example', thumbprint: 'ab'.repeat(32) })
    assert.equal((await lab.admin.put(vidm, good)).status, 202)
    const before = (await lab.admin.get(vidm)).json
    for (const [field, change] of [
      ['host_name', { host_name: '' }],
      ['host_name', { host_name: 'https://vidm' }],
      ['host_name', { host_name: 'user:pass@vidm' }],
      ['host_name', { host_name: undefined }],
      ['host_name', { host_name: 'x'.repeat(256) }],
      ['node_host_name', { node_host_name: 'evil/path' }],
      ['node_host_name', { node_host_name: 7 }],
      ['client_id', { client_id: undefined }],
      ['client_id', { client_id: 'a\u0007' }],
      ['thumbprint', { thumbprint: 'ab'.repeat(20) }],
      ['vidm_enable', { vidm_enable: 'yes' }],
      ['lb_enable', { lb_enable: null }],
      ['client_secret', { client_secret: '' }],
      ['client_secret', { client_secret: 'x'.repeat(1025) }],
      ['vidm_enabled', { vidm_enabled: true }],
      // A secret that is stored is not sent to somebody else.
      ['client_secret', { client_secret: undefined, host_name: 'evil.example' }],
      ['client_secret', { client_secret: undefined, client_id: 'other' }],
      ['client_secret', { client_secret: undefined, thumbprint: 'cd'.repeat(32) }],
    ] as const) {
      const { status, json } = await lab.admin.put(vidm, { ...good, ...change })
      assert.deepEqual([status, json.error_code], [400, 255], JSON.stringify(change))
      assert.match(json.error_message, new RegExp(`\\b${field}\\b`))
    }
    const typed = await lab.admin.put(vidm, { ...good, client_secret: 1234567890123 })
    assert.equal(typed.status, 400)
    assert(!typed.text.includes('1234567890123'))
    assert.deepEqual((await lab.admin.get(vidm)).json, before)

    // Switched off, it may name another host: the secret is forgotten, and asked for when it is switched on.
    const moved = { ...good, client_secret: undefined, host_name: 'other.example' }
    assert.equal((await lab.admin.put(vidm, { ...moved, vidm_enable: false })).status, 202)
    const without = await lab.admin.put(vidm, moved)
    assert.deepEqual([without.status, /client_secret/.test(without.json.error_message)], [400, true])
  })

  test(`${database.kind}: who may not change authentication providers does not`, database, async () => {
    await using lab = await openLab(database)
    const create = { username: 'reader', password: 'Harbour-Lantern-77' }
    assert.equal((await lab.admin.post(`${users}?action=create_user`, create)).status, 201)
    const auditor = lab.a.as('reader', 'Harbour-Lantern-77')
    assert.equal((await auditor.get(vidm)).status, 200)
    assert.equal((await auditor.get(`${vidm}/status`)).status, 200)
    const settings = settingsFor(lab, { hostName: 'vidm', thumbprint: 'ab'.repeat(32) })
    const { status, json } = await auditor.put(vidm, settings)
    assert.deepEqual([status, json.error_code], [403, 401])
    for (const path of [vidm, `${vidm}/status`]) assertRefused(await lab.a.get(path))
    assertRefused(await lab.a.put(vidm, settings))
  })

  test(`${database.kind}: the status tells whether the provider can be asked`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider, settings } = world
    const state = async () => (await lab.admin.get(`${vidm}/status`)).json.runtime_state
    assert.equal(await state(), 'ALL_OK')
    await lab.admin.put(vidm, { ...settings, thumbprint: 'ab'.repeat(32) })
    assert.equal(await state(), 'CERTIFICATE_MISMATCH')
    await lab.admin.put(vidm, { ...settings, host_name: `127.0.0.1:${await freePort()}` })
    assert.equal(await state(), 'UNREACHABLE')
    await lab.admin.put(vidm, { ...settings, host_name: `${provider.hostName}/elsewhere` })
    assert.equal(await state(), 'UNREACHABLE')
    await lab.admin.put(vidm, settings)
    assert.equal(await state(), 'ALL_OK')
    await lab.admin.put(vidm, { ...settings, vidm_enable: false })
    assert.equal(await state(), 'DISABLED')
  })

  test(`${database.kind}: nothing is sent to a server with another certificate`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider, settings } = world
    await lab.admin.put(vidm, { ...settings, thumbprint: 'ab'.repeat(32) })
    assertRefused(await remote(lab.a, jdoe, password).get(userInfo))
    assert.deepEqual(provider.requests, [])
  })

  test(`${database.kind}: a remote name and password are checked by the provider`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider } = world
    await world.bind('remote_user', 'JDoe@corp.example', 'auditor')
    await world.bind('remote_group', 'net-admins', 'network_engineer')

    for (const client of [
      remote(lab.a, jdoe, password),
      lab.a.as(jdoe, password),
      (await lab.a.signIn(jdoe, password)).client,
      withAuthorization(lab.a, `rEmOtE ${encode(`${jdoe}:${password}`)}`),
    ]) {
      const { json } = await client.get(userInfo)
      assert.equal(json.user_name, jdoe)
      assert.deepEqual(
        json.roles.map(({ role }: { role: string }) => role),
        ['auditor', 'network_engineer'],
      )
      assert.equal((await client.get(segments)).status, 200)
      assert.equal((await client.put(vidm, world.settings)).status, 202)
    }
    // Whoever has no role may sign in, and do nothing.
    const nobody = remote(lab.a, 'nobody@corp.example', password)
    assert.deepEqual((await nobody.get(userInfo)).json.roles, [])
    assert.deepEqual([(await nobody.get(segments)).status, (await nobody.get(segments)).json.error_code], [403, 401])
    // A name without a domain is not shown as a local user's.
    const named = await provider.sign({ sub: '9c00', preferred_username: 'admin' })
    assert.equal((await bearer(lab.a, named).get(userInfo)).json.user_name, 'admin@127.0.0.1')

    for (const [name, secret] of [
      [jdoe, 'wrong'],
      [jdoe, ''],
      ['stranger@corp.example', password],
    ] as const) {
      assertRefused(await remote(lab.a, name, secret).get(userInfo))
      assertRefused(await lab.a.as(name, secret).get(userInfo))
      assertRefused((await lab.a.signIn(name, secret)).answer)
    }
    assert(provider.count('/token') > 0)
    const stored = await everythingStored(lab)
    for (const secret of [password, encode(`${jdoe}:${password}`)]) assert(!stored.includes(secret))
    assert(stored.includes(jdoe))
  })

  test(`${database.kind}: claims that come only to who asks for them are asked for`, database, async () => {
    await using world = await openWorld(database, { claimsInIdToken: false, path: '/SAAS/auth' })
    const { lab, provider, settings } = world
    await world.bind('remote_group', 'staff', 'auditor')
    const client = remote(lab.a, jdoe, password)
    assert.equal((await client.get(userInfo)).json.user_name, jdoe)
    assert.equal((await client.get(segments)).status, 200)
    assert.equal(provider.count('/me'), 1)
    // The provider is found at its path whether that is given or not.
    const host = provider.hostName.split('/')[0]
    await lab.admin.put(vidm, { ...settings, host_name: host })
    assert.equal((await client.get(userInfo)).json.user_name, jdoe)
  })

  test(`${database.kind}: the provider is not asked about local users`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider } = world
    assert.equal((await lab.a.as('admin@mywork.com', labPassword).get(userInfo)).json.user_name, 'admin')
    assertRefused(await lab.a.as('admin', 'Wrong-Lantern-77').get(userInfo))
    assertRefused(await lab.a.as('stranger', 'Wrong-Lantern-77').get(userInfo))
    // The scheme asks for the provider, and the provider only.
    assertRefused(await remote(lab.a, 'admin', labPassword).get(userInfo))
    assert.deepEqual(provider.requests, [])
    assertRefused(await remote(lab.a, 'admin@mywork.com', labPassword).get(userInfo))
    // Nor does a good local password at the same moment let anybody in as the other.
    const username = 'both'
    const secret = 'Harbour-Lantern-77'
    assert.equal((await lab.admin.post(`${users}?action=create_user`, { username, password: secret })).status, 201)
    const clients = Array.from({ length: 8 }, (_, i) => (i % 2 ? remote : withBasic)(lab.a, username, secret))
    const both = await Promise.all(clients.map((client) => client.get(userInfo)))
    assert.deepEqual(
      both.map(({ status }) => status),
      [200, 403, 200, 403, 200, 403, 200, 403],
    )
  })

  test(`${database.kind}: a password is remembered for a minute, and only the right one`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider } = world
    const client = remote(lab.a, jdoe, password)
    for (let i = 0; i < 3; i++) assert.equal((await client.get(userInfo)).status, 200)
    assert.equal((await lab.a.as(jdoe, password).get(userInfo)).status, 200)
    assert.equal(provider.count('/token'), 1)
    assertRefused(await remote(lab.a, jdoe, `${password}x`).get(userInfo))
    assert.equal(provider.count('/token'), 2)
    lab.clock.advance({ seconds: 61 })
    assert.equal((await client.get(userInfo)).status, 200)
    assert.equal(provider.count('/token'), 3)
  })

  test(`${database.kind}: five wrong remote passwords lock the name, whichever way they come`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider } = world
    assert.equal((await remote(lab.a, jdoe, password).get(userInfo)).status, 200)
    assertRefused(await remote(lab.a, jdoe, 'wrong-1').get(userInfo))
    assertRefused(await remote(lab.a, 'JDOE@Corp.Example', 'wrong-2').get(userInfo))
    assertRefused(await lab.a.as(jdoe, 'wrong-3').get(userInfo))
    assertRefused((await lab.a.signIn(jdoe, 'wrong-4')).answer)
    assertRefused(await remote(lab.a, jdoe, 'wrong-5').get(userInfo))
    const asked = provider.count('/token')
    assertRefused(await remote(lab.a, jdoe, password).get(userInfo))
    assertRefused(await lab.a.as(jdoe, password).get(userInfo))
    assertRefused((await lab.a.signIn(jdoe, password)).answer)
    assert.equal(provider.count('/token'), asked)
    await lab.restart()
    assertRefused(await remote(lab.a, jdoe, password).get(userInfo))
    // The lock is this name's at this node only.
    assert.equal((await remote(lab.a, 'nobody@corp.example', password).get(userInfo)).status, 200)
    assert.equal((await remote(lab.b, jdoe, password).get(userInfo)).status, 200)
    lab.clock.advance({ seconds: 900 })
    assert.equal((await remote(lab.a, jdoe, password).get(userInfo)).status, 200)
  })

  test(`${database.kind}: another spelling of a name is no new set of guesses`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider } = world
    for (const name of [
      `${jdoe} `,
      ` ${jdoe}`,
      `${jdoe}.`,
      `\u200b${jdoe}`,
      'ｊdoe@corp.example',
      'jdoe@corp@example',
      'jdoe@',
    ]) {
      assertRefused(await remote(lab.a, name, password).get(userInfo), name)
      assertRefused(await lab.a.as(name, password).get(userInfo), name)
    }
    assert.deepEqual(provider.requests, [])
  })

  test(`${database.kind}: without basic authentication no password comes with a call`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider } = world
    const { client } = await lab.a.signIn('admin', labPassword)
    const { json } = await client.get(apiService)
    await client.put(apiService, { ...json, basic_authentication_enabled: false })
    assertRefused(await remote(lab.a, jdoe, password).get(userInfo))
    assert.deepEqual(provider.requests, [])
    assert.equal((await lab.a.signIn(jdoe, password)).answer.status, 200)
    const token = await provider.sign({ sub: '7f3a', preferred_username: jdoe })
    assert.equal((await bearer(lab.a, token).get(userInfo)).status, 200)
  })

  test(`${database.kind}: a bearer token of the provider says who calls`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider } = world
    await world.bind('remote_group', 'net-admins', 'network_engineer')
    const claims = { sub: '7f3a', preferred_username: jdoe, groups: ['net-admins'] }
    for (const alg of ['RS256', 'PS256', 'ES256', 'EdDSA'] as const) {
      const client = bearer(lab.a, await provider.sign({ ...claims, jti: alg }, { alg }))
      assert.equal((await client.get(userInfo)).json.user_name, jdoe, alg)
      assert.equal((await client.get(segments)).status, 200)
    }
    const node = `https://${world.settings.node_host_name}`
    for (const [more, header] of [
      [{ aud: node, client_id: 'a-script' }, { typ: 'at+jwt' }],
      [{ aud: ['elsewhere', clientId] }, { typ: 'application/at+jwt' }],
      [{ preferred_username: undefined, sub: jdoe }, { typ: 'JWT' }],
    ] as [JWTPayload, object][]) {
      const token = await provider.sign({ ...claims, ...more }, { header })
      assert.equal((await bearer(lab.a, token).get(userInfo)).json.user_name, jdoe)
    }
    // One question for the keys, whatever the number of tokens.
    assert.equal(provider.count('/jwks'), 1)
    const stored = await everythingStored(lab)
    assert(!stored.includes((await provider.sign(claims)).split('.')[0] as string))
  })

  test(
    `${database.kind}: a token that proves nothing is refused, audited and counted for nobody`,
    database,
    async () => {
      await using world = await openWorld(database)
      await using other = await startOpenIdProvider({ people, redirectUris: ['https://127.0.0.1/cb'] })
      const { lab, provider } = world
      await world.bind('remote_user', jdoe, 'enterprise_admin')
      const claims = { sub: '7f3a', preferred_username: jdoe }
      const good = await provider.sign(claims)
      assert.equal((await bearer(lab.a, good).get(users)).status, 200)

      const now = Math.floor(lab.clock.now / 1000)
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const [header, payload, signature] = good.split('.') as [string, string, string]
      const standard = { iss: provider.issuer, aud: clientId, iat: now, exp: now + 300, ...claims }
      const kid = 'RS256-1'

      const [publicKey] = provider.publicKeys()
      const pem = await exportSPKI((await importJWK(publicKey as JWK, 'RS256')) as webcrypto.CryptoKey)
      const hmac = (secret: string, alg: string) => {
        const signed = `${part({ alg, kid, typ: 'JWT' })}.${part(standard)}`
        const hashName = alg === 'HS512' ? 'sha512' : 'sha256'
        return `${signed}.${createHmac(hashName, secret).update(signed).digest('base64url')}`
      }
      const sign = (more: JWTPayload, options: { alg?: string; header?: object } = {}) =>
        provider.sign({ ...claims, ...more }, options)

      const bad: [string, string][] = [
        ['no token', ''],
        ['not a token', 'abc'],
        ['two parts', `${header}.${payload}`],
        ['five parts', `${good}.a.b`],
        ['wrong issuer', await sign({ iss: other.issuer })],
        ['issuer with a slash more', await sign({ iss: `${provider.issuer}/` })],
        ['wrong audience', await sign({ aud: 'someone-else' })],
        ['no audience', await sign({ aud: undefined })],
        ['empty audience', await sign({ aud: [] })],
        ['expired', await sign({ exp: now - 31 })],
        ['no expiry', await sign({ exp: undefined })],
        ['expiry as text', await sign({ exp: String(now + 300) as never })],
        ['not yet valid', await sign({ nbf: now + 60 })],
        ['no subject', await sign({ sub: undefined })],
        ['no usable name', await sign({ preferred_username: 'a\nb@c' })],
        ['alg none', `${part({ alg: 'none', kid })}.${part(standard)}.`],
        ['alg none with a signature', `${part({ alg: 'none', kid })}.${part(standard)}.${signature}`],
        ['alg NonE', `${part({ alg: 'NonE', kid })}.${part(standard)}.${signature}`],
        ['HS256 with the public key', hmac(pem, 'HS256')],
        ['HS256 with the public key as JWK', hmac(JSON.stringify(publicKey), 'HS256')],
        ['HS256 with the modulus', hmac(publicKey?.n ?? '', 'HS256')],
        ['HS256 with the client secret', hmac(clientSecret, 'HS256')],
        ['HS512 with the client secret', hmac(clientSecret, 'HS512')],
        ['another algorithm for the key', await sign({}, { header: { alg: 'PS256' } }).catch(() => 'x.y.z')],
        ['RS512, though the key would do', await sign({}, { alg: 'RS512' })],
        ['PS384, though the key would do', await sign({}, { alg: 'PS384' })],
        ['unknown kid', await sign({}, { header: { kid: 'nope' } })],
        ['a key that comes along', await other.sign({ ...standard }, { header: { jwk: other.publicKeys()[0] } })],
        ['a key to be fetched', await other.sign({ ...standard }, { header: { jku: `${other.issuer}/jwks` } })],
        ['another provider', await other.sign(claims)],
        ['another provider under our issuer', await other.sign({ ...standard })],
        [
          'tampered payload',
          `${header}.${part({ ...standard, preferred_username: 'root@corp.example' })}.${signature}`,
        ],
        ['tampered signature', `${header}.${payload}.${signature.slice(0, -8)}AAAAAAAA`],
        ['no signature', `${header}.${payload}.`],
        ['critical header', await sign({}, { header: { crit: ['exp'], exp: 1 } }).catch(() => 'x.y.z')],
        ['logout token', await sign({}, { header: { typ: 'logout+jwt' } })],
        [
          'logout token without its type',
          await sign({ events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }),
        ],
        ['bound to a key of its client', await sign({ cnf: { jkt: 'x' } })],
        ['larger than any', await sign({ groups: Array.from({ length: 850 }, (_, i) => `group-${i}`) })],
      ]
      for (const [why, token] of bad) {
        for (const path of [users, userInfo]) assertRefused(await bearer(lab.a, token).get(path), why)
      }
      assert.equal((await bearer(lab.a, 'x'.repeat(100_000)).get(users)).status, 431)
      // The good one still is, and nobody was locked out.
      assert.equal((await bearer(lab.a, good).get(users)).status, 200)
      assert.equal((await remote(lab.a, jdoe, password).get(users)).status, 200)
      assert.deepEqual(other.requests, [])

      const audit = (await lab.admin.post('/api/v1/administration/audit-logs', {})).json.results
      const failures = audit.filter(({ full_log }: { full_log: string }) => /"LOGIN".*failure/.test(full_log))
      assert(failures.length >= bad.length, `${failures.length} failed sign-ins are in the audit log`)
      const stored = await everythingStored(lab)
      for (const [why, token] of bad) assert(token.length < 30 || !stored.includes(token.slice(0, 200)), why)
    },
  )

  test(`${database.kind}: a token is good until it expires, give or take 30 seconds`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider } = world
    const now = Math.floor(lab.clock.now / 1000)
    lab.clock.now = now * 1000
    const token = await provider.sign({ sub: jdoe, exp: now + 40, nbf: now + 29 })
    const client = bearer(lab.a, token)
    assert.equal((await client.get(userInfo)).status, 200)
    lab.clock.advance({ seconds: 69 })
    assert.equal((await client.get(userInfo)).status, 200)
    lab.clock.advance({ seconds: 1 })
    assertRefused(await client.get(userInfo))
    assertRefused(await bearer(lab.a, await provider.sign({ sub: jdoe, nbf: now + 70 + 31 })).get(userInfo))
  })

  test(`${database.kind}: new keys of the provider count at once, and old ones no longer`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider } = world
    const old = await provider.sign({ sub: jdoe })
    assert.equal((await bearer(lab.a, old).get(userInfo)).status, 200)
    await provider.rotate()
    lab.clock.advance({ seconds: 30 })
    const fresh = await provider.sign({ sub: jdoe })
    assert.equal((await bearer(lab.a, fresh).get(userInfo)).status, 200)
    assert.equal(provider.count('/jwks'), 2)
    lab.clock.advance({ seconds: 61 })
    assertRefused(await bearer(lab.a, old).get(userInfo))

    // Made-up keys cost the provider one question in 30 seconds.
    lab.clock.advance({ seconds: 30 })
    const before = provider.count('/jwks')
    for (let i = 0; i < 10; i++) {
      const made = await provider.sign({ sub: jdoe }, { header: { kid: `made-up-${i}` } })
      assertRefused(await bearer(lab.a, made).get(userInfo))
    }
    assert.equal(provider.count('/jwks'), before + 1)

    // A key that was withdrawn is not known for ever, though nobody shows a newer one.
    await provider.rotate()
    lab.clock.advance({ seconds: 600 })
    const withdrawn = fresh
    assertRefused(await bearer(lab.a, withdrawn).get(userInfo))
  })

  test(`${database.kind}: people sign in at the provider with a browser`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider } = world
    await world.bind('remote_group', 'net-admins', 'network_engineer')
    const browser = new Browser()
    const begun = await browser.open(`${lab.a.url}${login}?return_to=/docs%3Fa=b`)
    assert.equal(begun.status, 302)
    const to = new URL(begun.headers.location ?? '')
    assert.equal(to.origin, new URL(provider.issuer).origin)
    assert.equal(to.searchParams.get('code_challenge_method'), 'S256')
    assert.equal(Buffer.from(to.searchParams.get('code_challenge') ?? '', 'base64url').length, 32)
    assert.equal(to.searchParams.get('response_type'), 'code')
    for (const name of ['state', 'nonce']) {
      assert.equal(Buffer.from(to.searchParams.get(name) ?? '', 'base64url').length, 32)
    }
    const [flowCookie] = begun.headers['set-cookie'] ?? []
    assert.match(
      flowCookie ?? '',
      /^__Host-OIDC-LOGIN=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=300$/,
    )

    const back = await browser.follow(to, (next) => next.pathname === '/docs')
    assert.equal(back.status, 302)
    assert.equal(back.url.pathname, callback)
    assert.equal(back.headers.location, '/docs?a=b')
    const token = String(back.headers['x-xsrf-token'])
    const jar = browser.cookies(lab.a.url)
    assert.deepEqual([...jar.keys()].sort(), ['JSESSIONID', 'XSRF-TOKEN'])
    assert.equal(jar.get('XSRF-TOKEN'), token)
    assert.match(
      String(back.headers['set-cookie']?.[0]),
      /^JSESSIONID=[0-9A-F]{32}; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    )

    const cookie = `JSESSIONID=${jar.get('JSESSIONID')}`
    const client = lab.a.with({ headers: { cookie, 'x-xsrf-token': token } })
    assert.equal((await client.get(userInfo)).json.user_name, jdoe)
    assert.equal((await client.get(segments)).status, 200)
    assert.equal((await lab.a.with({ headers: { cookie } }).get(segments)).json.error_code, 98)
    await lab.restart()
    const restarted = lab.a.with({ headers: { cookie, 'x-xsrf-token': token } })
    assert.equal((await restarted.get(userInfo)).json.user_name, jdoe)
    assert.equal((await restarted.post('/api/session/destroy')).status, 200)
    assertRefused(await restarted.get(userInfo))

    const stored = await everythingStored(lab)
    for (const secret of [to.searchParams.get('state'), back.url.searchParams.get('code'), token]) {
      assert(secret && !stored.includes(secret), 'a secret of the sign-in is stored')
    }
  })

  test(`${database.kind}: a sign-in counts once, in its own browser, and with its own code`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider } = world
    const atCallback = (next: URL) => next.pathname === callback
    async function upToCallback(browser: Browser): Promise<URL> {
      const { next } = await browser.follow(`${lab.a.url}${login}`, atCallback)
      assert(next)
      return next
    }
    async function notCompleted(browser: Browser, url: URL | string, about: string): Promise<void> {
      const { status, text, headers } = await browser.open(url)
      assert.equal(status, 403, `${about}: ${text}`)
      assert.match(JSON.parse(text).error_message, /Begin again/, about)
      assert.equal(headers.location, undefined)
      assert.equal(headers['x-xsrf-token'], undefined)
      assert(!browser.cookies(lab.a.url).has('JSESSIONID'), about)
    }

    const replayed = new Browser()
    const good = await upToCallback(replayed)
    assert.equal((await replayed.open(good)).status, 302)
    replayed.cookies(lab.a.url).delete('JSESSIONID')
    await notCompleted(replayed, good, 'state replayed')

    // Login CSRF: the attacker's answer in the victim's browser.
    const attacker = new Browser()
    const victim = new Browser()
    const ofAttacker = await upToCallback(attacker)
    await notCompleted(new Browser(), ofAttacker, 'no cookie')
    const again = await upToCallback(attacker)
    await upToCallback(victim)
    await notCompleted(victim, again, 'state of another browser')

    // Code injection: the victim's code in the attacker's own flow fails for want of the verifier.
    const stolen = (await upToCallback(victim)).searchParams.get('code') ?? ''
    const own = await upToCallback(attacker)
    own.searchParams.set('code', stolen)
    await notCompleted(attacker, own, 'code of another flow')

    for (const [about, change] of [
      ['no state', (url: URL) => url.searchParams.delete('state')],
      ['empty state', (url: URL) => url.searchParams.set('state', '')],
      ['made-up state', (url: URL) => url.searchParams.set('state', 'x'.repeat(43))],
      ['no code', (url: URL) => url.searchParams.delete('code')],
      ['made-up code', (url: URL) => url.searchParams.set('code', 'made-up')],
      ['answer of another provider', (url: URL) => url.searchParams.set('iss', 'https://evil.example')],
      ['provider said no', (url: URL) => url.searchParams.set('error', 'access_denied')],
    ] as const) {
      const browser = new Browser()
      const url = await upToCallback(browser)
      change(url)
      await notCompleted(browser, url, about)
    }
    const twice = await upToCallback(attacker)
    assert.equal((await attacker.open(`${twice.href}&state=x`)).status, 400)

    provider.signsIn('stranger')
    const stranger = new Browser()
    const denied = await upToCallback(stranger)
    await notCompleted(stranger, denied, 'nobody signed in')
    provider.signsIn(jdoe)

    const late = new Browser()
    const slow = await upToCallback(late)
    lab.clock.advance({ seconds: 300 })
    await notCompleted(late, slow, 'too late')
    lab.clock.advance({ seconds: -300 })

    const audit = (await lab.admin.post('/api/v1/administration/audit-logs', {})).json.results
    const failures = audit.filter(({ full_log }: { full_log: string }) => /"LOGIN".*failure/.test(full_log))
    assert(failures.length >= 12, `${failures.length} failed sign-ins are in the audit log`)
  })

  test(`${database.kind}: the provider gives nothing for a code without its verifier`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider } = world
    const browser = new Browser()
    const { next } = await browser.follow(`${lab.a.url}${login}`, (url) => url.pathname === callback)
    const code = next?.searchParams.get('code') ?? ''
    const form = { grant_type: 'authorization_code', code, redirect_uri: `${lab.a.url}${callback}` }
    const direct = new Client(provider.origin, provider.ca).as(clientId, clientSecret)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const redeemed = await direct.send('POST', '/token', new URLSearchParams(form).toString(), headers)
    direct.close()
    assert.deepEqual([redeemed.status, redeemed.json.error], [400, 'invalid_grant'])

    // Nor does it begin a sign-in without the challenge, which everything that Sallyport begins has.
    const asked = new URL((await new Browser().open(`${lab.a.url}${login}`)).headers.location ?? '')
    asked.searchParams.delete('code_challenge')
    asked.searchParams.delete('code_challenge_method')
    const without = await new Browser().follow(asked, (url) => url.pathname === callback)
    assert.equal(without.next?.searchParams.get('error'), 'invalid_request')
    assert.equal(without.next?.searchParams.get('code'), null)
  })

  test(`${database.kind}: nobody is sent to another server after signing in`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider } = world
    for (const path of [
      ...['//evil', '//evil/', '/\\evil', '\\\\evil', 'https://evil', 'https:evil', 'javascript:alert(1)', 'evil'],
      ...['/.//evil', '/a/..//evil', ' //evil', '//evil%2f@x', ''],
    ]) {
      const { status, json } = await lab.a.get(`${login}?return_to=${encodeURIComponent(path)}`)
      assert.equal(status, 400, path)
      assert.match(json.error_message, /return_to/)
    }
    for (const path of ['/%09/evil', '/%0a/evil', '/%0d%0aset-cookie:%20x=y']) {
      assert.equal((await lab.a.get(`${login}?return_to=${path}`)).status, 400, path)
    }
    assert.equal((await lab.a.get(`${login}?return_to=/a&return_to=//evil`)).status, 400)
    assert.deepEqual(provider.requests, [])
  })

  test(`${database.kind}: without sessions, or without a provider, no browser signs in`, database, async () => {
    await using world = await openWorld(database)
    const { lab, settings } = world
    const { json } = await lab.admin.get(apiService)
    const config = { ...json, cookie_based_authentication_enabled: false }
    assert.equal((await lab.admin.put(apiService, config)).status, 200)
    for (const path of [login, `${callback}?state=x&code=y`]) assertRefused(await lab.a.get(path))
    const { json: now } = await lab.admin.get(apiService)
    await lab.admin.put(apiService, { ...now, cookie_based_authentication_enabled: true })
    await lab.admin.put(vidm, { ...settings, vidm_enable: false })
    for (const path of [login, `${callback}?state=x&code=y`]) {
      const answer = await lab.a.get(path)
      assert.deepEqual([answer.status, answer.json.httpStatus], [403, 'FORBIDDEN'])
      assert.match(answer.json.error_message, /not enabled/)
    }
  })

  test(`${database.kind}: switching the provider off ends what it began`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider, settings } = world
    const token = await provider.sign({ sub: jdoe })
    const callers = [
      bearer(lab.a, token),
      remote(lab.a, jdoe, password),
      lab.a.as(jdoe, password),
      (await lab.a.signIn(jdoe, password)).client,
      (await lab.b.signIn(jdoe, password)).client,
    ]
    const { client: local } = await lab.a.signIn('admin', labPassword)
    const browser = new Browser()
    const { next } = await browser.follow(`${lab.a.url}${login}`, (url) => url.pathname === callback)
    for (const caller of callers) assert.equal((await caller.get(userInfo)).status, 200)

    // What is none of the provider's own leaves everybody where they are.
    assert.equal((await lab.admin.put(vidm, { ...settings, lb_enable: true })).status, 202)
    for (const caller of callers) assert.equal((await caller.get(userInfo)).status, 200)
    assert.equal((await browser.open(next ?? '')).status, 403)

    assert.equal((await lab.admin.put(vidm, { ...settings, vidm_enable: false })).status, 202)
    for (const caller of callers) assertRefused(await caller.get(userInfo))
    assert.equal((await local.get(userInfo)).status, 200)
    assert.equal((await lab.admin.put(vidm, settings)).status, 202)
    for (const caller of callers.slice(3)) assertRefused(await caller.get(userInfo))
    for (const caller of callers.slice(0, 3)) assert.equal((await caller.get(userInfo)).status, 200)

    const { client } = await lab.a.signIn(jdoe, password)
    await using other = await startOpenIdProvider({ people: {}, redirectUris: ['https://127.0.0.1/cb'] })
    assert.equal((await lab.admin.put(vidm, settingsFor(lab, other))).status, 202)
    for (const caller of [client, ...callers]) assertRefused(await caller.get(userInfo))
  })

  test(`${database.kind}: no session outlives the switching off that met its sign-in`, database, async () => {
    await using world = await openWorld(database)
    const { lab, settings } = world
    for (let round = 0; round < 3; round++) {
      let done = false
      const signIns: Awaited<ReturnType<Client['signIn']>>[] = []
      const switching = lab.admin.put(vidm, { ...settings, vidm_enable: false }).finally(() => {
        done = true
      })
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          do signIns.push(await lab.a.signIn(jdoe, password))
          while (!done)
        }),
      )
      assert.equal((await switching).status, 202)
      for (const { client } of signIns) assertRefused(await client.get(userInfo))
      assert.equal((await lab.admin.put(vidm, settings)).status, 202)
      for (const { client } of signIns) assertRefused(await client.get(userInfo))
    }
  })

  test(`${database.kind}: a sign-in that is queued behind the switching off makes no session`, database, async () => {
    await using world = await openWorld(database)
    const { lab, settings } = world
    const { journal } = lab.server.services
    assert.equal((await lab.a.as(jdoe, password).get(userInfo)).status, 200)
    const { change } = journal
    let queued = 0
    journal.change = ((...parts: Parameters<typeof change>) => {
      queued++
      return change(...parts)
    }) as typeof change
    const until = async (count: number) => {
      while (queued < count) await new Promise((resolve) => setImmediate(resolve))
    }

    // The writer is held while both line up behind it, in this order.
    const hold = Promise.withResolvers<void>()
    const held = change(
      () => hold.promise,
      () => undefined,
    )
    const switching = lab.admin.put(vidm, { ...settings, vidm_enable: false })
    await until(1)
    const signingIn = lab.a.signIn(jdoe, password)
    await until(2)
    hold.resolve()
    await held
    assert.equal((await switching).status, 202)
    const { answer, client } = await signingIn
    assertRefused(answer)
    assertRefused(await client.get(userInfo))
  })

  test(`${database.kind}: with the provider down, local users sign in and nobody is locked out`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider, settings } = world
    const token = await provider.sign({ sub: jdoe })
    const down = { ...settings, host_name: `127.0.0.1:${await freePort()}` }
    assert.equal((await lab.admin.put(vidm, down)).status, 202)
    for (let i = 0; i < 7; i++) {
      assertRefused(await remote(lab.a, jdoe, password).get(userInfo))
      assertRefused(await bearer(lab.a, token).get(userInfo))
    }
    assert.equal((await lab.a.get(login)).status, 503)
    assert.equal((await lab.a.signIn('admin', labPassword)).answer.status, 200)
    assert.equal((await lab.admin.put(vidm, settings)).status, 202)
    assert.equal((await remote(lab.a, jdoe, password).get(userInfo)).status, 200)
  })

  test(
    `${database.kind}: a client secret whose key was lost and replaced keeps no local user out`,
    database,
    async () => {
      await using world = await openWorld(database)
      const { lab, settings } = world
      rmSync(join(lab.dataDir, 'secrets.key'))
      await assert.rejects(lab.restart(), /secrets\.key is missing/)
      const databases = await openDatabase(lab.server.services.config.database)
      await replaceKey(lab.dataDir, createStores(databases.write))
      await databases.close()
      await lab.restart()
      assert.equal((await lab.a.signIn('admin', labPassword)).answer.status, 200)
      assertRefused(await remote(lab.a, jdoe, password).get(userInfo))
      assert.equal((await lab.admin.get(`${vidm}/status`)).json.runtime_state, 'CLIENT_SECRET_UNREADABLE')
      assert.equal((await lab.admin.put(vidm, settings)).status, 202)
      assert.equal((await remote(lab.a, jdoe, password).get(userInfo)).status, 200)
    },
  )

  test(`${database.kind}: a provider that hangs delays its own people only, and not for ever`, database, async () => {
    await using world = await openWorld(database)
    const { lab, provider } = world
    provider.hang(true)
    const begun = performance.now()
    const starting = performance.now()
    await lab.restart()
    assert.equal((await lab.admin.get(userInfo)).status, 200)
    assert(performance.now() - starting < 3000, 'starting waits for the provider')

    const waiting = Promise.all([
      remote(lab.a, jdoe, password).get(userInfo),
      bearer(lab.a, await provider.sign({ sub: jdoe })).get(userInfo),
      lab.a.get(login),
      lab.admin.get(`${vidm}/status`),
      ...Array.from({ length: 40 }, (_, i) => remote(lab.b, `user-${i}@corp.example`, password).get(userInfo)),
    ])
    const local = performance.now()
    assert.equal((await lab.a.signIn('admin', labPassword)).answer.status, 200)
    assert(performance.now() - local < 2000, 'a local user waits for the provider')

    const [byPassword, byToken, byBrowser, status, ...others] = await waiting
    assertRefused(byPassword)
    assertRefused(byToken)
    assert.equal(byBrowser.status, 503)
    assert.equal(status.json.runtime_state, 'UNREACHABLE')
    for (const answer of others) assertRefused(answer)
    assert(performance.now() - begun < 15_000)

    provider.hang(false)
    lab.clock.advance({ seconds: 5 })
    assert.equal((await remote(lab.a, jdoe, password).get(userInfo)).status, 200)
  })

  test(`${database.kind}: what answers like no provider does no harm`, database, async () => {
    await using world = await openWorld(database)
    const { lab, settings } = world
    // A server that talks no TLS, and never stops talking.
    const sockets = new Set<Socket>()
    const babbler = createTcpServer((socket) => {
      sockets.add(socket.on('error', () => {}))
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => babbler.once('listening', resolve))
    const { port } = babbler.address() as { port: number }
    try {
      await lab.admin.put(vidm, { ...settings, host_name: `127.0.0.1:${port}` })
      assert.equal((await lab.admin.get(`${vidm}/status`)).json.runtime_state, 'UNREACHABLE')
      assertRefused(await remote(lab.a, jdoe, password).get(userInfo))
    } finally {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => babbler.close(resolve))
    }
  })
}
