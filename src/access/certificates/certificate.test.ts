import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { type KeyKind, makeCertificate } from '../../../test/certificates.ts'
import {
  fingerprintOf,
  holds,
  isIssuedBy,
  isWithinDates,
  kindOf,
  pemOf,
  readCertificateChain,
  requireForClients,
  requireNoCa,
  requireSound,
} from './certificate.ts'

const now = Date.UTC(2026, 10, 22, 12)
const read = (pem: string) => readCertificateChain('certificate_pem', pem)
const x509 = ({ cert }: { cert: string }) => new X509Certificate(cert)

/** CN=dsa, a DSA key of 2048 bits, signed with SHA-256. */
const dsa = `-----BEGIN CERTIFICATE-----
MIIEVDCCBAGgAwIBAgIUbAIjSzWULBFUfkUXAepSmUv0ej8wCwYJYIZIAWUDBAMC
MA4xDDAKBgNVBAMMA2RzYTAeFw0yNjExMjUwMjA5NTJaFw0zNjExMjIwMjA5NTJa
MA4xDDAKBgNVBAMMA2RzYTCCA0MwggI1BgcqhkjOOAQBMIICKAKCAQEAg8ImKGW0
F/BRvQKOo03ZpSWaNbNOvGYf5i8QhabfC3j6ndCOWga+HxTSVhLltepj2fKp96TE
8AtZIOSlIDici4gY+c8HRu7WBJvUO/Ke1KtM3nRNS6dm+6y1H0xqr3BKOCNGVjXD
fwplKJPE0RQRde7UNPj36SdmAHphMMXZLVAblNUJ9KvfXXPwJHyj9+fpjI9+mJtf
QeN+Qql242g9SoL9T5r+1GNBs7hV7AbQV6hSq+ovZqaPUGsh6FhSi0xHKHcPCujp
uAlr/SMD6Ubc5HfmmMjlFKKt91/qa0s/H0R9IUsQXmI7zEirsC3e8PA8pYWtIIL8
7GBLfPzuHCQY6QIdANV6wSaOEthfI8uGyVbtP/2x6JoOjvlcpXeaa6UCggEAMVza
HZwfvKJlLeEOoXGsNPpZgwZzhnSie5e07WNHU60CzHdINDio62R9Y2KEHtxaag69
aHXymMDaFkzV8hsw4BoWqc6O/OtN31PlRNLKFRNS88++GdSUGrhoTdtaZ7vBo14S
Iq98s1o12x5RL5lEx7iIkjPVVnzy4Jf9jAw9utxijaxwo+IqH2WW07V55fEJhMTD
u3NlfyRIrgsvGyMV488/BbXObPfLmE/1nMK+QghttBIqeu6gw9AnT16YtpHnJpgt
uruZ5tLn/q58uiv9ijO0opTp6PcVtHI81ABMJTAbQnSue2Wn3YMds/8l3CI9vz0Y
otJEWyQ+5KfTB0GDRwOCAQYAAoIBAQCDTvaEwAh8H0CN4WD56aUUoYu7WRk8n0X9
V9h4NH1/eYm7uyMu9wY5JjnvClRmZtp6NG86siiTXKwu/rXFWrCgn6a8cmLJJylP
gar/hBC320Eve2zuQRKxPf0pgxZqB/FxQolNcubjq24WFEpo5SNDEHuBNY1ZRuS+
uRKlDoeVS7H0cAK1pq/8xlUJz0keBokeXp1e05y5ELx4QpBtA6FHlIdgydwiHWxz
FvHcCBeDRRJx1xy1RpNH0dYX/fmh+Fv47rHAuOmQKvQyNgNnElrd0K7IGvCQxbYj
Hy+vgxgRFPUWr3HFS+HC+a2TxdWkXP4BsCy9Q91e5ILcp5I2+DxVo1AwTjAdBgNV
HQ4EFgQUJTNcTj7OpkOjAjNkgACW9N6kSLIwHwYDVR0jBBgwFoAUJTNcTj7OpkOj
AjNkgACW9N6kSLIwDAYDVR0TAQH/BAIwADALBglghkgBZQMEAwIDQAAwPQIdAKr6
eW6MLHpZ1wwgUXUvFPhixDRWZ3Mfx5IFLLcCHD7sLWTOqDO91Itu0y3D0uq0hzEn
5tOEpauWHnM=
-----END CERTIFICATE-----`

test('a certificate is sound from SHA-256 and 2048 bits on, whatever its kind', async () => {
  for (const kind of ['P-256', 'RSA 2048', 'RSA-PSS', 'Ed25519'] as const) {
    await requireSound('certificate_pem', x509(await makeCertificate('robot', { kind })), now)
  }
  await requireSound('certificate_pem', new X509Certificate(dsa), now)
})

test('a weak signature, a short key and an expired certificate are refused', async () => {
  const refused: [KeyKind, RegExp][] = [
    ['RSA 1024', /has a key of 1024 bits; it must have at least 2048/],
    ['RSA with SHA-1', /is signed with sha1WithRSAEncryption; it must be SHA256 or better/],
    ['RSA-PSS with SHA-1', /is signed with rsassaPss; it must be SHA256 or better/],
    ['ECDSA with SHA-1', /is signed with ecdsa-with-SHA1; it must be SHA256 or better/],
  ]
  for (const [kind, message] of refused) {
    const certificate = x509(await makeCertificate('robot', { kind }))
    await assert.rejects(requireSound('certificate_pem', certificate, now), { code: 'invalid_field', message }, kind)
  }
  const expired = x509(await makeCertificate('robot', { to: now - 1000 }))
  await assert.rejects(requireSound('certificate_pem', expired, now), {
    message: 'property certificate_pem expired on 2026-11-22T11:59:59.000Z',
  })
  await requireSound('certificate_pem', x509(await makeCertificate('robot', { from: now + 1000 })), now)
})

test('the certificate of a CA is no identity', async () => {
  const ca = x509(await makeCertificate('ca', { ca: true }))
  assert.throws(() => requireNoCa('certificate_pem', ca), { code: 'invalid_field' })
  requireNoCa('certificate_pem', x509(await makeCertificate('robot')))
})

test('a certificate that names its uses signs in only when clients are among them', async () => {
  for (const uses of [undefined, ['clientAuth'], ['serverAuth', 'clientAuth']] as const) {
    requireForClients('certificate_pem', x509(await makeCertificate('robot', { uses })))
  }
  for (const uses of [['serverAuth'], ['codeSigning', 'emailProtection']] as const) {
    const certificate = x509(await makeCertificate('robot', { uses }))
    assert.throws(() => requireForClients('certificate_pem', certificate), {
      code: 'invalid_field',
      message: /property certificate_pem is not for signing in: its extended key usage must have clientAuth/,
    })
  }
})
test('a chain is read in its order, and nothing else of the text is kept', async () => {
  const root = await makeCertificate('root', { ca: true })
  const middle = await makeCertificate('middle', { ca: true, by: root })
  const robot = await makeCertificate('robot', { by: middle })
  const text = `Bag Attributes\r\n${robot.cert}\nbetween\n${middle.cert}${root.cert}behind`
  const chain = read(text)
  assert.deepEqual(chain.map(fingerprintOf), [robot.fingerprint, middle.fingerprint, root.fingerprint])
  assert.doesNotMatch(pemOf(chain), /Bag|between|behind/)
  assert.deepEqual(read(pemOf(chain)).map(fingerprintOf), chain.map(fingerprintOf))
  assert.deepEqual(chain.map(kindOf), ['signed', 'ca', 'ca'])
  assert.equal(kindOf(x509(await makeCertificate('alone'))), 'self-signed')

  for (const wrong of [robot.cert + root.cert, middle.cert + robot.cert, robot.cert + robot.cert]) {
    assert.throws(() => read(wrong), { code: 'invalid_field', message: /then the one that issued it/ })
  }
  assert.throws(() => read(robot.cert.repeat(11)), { message: /more than 10 certificates/ })
})

test('what is no certificate is refused, and a private key is not repeated', async () => {
  const robot = await makeCertificate('robot')
  for (const text of ['', 'x', robot.cert.slice(0, -40), robot.cert.replace('MII', 'AAA'), '\0'.repeat(100)]) {
    assert.throws(() => read(text), { code: 'invalid_field', message: /is not a PEM encoded X.509 certificate/ })
  }
  for (const text of [robot.key, robot.cert + robot.key, robot.key.replaceAll('PRIVATE', 'RSA PRIVATE')]) {
    assert.throws(
      () => read(text),
      (error: Error) => /holds a private key/.test(error.message) && !error.message.includes(robot.key.slice(30, 60)),
    )
  }
})

test('a certificate holds from its first second to its last', async () => {
  const certificate = x509(await makeCertificate('robot', { from: now, to: now + 60_000 }))
  for (const [at, within] of [
    [now - 1, false],
    [now, true],
    [now + 60_000, true],
    [now + 60_999, true],
    [now + 61_000, false],
  ] as const) {
    assert.equal(isWithinDates(certificate, at), within, String(at - now))
  }
})

test('who issued a certificate is told by the key, not by the name', async () => {
  const ca = await makeCertificate('ca', { ca: true })
  const namesake = await makeCertificate('ca', { ca: true })
  const renewed = await makeCertificate('ca', { ca: true, keys: ca.keys })
  const noCa = await makeCertificate('ca', { keys: ca.keys })
  const robot = x509(await makeCertificate('robot', { by: ca }))
  assert(isIssuedBy(robot, x509(ca)) && isIssuedBy(robot, x509(renewed)))
  for (const other of [namesake, noCa]) assert(!isIssuedBy(robot, x509(other)))
})

test('a certificate holds as long as one of those that are known to have issued it', async () => {
  const later = now + 60_000
  const ca = await makeCertificate('ca', { ca: true, to: now })
  const renewed = await makeCertificate('ca', { ca: true, keys: ca.keys })
  const robot = x509(await makeCertificate('robot', { by: ca }))
  const among = (known: X509Certificate[]) => (one: X509Certificate) => known.filter((k) => isIssuedBy(one, k))
  assert(holds(robot, among([]), later))
  assert(holds(robot, among([x509(ca)]), now))
  assert(!holds(robot, among([x509(ca)]), later))
  assert(holds(robot, among([x509(ca), x509(renewed)]), later))

  // Two CAs that signed each other.
  const a = await makeCertificate('a', { ca: true })
  const b = await makeCertificate('b', { ca: true, by: a })
  const back = await makeCertificate('a', { ca: true, by: b, keys: a.keys })
  const leaf = x509(await makeCertificate('leaf', { by: b }))
  assert(holds(leaf, among([x509(b), x509(back)]), now))
  const old = await makeCertificate('a', { ca: true, keys: a.keys, to: now - 1000 })
  assert(!holds(leaf, among([x509(b), x509(old)]), now))
  assert(holds(leaf, among([x509(b), x509(old), x509(back)]), now))
})
