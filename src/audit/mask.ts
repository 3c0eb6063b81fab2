const secretNames = new Set([
  'password',
  'old_password',
  'oldpassword',
  'j_password',
  'passwd',
  'secret',
  'client_secret',
  'private_key',
  'passphrase',
  'token',
])

const mask = '*****'

/** A copy of a JSON value in which the value of every field with a secret's name is `*****`. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      secretNames.has(name.toLowerCase()) ? mask : maskSecrets(inner),
    ]),
  )
}

/** A URL in which the value of every query parameter with a secret's name is `*****`. */
export function maskUrl(url: string): string {
  const question = url.indexOf('?')
  if (question < 0) return url
  const query = url
    .slice(question + 1)
    .split('&')
    .map((pair) => {
      const name = pair.split('=', 1)[0] as string
      return secretNames.has(decoded(name).toLowerCase()) ? `${name}=${mask}` : pair
    })
  return `${url.slice(0, question)}?${query.join('&')}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
