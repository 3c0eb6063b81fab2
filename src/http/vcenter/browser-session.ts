import type { IncomingHttpHeaders } from 'node:http'
import { isXsrfTokenOf } from '../../access/sessions/xsrf-token.ts'
import { sessionCookie } from '../nsx/session-cookie.ts'

/** The cookie that keeps the id of a browser's session of vCenter. No other host can set one of such a name. */
export const browserCookie = '__Host-vcenter-session'
export const browserCookieAttributes = 'Path=/; Secure; HttpOnly; SameSite=Strict'

/** The header with the token that the cookie counts with: no other site can make a browser send it. */
export const browserTokenHeader = 'x-vcenter-xsrf-token'

/** The id of a browser's session, where the call shows the session's token too. The cookie by itself is nothing. */
export function browserSessionId(headers: IncomingHttpHeaders): string | undefined {
  const id = sessionCookie(headers.cookie, browserCookie)
  const token = headers[browserTokenHeader]
  return id !== undefined && typeof token === 'string' && isXsrfTokenOf(id, token) ? id : undefined
}
