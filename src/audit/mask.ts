/** `old_password`, `newPassword`, `api_key`, `tls_key_pem`, `Authorization`, but not `password_change_frequency`. */
const secretName =
  /(password|passwd|passcode|pwd|passphrase|secret|credentials?|token|bearer|authorization|cookie|jsessionid|(^|[_-])(otp|pin)|(api|access|private|secret|session|shared|encryption|signing)[-_]?key|key[-_]?pem|signature)$/i

/** In a URL also what a provider sends a browser back with: whoever has it may sign in as somebody. @see RFC 6749 4.1.2 */
const secretParameter = /^(code|state)$/

/** What stands for what the audit log does not show. */
export const mask = '*****'

/**
 * Words joined as fields' names are. A digit is in no field's name that a client makes up, but is in every password that
 * NSX Manager's or vCenter's policy takes as it is laid down: what stands where a name should is shown only without.
 */
const likeName = /^[~@$_]{0,2}[A-Za-z]+([._:-][A-Za-z]+)*$/
const longestName = 40

/** A field's name that nobody has declared, as the audit log may show it: it may be a secret in the wrong place. */
export const shownName = (name: string): string => (name.length <= longestName && likeName.test(name) ? name : mask)

/** Fields that should hold certificates. */
const certificateName = /pem(_encoded)?$/i
const onlyCertificates = /^\s*(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/

/** A text without the private key that somebody pasted where a certificate belongs, and whatever follows it. */
export function maskKey(text: string): string {
  return text.replace(/-----BEGIN [A-Z0-9 ]*PRIVATE KEY[\s\S]*/, mask)
}

/** Who signs in with a URL; credentials as a header has them; a secret behind its name. */
const userinfo = /([a-z][a-z0-9+.-]{0,30}:\/\/)[^/?#@\s"']{0,1024}@/gi
const credentials = /\b(basic|bearer|digest)\s+[^\s,;"']+/gi
const assigned = /([\w.-]{1,60})(\s?[=:]\s?)("[^"]*"|'[^']*'|[^\s&;,"']+)/g

/** A text without the secrets that can be told in it: private keys, credentials in URLs and headers, `password=…`. */
export function maskText(text: string): string {
  const plain = maskKey(text)
  if (!/[=:@\s]/.test(plain)) return plain
  return plain
    .replace(userinfo, `$1${mask}@`)
    .replace(credentials, `$1 ${mask}`)
    .replace(assigned, (all, name: string, sign: string) => (secretName.test(name) ? `${name}${sign}${mask}` : all))
}

/** The value of a field as its name lets it be shown. */
export function maskField(name: string, value: unknown): unknown {
  if (secretName.test(name)) return mask
  if (certificateName.test(name)) return typeof value === 'string' && onlyCertificates.test(value) ? value : mask
  return value
}

/** A copy of a JSON value in which the value of every field with a secret's name, and every private key, is `*****`. */
export function maskSecrets(value: unknown): unknown {
  if (typeof value === 'string') return maskText(value)
  if (Array.isArray(value)) return value.map(maskSecrets)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskField(name, maskSecrets(inner))]))
}

/** Where a URL is none that begins with its path: the scheme, and who signs in. */
const authority = /^((?:[a-z][a-z0-9+.-]*:)?[\\/]{2,}|(?![\\/]))[^/?#\\]*@/i

/**
 * A URL in which the value of every query parameter is `*****`, but for those that are declared and have no secret's name;
 * and so is who signs in with it.
 *
 * @param declared Names of parameters.
 */
export function maskUrl(url: string, declared: ReadonlySet<string>): string {
  const anonymous = maskKey(url).replace(authority, `$1${mask}@`)
  const question = anonymous.indexOf('?')
  if (question < 0) return anonymous
  const pairs = anonymous.slice(question + 1).split(/([&;])/)
  return anonymous.slice(0, question + 1) + pairs.map((pair) => maskParameter(pair, declared)).join('')
}

function maskParameter(pair: string, declared: ReadonlySet<string>): string {
  const [written = '', ...rest] = pair.split('=')
  const name = decoded(written)
  const isDeclared = declared.has(name) || declared.has(name.replace(/\.\d{1,6}$/, ''))
  const shown = written === '' || isDeclared || /^[&;]$/.test(pair) || shownName(name) !== mask ? written : mask
  if (rest.length === 0) return shown
  const value = rest.join('=')
  if (!isDeclared || secretName.test(name) || secretParameter.test(name)) return `${shown}=${mask}`
  const text = decoded(value)
  return `${shown}=${maskText(text) === text ? value : mask}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
