import { hash, timingSafeEqual } from 'node:crypto'

/**
 * The token that a session's cookie counts with. It follows from the session's id, so that whoever has the cookie can
 * be told it again, and tells nothing of the id; it looks like a random UUID, as NSX's tokens do.
 *
 * @see RFC 9562 5.4, nsx-api.md 5.1
 */
export function xsrfTokenOf(sessionId: string): string {
  const bytes = hash('sha256', `xsrf-token ${sessionId}`, 'buffer').subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Whether a token is the one of just that session. */
export function isXsrfTokenOf(sessionId: string, token: string): boolean {
  const digest = (text: string) => hash('sha256', text, 'buffer')
  return timingSafeEqual(digest(token), digest(xsrfTokenOf(sessionId)))
}
