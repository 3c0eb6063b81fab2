import 'reflect-metadata'
import type { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const dayInMs = 24 * 60 * 60 * 1000

export interface TestCertificate {
  /** PEM. */
  cert: string
  /** PEM. */
  key: string
}

/** A CA of its own that issues certificates for servers. */
export interface TestCa {
  /** PEM. */
  cert: string
  issue(names: string[], days?: { from: number; to: number }): Promise<TestCertificate>
}

const makeKeys = () =>
  crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>

const validity = ({ from, to }: { from: number; to: number }) => ({
  notBefore: new Date(Date.now() + from * dayInMs),
  notAfter: new Date(Date.now() + to * dayInMs),
})

export async function makeCa(name: string): Promise<TestCa> {
  const keys = await makeKeys()
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    ...validity({ from: -1, to: 10 }),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  })
  return {
    cert: ca.toString('pem'),
    async issue(names, days = { from: -1, to: 5 }) {
      const own = await makeKeys()
      const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=${names[0]}`,
        issuer: ca.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        ...validity(days),
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.SubjectAlternativeNameExtension(
            names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }) as const),
          ),
        ],
      })
      const pkcs8 = await crypto.subtle.exportKey('pkcs8', own.privateKey)
      const key = x509.PemConverter.encode(pkcs8, x509.PemConverter.PrivateKeyTag)
      return { cert: certificate.toString('pem'), key }
    },
  }
}
