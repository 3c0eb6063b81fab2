import type { ApiServiceConfig, CipherSuiteName, ProtocolName } from '../access/api-service.ts'
import { protocolNames } from '../access/api-service.ts'

/** What a listener is to negotiate, as `node:tls` takes it. */
export interface TlsSettings {
  minVersion: ProtocolName
  maxVersion: ProtocolName
  /** OpenSSL's names, the preferred first. */
  ciphers: string
}

/** A certificate's key; with any other, only the suites of TLS 1.3 are sure to work. */
export type KeyType = 'rsa' | 'ec' | 'other'

interface Suite {
  openssl: string
  /** The key that the certificate must have; none: whatever it has. */
  key?: KeyType
  versions: readonly ProtocolName[]
}

const tls13: readonly ProtocolName[] = ['TLSv1.3']
const tls12: readonly ProtocolName[] = ['TLSv1.2']
const upTo12: readonly ProtocolName[] = ['TLSv1.1', 'TLSv1.2']
const ecdsa: Suite = { openssl: 'ECDHE-ECDSA-AES256-GCM-SHA384', key: 'ec', versions: tls12 }

/**
 * Every suite that can be named, the best first: the order in which they are preferred, for the one in which NSX
 * lists them begins with the weakest.
 *
 * @see IANA TLS Cipher Suites registry; openssl-ciphers(1), "CIPHER SUITE NAMES"
 */
const suites: Record<CipherSuiteName, Suite> = {
  TLS_AES_256_GCM_SHA384: { openssl: 'TLS_AES_256_GCM_SHA384', versions: tls13 },
  TLS_CHACHA20_POLY1305_SHA256: { openssl: 'TLS_CHACHA20_POLY1305_SHA256', versions: tls13 },
  TLS_AES_128_GCM_SHA256: { openssl: 'TLS_AES_128_GCM_SHA256', versions: tls13 },
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: ecdsa,
  TLS_ECDSA_WITH_AES_256_GCM_SHA384: ecdsa,
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: { openssl: 'ECDHE-RSA-AES256-GCM-SHA384', key: 'rsa', versions: tls12 },
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: { openssl: 'ECDHE-RSA-AES128-GCM-SHA256', key: 'rsa', versions: tls12 },
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384: { openssl: 'ECDHE-RSA-AES256-SHA384', key: 'rsa', versions: tls12 },
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: { openssl: 'ECDHE-RSA-AES128-SHA256', key: 'rsa', versions: tls12 },
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: { openssl: 'ECDHE-RSA-AES256-SHA', key: 'rsa', versions: upTo12 },
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: { openssl: 'ECDHE-RSA-AES128-SHA', key: 'rsa', versions: upTo12 },
  TLS_RSA_WITH_AES_256_GCM_SHA384: { openssl: 'AES256-GCM-SHA384', key: 'rsa', versions: tls12 },
  TLS_RSA_WITH_AES_128_GCM_SHA256: { openssl: 'AES128-GCM-SHA256', key: 'rsa', versions: tls12 },
  TLS_RSA_WITH_AES_256_CBC_SHA256: { openssl: 'AES256-SHA256', key: 'rsa', versions: tls12 },
  TLS_RSA_WITH_AES_128_CBC_SHA256: { openssl: 'AES128-SHA256', key: 'rsa', versions: tls12 },
  TLS_RSA_WITH_AES_256_CBC_SHA: { openssl: 'AES256-SHA', key: 'rsa', versions: upTo12 },
  TLS_RSA_WITH_AES_128_CBC_SHA: { openssl: 'AES128-SHA', key: 'rsa', versions: upTo12 },
}

/**
 * What can be negotiated of what is enabled, with certificates of these keys. A version is served when it is enabled
 * and one of its suites is.
 *
 * @returns undefined when that is nothing.
 */
export function tlsSettings(
  { protocolVersions, cipherSuites }: Pick<ApiServiceConfig, 'protocolVersions' | 'cipherSuites'>,
  keys: readonly KeyType[],
): TlsSettings | undefined {
  const enabled = new Set(cipherSuites.filter((one) => one.enabled).map(({ name }) => name))
  const usable = Object.entries(suites)
    .filter(([name, suite]) => enabled.has(name) && (suite.key === undefined || keys.includes(suite.key)))
    .map(([, suite]) => suite)
  const served = protocolNames.filter(
    (version) =>
      protocolVersions.some((one) => one.enabled && one.name === version) &&
      usable.some(({ versions }) => versions.includes(version)),
  )
  const [minVersion, maxVersion] = [served[0], served.at(-1)]
  if (!minVersion || !maxVersion) return undefined
  const ciphers = usable
    .filter(({ versions }) => versions.some((version) => served.includes(version)))
    .map(({ openssl }) => openssl)
  // OpenSSL takes the signatures of TLS 1.1 for no security at all, and speaks it at this level only.
  if (minVersion === 'TLSv1.1') ciphers.push('@SECLEVEL=0')
  return { minVersion, maxVersion, ciphers: [...new Set(ciphers)].join(':') }
}
