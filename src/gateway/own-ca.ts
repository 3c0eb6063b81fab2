import 'reflect-metadata'
import type { webcrypto } from 'node:crypto'
import { BlockList, isIP } from 'node:net'
import { AsnConvert } from '@peculiar/asn1-schema'
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from '@peculiar/asn1-x509'
import * as x509 from '@peculiar/x509'

/** A certificate and its key, PEM. */
export interface CertificatePair {
  cert: string
  key: string
}

const dayInMs = 24 * 60 * 60 * 1000
const caDays = 730
const serverDays = 397
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

const makeKeys = (of: webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams = algorithm) =>
  crypto.subtle.generateKey(of, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>

/** The clocks of clients may be a day behind. */
const validity = (now: number, days: number) => ({
  notBefore: new Date(now - dayInMs),
  notAfter: new Date(now + (days - 1) * dayInMs),
})

async function pemOf(certificate: x509.X509Certificate, { privateKey }: webcrypto.CryptoKeyPair) {
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', privateKey)
  const key = x509.PemConverter.encode(pkcs8, x509.PemConverter.PrivateKeyTag)
  return { cert: `${certificate.toString('pem')}\n`, key }
}

/** Makes a CA, ECDSA P-256, which can sign for nothing but some names, and the names below them. */
export async function makeCa(names: readonly string[], now: number): Promise<CertificatePair> {
  const keys = await makeKeys()
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Sallyport CA',
    keys,
    signingAlgorithm: algorithm,
    ...validity(now, caDays),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.Extension(id_ce_nameConstraints, true, AsnConvert.serialize(constraintsTo(names))),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return pemOf(ca, keys)
}

/** @see RFC 5280, 4.2.1.10 */
function constraintsTo(names: readonly string[]): NameConstraints {
  const bases = names.map((name) => {
    const kind = isIP(name)
    return new GeneralName(kind ? { iPAddress: `${name}/${kind === 4 ? 32 : 128}` } : { dNSName: name })
  })
  return new NameConstraints({
    permittedSubtrees: new GeneralSubtrees(bases.map((base) => new GeneralSubtree({ base }))),
  })
}

/** Which names a CA may sign for; one without constraints, for all. */
export function permittedBy(caCert: string): (name: string) => boolean {
  const extension = new x509.X509Certificate(caCert).getExtension(id_ce_nameConstraints)
  if (!extension) return () => true
  const { permittedSubtrees = [] } = AsnConvert.parse(extension.value, NameConstraints)
  const addresses = new BlockList()
  const domains: string[] = []
  for (const { base } of permittedSubtrees) {
    const [address = '', prefix] = base.iPAddress?.split('/') ?? []
    if (address) addresses.addSubnet(address, Number(prefix), isIP(address) === 4 ? 'ipv4' : 'ipv6')
    else if (base.dNSName !== undefined) domains.push(base.dNSName.toLowerCase())
  }
  return (name) => {
    const kind = isIP(name)
    if (kind) return addresses.check(name, kind === 4 ? 'ipv4' : 'ipv6')
    return domains.some((domain) => name === domain || name.endsWith(`.${domain}`))
  }
}

/** The first name that says which machine it is, of the 64 characters that a common name has at most. */
const commonName = (names: readonly string[]) =>
  names.find((name) => !isIP(name) && name !== 'localhost' && name.length <= 64) ?? 'localhost'

/** Keys of server certificates. */
export type ServerKey = 'ec' | 'rsa'

/** RSA of 2048 bits, as NSX's own certificate has it: a larger one costs every handshake several times as much. */
const keyAlgorithms = {
  ec: algorithm,
  rsa: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
}

/** What the key is used for: suites without forward secrecy have the client encrypt with an RSA key. */
const usages = {
  ec: x509.KeyUsageFlags.digitalSignature,
  rsa: x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
}

/** Makes a server certificate, ECDSA P-256 or RSA 2048, that ends no later than the CA does. */
export async function signServer(
  { cert, key }: CertificatePair,
  names: readonly string[],
  now: number,
  kind: ServerKey = 'ec',
): Promise<CertificatePair> {
  const ca = new x509.X509Certificate(cert)
  const der = x509.PemConverter.decodeFirst(key)
  const signingKey = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
  const keys = await makeKeys(keyAlgorithms[kind])
  const { notBefore, notAfter } = validity(now, serverDays)
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${commonName(names)}`,
    issuer: ca.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    notBefore,
    notAfter: notAfter < ca.notAfter ? notAfter : ca.notAfter,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(usages[kind], true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) ? 'ip' : 'dns', value: name }) as const),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(ca),
    ],
  })
  return pemOf(certificate, keys)
}
