import 'reflect-metadata'
import { createPrivateKey, type KeyObject, type webcrypto, X509Certificate } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import type { Journal } from '../../../audit/journal.ts'
import type { Secrets } from '../../../store/secrets.ts'
import type { Stores } from '../../../store/stores.ts'
import type { Clock } from '../../clock.ts'

/** What tokens are signed with, and what whoever checks them is shown. */
export interface TokenSigner {
  /** RSA, 2048 bits. */
  key: KeyObject
  certificate: X509Certificate
  /** The certificate, base64. */
  der: string
}

export type TokenSigners = ReturnType<typeof createTokenSigners>

/** Where the certificate and the sealed key are kept. */
const property = 'sso_token_signer'

const dayInMs = 24 * 60 * 60 * 1000
/** Clients keep the certificate: one that is replaced often is trusted by few. */
const days = 3650
/** A certificate is replaced so many days before it ends: no token lives longer. */
const daysBeforeEnd = 30

/**
 * The certificate that this server signs tokens with: made when the first token is asked for, and kept, its key sealed,
 * in the store. One that cannot be opened any more is replaced; tokens of the one before are worth nothing then.
 */
export function createTokenSigners(stores: Stores, secrets: Secrets, journal: Journal, clock: Clock) {
  let current: Promise<TokenSigner> | undefined

  async function stored(): Promise<TokenSigner | undefined> {
    const text = await stores.properties.find(property)
    if (text === undefined) return undefined
    const { certificate, sealedKey } = JSON.parse(text) as { certificate: string; sealedKey: string }
    const key = secrets.open(sealedKey, property)
    return key === undefined ? undefined : signerOf(certificate, key)
  }

  async function make(): Promise<TokenSigner> {
    const { certificate, key } = await makeCertificate(clock())
    const value = JSON.stringify({ certificate, sealedKey: secrets.seal(key, property) })
    await journal.change(
      ({ stores }) => stores.properties.put(property, value),
      () => undefined,
    )
    return signerOf(certificate, key)
  }

  const isGood = ({ certificate }: TokenSigner) => clock() < certificate.validToDate.getTime() - daysBeforeEnd * dayInMs

  return {
    /** The one of now. */
    async current(): Promise<TokenSigner> {
      current ??= stored().then((found) => found ?? make())
      try {
        const signer = await current
        if (isGood(signer)) return signer
        current = make()
        return await current
      } catch (error) {
        current = undefined
        throw error
      }
    },
  }
}

function signerOf(pem: string, key: string): TokenSigner {
  const certificate = new X509Certificate(pem)
  return { key: createPrivateKey(key), certificate, der: certificate.raw.toString('base64') }
}

async function makeCertificate(now: number): Promise<{ certificate: string; key: string }> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  }
  const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=ssoserverSign',
    keys,
    signingAlgorithm: algorithm,
    // The clocks of clients may be a day behind.
    notBefore: new Date(now - dayInMs),
    notAfter: new Date(now + days * dayInMs),
    extensions: [new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true)],
  })
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  return {
    certificate: certificate.toString('pem'),
    key: x509.PemConverter.encode(pkcs8, x509.PemConverter.PrivateKeyTag),
  }
}
