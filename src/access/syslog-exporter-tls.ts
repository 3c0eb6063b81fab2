import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { SyslogExporterWithKey } from '../audit/syslog-export/exporter.ts'
import { AccessError } from './errors.ts'

/** A certificate on lines of its own. */
const block = /(?<=^|\n)-----BEGIN CERTIFICATE-----\r?\n[^-]*-----END CERTIFICATE-----(?=\s|$)/g

/**
 * Refuses what no TLS connection can be made with: certificates and keys that are none, a key without its certificate,
 * and all of them where the protocol is not TLS.
 *
 * @throws {AccessError} `invalid_field`; its text never has anything of a key.
 */
export function requireUsableTls(exporter: SyslogExporterWithKey): void {
  const { protocol, tlsCa, tlsCert, tlsClientCa, tlsKey } = exporter
  const given = { tls_ca_pem: tlsCa, tls_cert_pem: tlsCert, tls_client_ca_pem: tlsClientCa, tls_key_pem: tlsKey }
  for (const [property, pem] of Object.entries(given)) {
    if (pem === undefined) continue
    if (protocol !== 'TLS') throw invalid(`property ${property} needs protocol TLS, not ${protocol}`)
    if (property !== 'tls_key_pem') requireCertificates(property, pem)
  }
  if (tlsCert === undefined && tlsKey !== undefined) throw invalid('property tls_key_pem needs tls_cert_pem')
  if (tlsClientCa !== undefined && tlsCert === undefined) throw invalid('property tls_client_ca_pem needs tls_cert_pem')
  if (tlsCert === undefined) return
  if (tlsKey === undefined) throw invalid('property tls_cert_pem needs tls_key_pem')
  if (!new X509Certificate(tlsCert).checkPrivateKey(privateKey(tlsKey))) {
    throw invalid('property tls_key_pem is not the private key of tls_cert_pem')
  }
}

function requireCertificates(property: string, pem: string): void {
  const blocks = [...pem.matchAll(block)]
  if (blocks.length === 0 || pem.split('-----BEGIN').length - 1 !== blocks.length) {
    throw invalid(`property ${property} must hold certificates in PEM and nothing else`)
  }
  for (const [text] of blocks) {
    try {
      new X509Certificate(text)
    } catch (error) {
      throw invalid(`property ${property} has a certificate that cannot be read`, error)
    }
  }
}

function privateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch {
    // The cause may quote the key.
    throw invalid('property tls_key_pem is not a private key in PEM without a passphrase')
  }
}

function invalid(text: string, cause?: unknown): AccessError {
  return new AccessError('invalid_field', text, { cause })
}
