export const cookieName = 'JSESSIONID'

/** A cookie among a request's, the session's unless another is named; undefined where there is none. */
export function sessionCookie(header: string | undefined, name: string = cookieName): string | undefined {
  if (header === undefined) return undefined
  for (let at = 0; at < header.length; ) {
    const semicolon = header.indexOf(';', at)
    const end = semicolon < 0 ? header.length : semicolon
    while (header[at] === ' ') at++
    if (header.startsWith(`${name}=`, at)) return header.slice(at + name.length + 1, end).trim()
    at = end + 1
  }
  return undefined
}

/** Attributes of the session cookie. @see nsx-api.md 5.1 */
export const cookieAttributes = 'Path=/; Secure; HttpOnly; SameSite=Lax'
