import type { IncomingHttpHeaders } from 'node:http'
import { browserSessionId } from './browser-session.ts'

/** Header and cookie that carry the session's id. */
export const sessionName = 'vmware-api-session-id'

/** The id that a call shows: in the header, else in the cookie of that name, else as browsers do. @see vcenter-api.md 1.1 */
export function sessionIdOf(headers: IncomingHttpHeaders): string | undefined {
  const header = headers[sessionName]
  if (typeof header === 'string') return header.trim()
  return cookieOf(headers.cookie, sessionName) ?? browserSessionId(headers)
}

/**
 * A cookie among those of a request, read leniently: clients send values in quotes, and attributes as if they were
 * cookies too.
 *
 * @see vcenter-api.md 1.3
 */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(/[;,]/) ?? []) {
    const equals = part.indexOf('=')
    if (equals < 0 || part.slice(0, equals).trim() !== name) continue
    return part
      .slice(equals + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1')
  }
  return undefined
}
