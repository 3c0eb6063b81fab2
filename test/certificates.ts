import 'reflect-metadata'
import { type webcrypto, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'

const algorithms = {
  'P-256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  'ECDSA with SHA-1': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-1' },
  'RSA 2048': rsa('RSASSA-PKCS1-v1_5', 2048, 'SHA-256'),
  'RSA 1024': rsa('RSASSA-PKCS1-v1_5', 1024, 'SHA-256'),
  'RSA with SHA-1': rsa('RSASSA-PKCS1-v1_5', 2048, 'SHA-1'),
  'RSA-PSS': rsa('RSA-PSS', 2048, 'SHA-256'),
  'RSA-PSS with SHA-1': rsa('RSA-PSS', 2048, 'SHA-1'),
  Ed25519: { name: 'Ed25519' },
}
export type KeyKind = keyof typeof algorithms

function rsa(name: string, modulusLength: number, hash: string) {
  return { name, modulusLength, publicExponent: new Uint8Array([1, 0, 1]), hash, saltLength: 32 }
}

export interface Made {
  /** PEM. */
  cert: string
  /** PEM, PKCS #8. */
  key: string
  fingerprint: string
  keys: webcrypto.CryptoKeyPair
  made: x509.X509Certificate
}

export interface Wanted {
  kind?: KeyKind
  /** The key of another certificate. */
  keys?: webcrypto.CryptoKeyPair
  /** Absent: it signs itself. */
  by?: Made
  ca?: boolean
  /** Host names and addresses of a server. */
  names?: readonly string[]
  /** Extended key usages. Absent: it has none, and is for every use. */
  uses?: readonly (keyof typeof x509.ExtendedKeyUsage)[]
  /** Milliseconds since 1970. */
  from?: number
  to?: number
}

const day = 24 * 60 * 60 * 1000
const year = 365 * day

/** Makes a certificate and its key. It is valid around the day that the lab's clock begins with. */
export async function makeCertificate(commonName: string, wanted: Wanted = {}): Promise<Made> {
  const { kind = 'P-256', by, ca = false, names, uses, from = Date.UTC(2026, 0), to = from + 2 * year } = wanted
  const algorithm = algorithms[kind]
  const keys =
    wanted.keys ??
    ((await crypto.subtle.generateKey(algorithm as webcrypto.EcKeyGenParams, true, [
      'sign',
      'verify',
    ])) as webcrypto.CryptoKeyPair)
  const made = await x509.X509CertificateGenerator.create({
    subject: `CN=${commonName}`,
    issuer: by?.made.subject ?? `CN=${commonName}`,
    publicKey: keys.publicKey,
    signingKey: (by?.keys ?? keys).privateKey,
    signingAlgorithm: (by ? algorithms['P-256'] : algorithm) as webcrypto.EcdsaParams,
    notBefore: new Date(from),
    notAfter: new Date(to),
    extensions: [
      new x509.BasicConstraintsExtension(ca, undefined, true),
      ...(ca ? [new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)] : []),
      ...(names ? [alternativeNames(names)] : []),
      ...(uses ? [new x509.ExtendedKeyUsageExtension(uses.map((use) => x509.ExtendedKeyUsage[use]))] : []),
    ],
  })
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  const cert = `${made.toString('pem')}\n`
  const fingerprint = new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase()
  return { cert, key, fingerprint, keys, made }
}

const alternativeNames = (names: readonly string[]) =>
  new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }) as const))

/** A CA that issues certificates for servers and clients. They are valid around now, by the machine's clock. */
export interface TestCa {
  /** PEM. */
  cert: string
  /** @param days From today on. */
  issue(names: readonly string[], days?: { from: number; to: number }): Promise<Made>
}

export async function makeCa(name: string): Promise<TestCa> {
  const within = (from: number, to: number) => ({ from: Date.now() + from * day, to: Date.now() + to * day })
  const ca = await makeCertificate(name, { ca: true, ...within(-1, 10) })
  return {
    cert: ca.cert,
    issue: (names, { from, to } = { from: -1, to: 5 }) =>
      makeCertificate(names[0] ?? name, { by: ca, names, ...within(from, to) }),
  }
}
