import { X509Certificate } from 'node:crypto'
import { AccessError } from '../errors.ts'

/** An X.509 certificate, its own first, then those that issued one another up from it as far as they were given. */
export type CertificateChain = readonly [X509Certificate, ...X509Certificate[]]

/** Bytes of PEM text that are looked at, and certificates in it. */
export const largestPem = 64 * 1024
const longestChain = 10

const sha2 = ['SHA-256', 'SHA-384', 'SHA-512']

/** Object identifiers of the signature algorithms that are SHA-256 or better. @see RFC 5758, RFC 8410 */
const strongSignatures = new Set([
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '2.16.840.1.101.3.4.3.2',
  '2.16.840.1.101.3.4.3.3',
  '2.16.840.1.101.3.4.3.4',
  '1.3.101.112',
  '1.3.101.113',
])
const rsaPss = '1.2.840.113549.1.1.10'

const leastBits = 2048
const strongCurves = new Set(['prime256v1', 'secp384r1', 'secp521r1'])

/** Whether a text holds a private key, of whatever kind. It is not to be shown to anyone. */
export const holdsPrivateKey = (text: string): boolean => /PRIVATE KEY/i.test(text)

/**
 * Reads a certificate from PEM text, with the certificates behind it. What stands between them is left out.
 *
 * @param field Name of the field it came in, for the refusal; the text itself is never part of that.
 * @throws {AccessError} `invalid_field` for a private key, for what is no certificate and for a chain out of order.
 */
export function readCertificateChain(field: string, text: string): CertificateChain {
  const refuse = (why: string) => new AccessError('invalid_field', `property ${field} ${why}`)
  if (holdsPrivateKey(text)) throw refuse('holds a private key, which must never be sent; send the certificate alone')
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
  if (blocks.length > longestChain) throw refuse(`holds more than ${longestChain} certificates`)
  let chain: X509Certificate[]
  try {
    chain = blocks.map((block) => new X509Certificate(block))
  } catch {
    throw refuse('is not a PEM encoded X.509 certificate')
  }
  const [own, ...issuers] = chain
  if (!own) throw refuse('is not a PEM encoded X.509 certificate')
  for (const [at, issuer] of issuers.entries()) {
    if (!isIssuedBy(chain[at] as X509Certificate, issuer)) {
      throw refuse('must hold a certificate, then the one that issued it, and so on')
    }
  }
  return [own, ...issuers]
}

/** The PEM text that is kept and shown: the certificates and nothing else. */
export const pemOf = (chain: CertificateChain): string => chain.map(String).join('')

/** SHA-256 of the certificate, 64 lower-case hex digits. */
export const fingerprintOf = (certificate: X509Certificate): string =>
  certificate.fingerprint256.replaceAll(':', '').toLowerCase()

/** Whether the one was really signed with the other's key, and the other may sign certificates. */
export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  if (!issuer.ca || certificate.issuer !== issuer.subject || !certificate.checkIssued(issuer)) return false
  try {
    return certificate.verify(issuer.publicKey)
  } catch {
    return false
  }
}

export type CertificateKind = 'ca' | 'self-signed' | 'signed'

export function kindOf(certificate: X509Certificate): CertificateKind {
  if (certificate.ca) return 'ca'
  return certificate.issuer === certificate.subject && certificate.verify(certificate.publicKey)
    ? 'self-signed'
    : 'signed'
}

/**
 * Refuses a certificate that is not to be relied on.
 *
 * @param field Name of the field it came in.
 * @param now Milliseconds since 1970. One that is not valid yet is taken: it can be made ready before its day.
 * @throws {AccessError} `invalid_field` for a signature weaker than SHA-256, an RSA or DSA key of less than 2048 bits,
 *   a curve smaller than P-256, and one that has expired.
 * @see NSX 9.0 administration guide, "Add a Role Assignment or Principal Identity"; the curves are inferred
 */
export async function requireSound(field: string, certificate: X509Certificate, now: number): Promise<void> {
  const refuse = (why: string) => new AccessError('invalid_field', `property ${field} ${why}`)
  if (!(await isStronglySigned(certificate))) {
    throw refuse(
      `is signed with ${certificate.signatureAlgorithm ?? 'an unknown algorithm'}; it must be SHA256 or better`,
    )
  }
  const { asymmetricKeyType: type = '', asymmetricKeyDetails: { modulusLength, namedCurve } = {} } =
    certificate.publicKey
  const isSized = type.startsWith('rsa') || type === 'dsa'
  if (isSized && (modulusLength ?? 0) < leastBits) {
    throw refuse(`has a key of ${modulusLength} bits; it must have at least ${leastBits}`)
  }
  const isStrongEllipse = type === 'ec' && strongCurves.has(namedCurve ?? '')
  if (!isSized && !isStrongEllipse && !type.startsWith('ed')) {
    throw refuse(`has a key of type ${namedCurve ?? type}; it must be RSA, DSA, ECDSA from P-256 on, or EdDSA`)
  }
  if (now > certificate.validToDate.getTime()) throw refuse(`expired on ${certificate.validToDate.toISOString()}`)
}

async function isStronglySigned(certificate: X509Certificate): Promise<boolean> {
  const { signatureAlgorithmOid } = certificate
  if (signatureAlgorithmOid !== rsaPss) return strongSignatures.has(signatureAlgorithmOid)
  // With PSS the hash is a parameter. Loaded only here: hardly anyone needs it.
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const algorithm = new x509.X509Certificate(certificate.raw).signatureAlgorithm
  return 'hash' in algorithm && sha2.includes((algorithm.hash as { name: string }).name)
}

const clientAuth = '1.3.6.1.5.5.7.3.2'
const anyUse = '2.5.29.37.0'

/** Whether a certificate is one to sign in with: it names that use, or no uses at all. @see RFC 5280, 4.2.1.12 */
export const isForClients = ({ keyUsage: uses }: Pick<X509Certificate, 'keyUsage'>): boolean =>
  !uses || uses.length === 0 || uses.includes(clientAuth) || uses.includes(anyUse)

/** @throws {AccessError} `invalid_field` for a certificate that is for servers only, or for anything else but clients. */
export function requireForClients(field: string, certificate: X509Certificate): void {
  if (isForClients(certificate)) return
  throw new AccessError(
    'invalid_field',
    `property ${field} is not for signing in: its extended key usage must have clientAuth, or be left out`,
  )
}

/** @throws {AccessError} `invalid_field` for the certificate of a CA: whoever has its key can sign anything. */
export function requireNoCa(field: string, certificate: X509Certificate): void {
  if (!certificate.ca) return
  throw new AccessError(
    'invalid_field',
    `property ${field} is a root or CA certificate; a principal identity needs one with basicConstraints CA:FALSE`,
  )
}

/** Whether a time, in milliseconds since 1970, is within the dates of a certificate, both included. */
export function isWithinDates(certificate: X509Certificate, now: number): boolean {
  // The dates have whole seconds.
  const second = Math.floor(now / 1000) * 1000
  return certificate.validFromDate.getTime() <= second && second <= certificate.validToDate.getTime()
}

/**
 * Whether a certificate holds at a time, as far as that can be told: it is within its dates, and where certificates
 * that issued it are known, one of them holds too.
 *
 * @param issuersOf The known certificates that issued one.
 */
export function holds(
  certificate: X509Certificate,
  issuersOf: (certificate: X509Certificate) => readonly X509Certificate[],
  now: number,
  failed = new Map<X509Certificate, boolean>(),
): boolean {
  if (!isWithinDates(certificate, now)) return false
  if (certificate.issuer === certificate.subject) return true
  // CAs can sign one another in a circle: one that is being asked already says nothing, and none is asked twice.
  failed.set(certificate, false)
  const issuers = issuersOf(certificate).filter((issuer) => failed.get(issuer) !== false)
  const found = issuers.length === 0 || issuers.some((one) => !failed.has(one) && holds(one, issuersOf, now, failed))
  failed.set(certificate, !found)
  return found
}
