import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { pino } from 'pino'
import { readConfig } from '../src/config.ts'
import { canonicalName, certificateNames } from '../src/gateway/certificate-names.ts'
import { ownCertificate } from '../src/gateway/certificates.ts'
import { signServer } from '../src/gateway/own-ca.ts'
import { makeCertificate } from './certificates.ts'
import { databases, openLab } from './lab.ts'

const day = 24 * 60 * 60 * 1000
const start = Date.now()

/** A data directory, what its server is told at a start some days from now, and what the log says of it. */
function store() {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-ca-'))
  const said: string[] = []
  const log = pino({ base: null, level: 'debug' }, { write: (line) => said.push(JSON.parse(line).msg) })
  const file = (name: string) => join(dir, 'tls', name)
  return {
    dir,
    said,
    file,
    read: (name: string) => readFileSync(file(name), 'utf8'),
    /** @returns the certificate that is served. */
    async open(days = 0, more: readonly string[] = [], found: readonly string[] = []): Promise<X509Certificate> {
      said.length = 0
      const names = { ...certificateNames('127.0.0.1', more), found }
      return new X509Certificate((await ownCertificate(dir, names, start + days * day, log)).cert)
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true }),
  }
}

/** @returns what a client that trusts the CA finds wrong when it asks for a name. */
async function judged(pair: { cert: string; key: string }, ca: string, name: string): Promise<string | undefined> {
  const server = createServer(pair, (socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
  server.on('tlsClientError', () => {})
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const socket = connect({ host: '127.0.0.1', port, ca, checkServerIdentity: checkOf(name) })
  try {
    await once(socket, 'secureConnect')
    return undefined
  } catch (error) {
    return (error as Error).message
  } finally {
    socket.destroy()
    server.close()
  }
}

const checkOf = (name: string) => (_: string, peer: { raw: Buffer }) => {
  const certificate = new X509Certificate(peer.raw)
  const found = isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)
  return found ? undefined : new Error(`it is not for ${name}`)
}

test('the CA lasts two years and can sign for nothing but the names of this server', async () => {
  using data = store()
  await data.open(0, ['nsx.example', '192.0.2.7', '2001:db8::7'])
  const ca = new X509Certificate(data.read('ca.pem'))
  assert.equal(ca.validToDate.getTime() - ca.validFromDate.getTime(), 730 * day)
  const shown = execFileSync('openssl', ['x509', '-in', data.file('ca.pem'), '-noout', '-text'], { encoding: 'utf8' })
  assert.match(
    shown,
    /X509v3 Name Constraints: critical\s+Permitted:\s+DNS:localhost\s+IP:127\.0\.0\.1\/255\.255\.255\.255/,
  )
  execFileSync('openssl', ['verify', '-CAfile', data.file('ca.pem'), data.file('server.pem')])

  const served = { cert: data.read('server.pem'), key: data.read('server.key') }
  for (const name of ['localhost', '127.0.0.1', '::1', 'nsx.example', '192.0.2.7', '2001:db8::7']) {
    assert.equal(await judged(served, data.read('ca.pem'), name), undefined, name)
  }
  const caPair = { cert: data.read('ca.pem'), key: data.read('ca.key') }
  for (const name of ['bank.example', 'example', 'other.localhost.example', '192.0.2.8', '2001:db8::8']) {
    const stolen = await signServer(caPair, [name], start)
    assert.equal(await judged(stolen, caPair.cert, name), 'permitted subtree violation', name)
  }
})

test('a name that the CA may not sign for, once it is asked for, makes another CA, and the log says so', async () => {
  using data = store()
  await data.open(0, ['nsx.example'])
  assert.match(data.said.join('\n'), /^a CA was made, valid until .*nsx\.example: clients are to trust .*ca\.pem/)
  const ca = data.read('ca.pem')
  const first = await data.open(0, ['nsx.example'])
  assert.deepEqual(data.said, [])

  const below = await data.open(0, ['nsx.example', 'a.nsx.example'])
  assert(below.checkHost('a.nsx.example') && below.fingerprint256 !== first.fingerprint256)
  assert.equal(data.read('ca.pem'), ca)

  const further = await data.open(0, ['nsx.example', 'vc.example'])
  assert.match(data.said[0] ?? '', /^the CA may not sign for vc\.example: another CA was made, .*given .*ca\.pem anew$/)
  assert.notEqual(data.read('ca.pem'), ca)
  assert(further.checkHost('nsx.example') && further.checkHost('vc.example'))
  assert(further.verify(new X509Certificate(data.read('ca.pem')).publicKey))
})

test('a name that the machine only happens to have makes no other CA, and is left out with a warning', async () => {
  using data = store()
  const first = await data.open(0, [], ['192.0.2.7', 'box'])
  assert(first.checkIP('192.0.2.7') && first.checkHost('box'))
  assert.equal((await data.open(0, [], ['box'])).fingerprint256, first.fingerprint256)
  const moved = await data.open(0, [], ['192.0.2.9', 'box'])
  assert.equal(moved.fingerprint256, first.fingerprint256)
  assert.match(data.said.join('\n'), /^the server's certificate is not for 192\.0\.2\.9, .* tlsNames/)
})

test('the server’s certificate is made anew 30 days before it ends, and never outlives its CA', async () => {
  using data = store()
  const first = await data.open()
  assert.equal((await data.open(365)).fingerprint256, first.fingerprint256)
  const second = await data.open(367)
  const ca = new X509Certificate(data.read('ca.pem'))
  assert.notEqual(second.fingerprint256, first.fingerprint256)
  assert(second.verify(ca.publicKey))
  assert(second.validToDate <= ca.validToDate)
  const last = await data.open(698)
  assert.equal(last.validTo, ca.validTo)
  assert.deepEqual(
    data.said.filter((line) => line.startsWith('the CA ends')),
    [],
  )

  assert.equal((await data.open(700)).fingerprint256, last.fingerprint256)
  assert.match(data.said.join('\n'), new RegExp(`^the CA ends on ${ca.validToDate.toISOString()}, .*remove .*ca\\.pem`))
  const after = await data.open(730)
  assert.match(data.said[0] ?? '', /^the CA ended on .*: another CA was made, valid until .*given .*ca\.pem anew$/)
  assert(!after.verify(ca.publicKey))
})

test('the RSA certificate beside it is made anew with it, and alone where it is missing; for its sake there is no other CA', async () => {
  using data = store()
  const rsa = () => new X509Certificate(data.read('server-rsa.pem'))
  await data.open()
  const [first, ca] = [rsa(), data.read('ca.pem')]
  assert.equal(first.publicKey.asymmetricKeyDetails?.modulusLength, 2048)
  assert(first.verify(new X509Certificate(ca).publicKey))
  assert.equal(statSync(data.file('server-rsa.key')).mode & 0o777, 0o600)
  await data.open(1)
  assert.equal(rsa().fingerprint256, first.fingerprint256)
  await data.open(370)
  assert.notEqual(rsa().fingerprint256, first.fingerprint256)
  assert.equal(data.read('ca.pem'), ca)

  // As an earlier version has left it.
  const renewed = data.read('server.pem')
  rmSync(data.file('server-rsa.pem'))
  await data.open(371)
  assert.equal(rsa().publicKey.asymmetricKeyType, 'rsa')
  assert.equal(data.read('server.pem'), renewed)
  for (const name of ['server-rsa.pem', 'ca.key']) rmSync(data.file(name))
  await data.open(372)
  assert.deepEqual([existsSync(data.file('server-rsa.pem')), data.read('ca.pem')], [false, ca])
  assert.match(data.said.join(), /the key of the CA is missing/)
})

test('the CA’s certificate is for everybody to read, and the keys beside it for nobody else', async () => {
  using data = store()
  const mode = (name: string) => statSync(data.file(name)).mode & 0o777
  const before = process.umask(0o077)
  try {
    await data.open()
    assert.deepEqual(['.', 'ca.pem', 'ca.key', 'server.key'].map(mode), [0o711, 0o644, 0o600, 0o600])
    chmodSync(data.file('ca.pem'), 0o600)
    chmodSync(data.file('.'), 0o700)
    await data.open()
    assert.deepEqual(['.', 'ca.pem', 'ca.key', 'server.key'].map(mode), [0o711, 0o644, 0o600, 0o600])
  } finally {
    process.umask(before)
  }
})

test('a CA of an earlier version, which may sign for any name, is kept, and each start says so', async () => {
  using data = store()
  mkdirSync(data.file('.'))
  const old = await makeCertificate('Sallyport CA', { ca: true, from: start - day, to: start + 3650 * day })
  writeFileSync(data.file('ca.pem'), old.cert)
  writeFileSync(data.file('ca.key'), old.key)
  for (const days of [0, 1]) {
    const served = await data.open(days, ['nsx.example'])
    assert.equal(data.read('ca.pem'), old.cert)
    assert(served.verify(new X509Certificate(old.cert).publicKey) && served.checkHost('nsx.example'))
    assert.match(data.said.join('\n'), /the CA, of an earlier version, may sign for any name until .*remove .*ca\.pem/)
  }
})

test('a data directory that is there keeps its mode, though nobody else can read the CA in it then', async () => {
  using data = store()
  chmodSync(data.dir, 0o700)
  await data.open()
  assert.equal(statSync(data.dir).mode & 0o777, 0o700)
})

test('where all addresses are served, the certificate is for the machine’s own name and addresses', () => {
  const address = (address: string, family: string, internal = false) => ({ address, family, internal })
  const machine = {
    hostname: () => 'Box.Corp.example',
    networkInterfaces: () => ({
      lo: [address('127.0.0.1', 'IPv4', true)],
      eth0: [address('192.0.2.7', 'IPv4'), address('2001:db8::7', 'IPv6'), address('fe80::7', 'IPv6')],
    }),
  } as unknown as Parameters<typeof certificateNames>[2]
  const found = (host: string) => certificateNames(host, ['nsx.example'], machine).found
  assert.deepEqual(found('0.0.0.0'), ['box.corp.example', '192.0.2.7'])
  assert.deepEqual(found('::'), ['box.corp.example', '192.0.2.7', '2001:db8::7'])
  assert.deepEqual(found('192.0.2.7'), [])
  assert.deepEqual(certificateNames('192.0.2.7', ['nsx.example'], machine).asked, [
    ...['localhost', '127.0.0.1', '::1', '192.0.2.7', 'nsx.example'],
  ])
})

test('tlsNames are DNS names and addresses, and anything else is refused with the setting’s name', () => {
  const names = (value: unknown, variables = {}) => readConfig({ tlsNames: value }, variables).tlsNames
  assert.deepEqual(names(['NSX.example', '2001:DB8:0::7', '192.0.2.7']), ['nsx.example', '2001:db8::7', '192.0.2.7'])
  assert.deepEqual(names(undefined, { SALLYPORT_TLS_NAMES: 'a.example, 192.0.2.7' }), ['a.example', '192.0.2.7'])
  assert.deepEqual(names(undefined), [])
  for (const wrong of [
    'a b',
    '*.example',
    '1.2.3',
    '192.0.2.300',
    '[::1]',
    'fe80::1%eth0',
    'nsx.example:8443',
    'münchen.example',
    'a..b',
  ]) {
    assert.equal(canonicalName(wrong), undefined, wrong)
    assert.throws(() => names(['fine.example', wrong]), {
      message: `tlsNames: ${wrong} is no DNS name or IP address`,
    })
  }
  assert.throws(() => names(Array.from({ length: 101 }, (_, n) => `n${n}.example`)), { message: /^tlsNames: .*100/ })
})

const [database] = databases as [(typeof databases)[0]]

test('a certificate is renewed while it is served: who is connected goes on, who comes sees the new one', async () => {
  await using lab = await openLab(database)
  const open = async (): Promise<TLSSocket> => {
    const ca = readFileSync(lab.server.ready.ca)
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(lab.a.url).port), ca, servername: 'localhost' })
    await once(socket, 'secureConnect')
    return socket
  }
  const ask = async (socket: TLSSocket) => {
    socket.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n')
    return String((await once(socket, 'data'))[0]).slice(0, 15)
  }
  const old = await open()
  const before = old.getPeerX509Certificate()?.fingerprint256
  assert.equal(await ask(old), 'HTTP/1.1 200 OK')
  await lab.server.renewCertificate(Date.now())
  assert.equal(
    readFileSync(join(lab.dataDir, 'tls', 'server.pem'), 'utf8'),
    lab.server.services.apiService.certificate(),
  )
  const same = await open()
  assert.equal(same.getPeerX509Certificate()?.fingerprint256, before)

  // Made a year ago, by a clock that is moved: it ends in a month.
  const names = certificateNames('127.0.0.1')
  for (const name of readdirSync(join(lab.dataDir, 'tls'))) rmSync(join(lab.dataDir, 'tls', name))
  await ownCertificate(lab.dataDir, names, Date.now() - 380 * day)
  const worn = new X509Certificate(readFileSync(join(lab.dataDir, 'tls', 'server.pem'))).fingerprint256
  await lab.server.renewCertificate(Date.now())
  const next = await open()
  assert(next.authorized)
  const after = next.getPeerX509Certificate()?.fingerprint256
  assert(after !== before && after !== worn)
  assert.equal(await ask(old), 'HTTP/1.1 200 OK')
  assert.equal(await ask(next), 'HTTP/1.1 200 OK')
  for (const socket of [old, same, next]) socket.destroy()
})

test('one’s own certificate is read again; one that does not fit its key is not taken', async () => {
  using data = store()
  await data.open()
  const [tlsCert, tlsKey] = [data.file('server.pem'), data.file('server.key')]
  const said: string[] = []
  await using lab = await openLab(database, { tlsCert, tlsKey }, undefined, undefined, undefined, (line) =>
    said.push(line),
  )
  const served = () => lab.server.services.apiService.certificate()
  const first = readFileSync(tlsCert, 'utf8')
  const key = readFileSync(tlsKey, 'utf8')
  const other = await signServer({ cert: data.read('ca.pem'), key: data.read('ca.key') }, ['localhost'], Date.now())
  writeFileSync(tlsCert, other.cert)
  await lab.server.renewCertificate(Date.now())
  assert.equal(served(), first)
  assert(said.some((line) => line.includes('is not the private key of the certificate')))
  writeFileSync(tlsKey, other.key)
  await lab.server.renewCertificate(Date.now())
  assert.equal(served(), other.cert)
  assert(existsSync(tlsKey) && key !== other.key)
})
