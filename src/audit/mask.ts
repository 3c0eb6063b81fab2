/** `old_password`, `newPassword`, `client-secret`, `tls_key_pem`, but not `password_change_frequency`. */
const secretName = /(password|passwd|pwd|passphrase|secret|token|private[-_]?key|key[-_]?pem)$/i

/** In a URL also what a provider sends a browser back with: whoever has it may sign in as somebody. @see RFC 6749 4.1.2 */
const secretParameter = /^(code|state)$/

const mask = '*****'

/** Fields that should hold certificates. */
const certificateName = /pem(_encoded)?$/i
const onlyCertificates = /^\s*(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/

/** A text without the private key that somebody pasted where a certificate belongs, and whatever follows it. */
export function maskKey(text: string): string {
  return text.replace(/-----BEGIN [A-Z0-9 ]*PRIVATE KEY[\s\S]*/, mask)
}

function maskField(name: string, value: unknown): unknown {
  if (secretName.test(name)) return mask
  if (certificateName.test(name)) return typeof value === 'string' && onlyCertificates.test(value) ? value : mask
  return maskSecrets(value)
}

/** A copy of a JSON value in which the value of every field with a secret's name, and every private key, is `*****`. */
export function maskSecrets(value: unknown): unknown {
  if (typeof value === 'string') return maskKey(value)
  if (Array.isArray(value)) return value.map(maskSecrets)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskField(name, inner)]))
}

/** A URL in which the value of every query parameter with a secret's name is `*****`, and so is who signs in with it. */
export function maskUrl(url: string): string {
  const anonymous = url.startsWith('/') ? url : url.replace(/^([a-z]+:\/\/)[^/?#]*@/i, `$1${mask}@`)
  const question = anonymous.indexOf('?')
  if (question < 0) return anonymous
  const query = anonymous
    .slice(question)
    .replace(/([?&;])([^=&;]*)=([^&;]*)/g, (pair, before, name) =>
      secretName.test(decoded(name)) || secretParameter.test(decoded(name)) ? `${before}${name}=${mask}` : pair,
    )
  return anonymous.slice(0, question) + query
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
