import { X509Certificate } from 'node:crypto'

const block = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

/** The certificates of a PEM text; undefined where it holds none, anything else, or one that cannot be read. */
export function parseCertificates(pem: string): X509Certificate[] | undefined {
  const blocks = pem.match(block) ?? []
  if (blocks.length === 0 || pem.replace(block, '').trim() !== '') return undefined
  try {
    return blocks.map((text) => new X509Certificate(text))
  } catch {
    return undefined
  }
}
