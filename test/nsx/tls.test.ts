import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import { pino } from 'pino'
import { cipherSuiteNames, protocolNames } from '../../src/access/api-service.ts'
import { readConfig } from '../../src/config.ts'
import { openServer } from '../../src/serve.ts'
import { databases, type Lab, labPassword, openLab, type TestDatabase } from '../lab.ts'
import { handshake, missingOpenssl, selfSigned } from '../servers/openssl.ts'

const apiService = '/api/v1/cluster/api-service'
const version = '/api/v1/node/version'
const skip = missingOpenssl() ?? false

const only = (all: readonly string[], enabled: readonly string[]) =>
  all.map((name) => ({ name, enabled: enabled.includes(name) }))
const protocols = (...enabled: string[]) => ({ protocol_versions: only(protocolNames, enabled) })
const suites = (...enabled: string[]) => ({ cipher_suites: only(cipherSuiteNames, enabled) })

async function put(lab: Lab, changes: object) {
  const { json } = await lab.admin.get(apiService)
  return lab.admin.put(apiService, { ...json, ...changes })
}

async function open(url: string, options: object = {}): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), rejectUnauthorized: false, ...options })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  return socket
}

/** Sends a request on a connection of one's own. @returns the status of its answer. */
async function ask(socket: TLSSocket, headers: Record<string, string>): Promise<string> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`GET ${version} HTTP/1.1\r\nhost: localhost\r\n${lines.join('')}\r\n`)
  const [bytes] = await once(socket, 'data')
  return String(bytes).slice(9, 12)
}

const newKeys = { rsa: ['-newkey', 'rsa:2048'], ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] }

/** A lab that serves a certificate of the administrator's own. */
async function openLabWith(
  database: TestDatabase,
  kind: keyof typeof newKeys,
  work: (lab: Lab) => Promise<void>,
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), `sallyport-${kind}-`))
  try {
    const [tlsKey, tlsCert] = [join(dir, 'own.key'), join(dir, 'own.pem')]
    selfSigned(tlsKey, tlsCert, ...newKeys[kind])
    await using lab = await openLab(database, { tlsCert, tlsKey })
    await work(lab)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

for (const database of databases) {
  test(`${database.kind}: protocol_versions and cipher_suites are what every manager negotiates, from the answer to the PUT on`, {
    skip: database.skip || skip,
  }, async () => {
    await using lab = await openLab(database)
    const managers = [lab.a.url, lab.b.url]
    const { client, answer } = await lab.a.signIn('admin', labPassword)
    const session = {
      cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '',
      'x-xsrf-token': String(answer.headers['x-xsrf-token']),
    }
    const agreed = async (...args: string[]) =>
      Promise.all(managers.map(async (url) => (await handshake(url, ...args)).agreed))
    const both = (text: string | undefined) => [text, text]

    assert.deepEqual(await agreed(), both('TLSv1.3 TLS_AES_256_GCM_SHA384'))
    assert.deepEqual(await agreed('-tls1_2'), both('TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384'))
    assert.deepEqual(await agreed('-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256'), both(undefined))
    assert.deepEqual(await agreed('-tls1_1'), both(undefined))

    // Begun before the change, in the middle of its life, and in use after it.
    const before = await open(lab.a.url, { maxVersion: 'TLSv1.2' })
    const headers = { authorization: `Basic ${Buffer.from(`admin:${labPassword}`).toString('base64')}` }
    assert.equal(await ask(before, headers), '200')

    assert.equal((await put(lab, protocols('TLSv1.3'))).status, 200)
    assert.deepEqual(await agreed('-tls1_2'), both(undefined))
    assert.deepEqual(await agreed(), both('TLSv1.3 TLS_AES_256_GCM_SHA384'))
    assert.equal(await ask(before, headers), '200')
    before.destroy()

    const one = { ...protocols('TLSv1.2', 'TLSv1.3'), ...suites('TLS_CHACHA20_POLY1305_SHA256') }
    assert.equal((await put(lab, one)).status, 200)
    assert.deepEqual(await agreed(), both('TLSv1.3 TLS_CHACHA20_POLY1305_SHA256'))
    assert.deepEqual(await agreed('-ciphersuites', 'TLS_AES_256_GCM_SHA384'), both(undefined))
    // Without a suite of its own a version is none.
    assert.deepEqual(await agreed('-tls1_2'), both(undefined))
    assert.equal((await client.get(version)).status, 200)

    await lab.restart()
    managers.splice(0, 2, lab.a.url, lab.b.url)
    assert.deepEqual(await agreed(), both('TLSv1.3 TLS_CHACHA20_POLY1305_SHA256'))
    assert.deepEqual(await agreed('-ciphersuites', 'TLS_AES_256_GCM_SHA384'), both(undefined))

    const old = { ...protocols('TLSv1.1', 'TLSv1.2', 'TLSv1.3'), ...suites('TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384') }
    assert.equal((await put(lab, old)).status, 200)
    assert.deepEqual(await agreed(), both('TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384'))
    assert.deepEqual(await agreed('-tls1_3'), both(undefined))
    assert.deepEqual(await agreed('-tls1_1'), both(undefined))
    assert.equal((await lab.a.with({ headers: session }).get(version)).status, 200)
  })

  test(
    `${database.kind}: with a certificate of EC alone, a PUT after which nobody could connect is refused, names both fields and changes nothing`,
    {
      skip: database.skip || skip,
    },
    () =>
      openLabWith(database, 'ec', async (lab) => {
        const { json: before } = await lab.admin.get(apiService)
        const rsa = cipherSuiteNames.filter((name) => name.includes('_RSA_WITH'))
        const tls13 = cipherSuiteNames.filter((name) => !name.includes('_WITH'))
        for (const changes of [
          { ...protocols('TLSv1.2'), ...suites(...rsa) },
          { ...protocols('TLSv1.2'), ...suites(...tls13) },
          { ...protocols('TLSv1.2'), ...suites(...rsa, ...tls13) },
          { ...protocols('TLSv1.2', 'TLSv1.3'), ...suites(...rsa) },
          { ...protocols('TLSv1.3'), ...suites('TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384') },
          protocols('TLSv1.1'),
          { ...protocols('TLSv1.1', 'TLSv1.2'), ...suites(...rsa) },
        ]) {
          for (const answer of [
            await put(lab, changes),
            await lab.admin.put('/api/v1/node/services/http', { service_name: 'http', service_properties: changes }),
          ]) {
            assert.equal(answer.status, 400)
            assert.equal(answer.json.error_code, 255)
            assert.match(
              answer.json.error_message,
              /protocol_versions and cipher_suites leave nothing .* certificate \(its key is EC\)/,
            )
          }
        }
        assert.deepEqual((await lab.admin.get(apiService)).json, before)
        assert.equal((await handshake(lab.a.url, '-tls1_2')).agreed, 'TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384')
      }),
  )
}

const openSslNames: Record<string, string> = {
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: 'ECDHE-RSA-AES128-SHA256',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384: 'ECDHE-RSA-AES256-SHA384',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_RSA_WITH_AES_128_CBC_SHA: 'AES128-SHA',
  TLS_RSA_WITH_AES_128_CBC_SHA256: 'AES128-SHA256',
  TLS_RSA_WITH_AES_128_GCM_SHA256: 'AES128-GCM-SHA256',
  TLS_RSA_WITH_AES_256_CBC_SHA: 'AES256-SHA',
  TLS_RSA_WITH_AES_256_CBC_SHA256: 'AES256-SHA256',
  TLS_RSA_WITH_AES_256_GCM_SHA384: 'AES256-GCM-SHA384',
}

test('every suite is negotiated when it is the only one enabled, and TLS 1.1 where it is', { skip }, async () => {
  await using lab = await openLab(databases[0]!)
  const headers = { authorization: `Basic ${Buffer.from(`admin:${labPassword}`).toString('base64')}` }
  for (const [name, openssl] of Object.entries(openSslNames)) {
    assert.equal((await put(lab, { ...protocols(...protocolNames), ...suites(name) })).status, 200, name)
    assert.equal((await handshake(lab.a.url, '-tls1_2')).agreed, `TLSv1.2 ${openssl}`)
    const old = await handshake(lab.a.url, '-tls1_1')
    const speaksOld = openssl.endsWith('-SHA')
    assert.equal(old.agreed, speaksOld ? `TLSv1.1 ${openssl}` : undefined, old.text)
    if (!speaksOld) continue
    const socket = await open(lab.b.url, {
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    })
    assert.equal(await ask(socket, headers), '200', name)
    socket.destroy()
  }
  const alone = await put(lab, { ...protocols('TLSv1.1'), ...suites('TLS_RSA_WITH_AES_128_CBC_SHA') })
  assert.deepEqual([alone.status, /leave TLSv1\.1 alone/.test(alone.json.error_message)], [400, true])
  assert.equal((await put(lab, { ...protocols('TLSv1.2', 'TLSv1.3'), ...suites(...cipherSuiteNames) })).status, 200)
  assert.equal((await handshake(lab.a.url, '-tls1_1')).agreed, undefined)
  assert.equal((await handshake(lab.a.url, '-tls1_2')).agreed, 'TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384')
})

test('clients that take RSA only get an RSA certificate of the same CA; all others get the ECDSA one', {
  skip,
}, async () => {
  await using lab = await openLab(databases[0]!)
  const ca = readFileSync(lab.server.ready.ca)
  const served = async (options: object) => {
    const socket = await open(lab.a.url, { ca, rejectUnauthorized: true, ...options })
    const { asymmetricKeyType, asymmetricKeyDetails } = socket.getPeerX509Certificate()?.publicKey ?? {}
    const suite = socket.getCipher().standardName
    socket.destroy()
    return [suite, asymmetricKeyType, asymmetricKeyDetails?.modulusLength ?? asymmetricKeyDetails?.namedCurve]
  }
  const tls12 = { maxVersion: 'TLSv1.2' }
  const rsaSuite = { ...tls12, ciphers: 'ECDHE-RSA-AES256-GCM-SHA384' }
  assert.deepEqual(await served({}), ['TLS_AES_256_GCM_SHA384', 'ec', 'prime256v1'])
  assert.deepEqual(await served(tls12), ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'ec', 'prime256v1'])
  assert.deepEqual(await served(rsaSuite), ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'rsa', 2048])
  // What prefers RSA, and can do both, still gets the one that costs the least.
  const prefersRsa = { ...tls12, ciphers: 'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384' }
  assert.deepEqual(await served(prefersRsa), ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'ec', 'prime256v1'])
  const prefers13 = { sigalgs: 'rsa_pss_rsae_sha256:ecdsa_secp256r1_sha256' }
  assert.deepEqual(await served(prefers13), ['TLS_AES_256_GCM_SHA384', 'ec', 'prime256v1'])
  assert.equal(
    (await put(lab, { ...protocols('TLSv1.2'), ...suites('TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384') })).status,
    200,
  )
  assert.deepEqual(await served(tls12), ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'rsa', 2048])
})

test('a suite that is no longer enabled is not had back by resuming a TLS session', { skip }, () =>
  openLabWith(databases[0]!, 'rsa', async (lab) => {
    const file = join(lab.dataDir, 'session.pem')
    const weak = ['-tls1_2', '-cipher', 'AES128-SHA:ECDHE-RSA-AES256-GCM-SHA384']
    const both = ['TLS_RSA_WITH_AES_128_CBC_SHA', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384']
    assert.equal((await put(lab, suites(...both))).status, 200)
    await handshake(lab.a.url, '-tls1_2', '-cipher', 'AES128-SHA', '-sess_out', file)
    const again = await handshake(lab.a.url, ...weak, '-sess_in', file)
    assert.deepEqual([again.resumed, again.agreed], [true, 'TLSv1.2 AES128-SHA'])

    // What has nothing to do with TLS leaves its sessions as they are.
    assert.equal((await put(lab, { session_timeout: 60 })).status, 200)
    assert.equal((await handshake(lab.a.url, ...weak, '-sess_in', file)).resumed, true)

    assert.equal((await put(lab, suites('TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'))).status, 200)
    const after = await handshake(lab.a.url, ...weak, '-sess_in', file)
    assert.deepEqual([after.resumed, after.agreed], [false, 'TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384'])
  }),
)

test('a certificate with which nothing that is enabled can be served is refused at start', { skip }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-certificates-'))
  try {
    const file = (name: string) => join(dir, name)
    selfSigned(file('rsa.key'), file('rsa.pem'), '-newkey', 'rsa:2048')
    selfSigned(file('ec.key'), file('ec.pem'), '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256')
    const start = (kind: string) => {
      const flags = { lab: true, dataDir: file('data'), httpsPort: '0', sshPort: '0', tlsCert: file(`${kind}.pem`) }
      return openServer(readConfig({ ...flags, tlsKey: file(`${kind}.key`) }, {}), pino({ level: 'silent' }))
    }
    {
      await using server = await start('rsa')
      const rsaOnly = { ...protocols('TLSv1.2'), ...suites('TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384') }
      const [manager] = server.ready.managers
      assert.equal(await putAsAdmin(manager!.https, { ...rsaOnly, _revision: 0 }), 200)
    }
    await assert.rejects(start('ec'), /tlsCert: nothing of the protocol_versions and cipher_suites/)
    await using server = await start('rsa')
    assert.equal((await handshake(server.ready.managers[0]!.https)).agreed, 'TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384')
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

async function putAsAdmin(url: string, body: object): Promise<number> {
  const socket = await open(url)
  const text = JSON.stringify(body)
  const credentials = Buffer.from(`admin:${labPassword}`).toString('base64')
  socket.write(
    `PUT ${apiService} HTTP/1.1\r\nhost: localhost\r\nauthorization: Basic ${credentials}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
  )
  const [bytes] = await once(socket, 'data')
  socket.destroy()
  return Number(String(bytes).slice(9, 12))
}
