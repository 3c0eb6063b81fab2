export const cookieName = 'JSESSIONID'

/** The session id among a request's cookies; undefined where there is none. */
export function sessionCookie(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  for (let at = 0; at < header.length; ) {
    const semicolon = header.indexOf(';', at)
    const end = semicolon < 0 ? header.length : semicolon
    while (header[at] === ' ') at++
    if (header.startsWith(`${cookieName}=`, at)) return header.slice(at + cookieName.length + 1, end).trim()
    at = end + 1
  }
  return undefined
}

/** Attributes of the session cookie. @see nsx-api.md 5.1 */
export const cookieAttributes = 'Path=/; Secure; HttpOnly; SameSite=Lax'
