import type { IncomingMessage } from 'node:http'

/**
 * Why a message could be read in two ways by two servers on its path, where it could.
 *
 * @see RFC 9112 3.2 (one Host), 6.1 (transfer codings)
 */
export function ambiguity({
  rawHeaders,
  headers,
}: Pick<IncomingMessage, 'rawHeaders' | 'headers'>): string | undefined {
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  if (hosts > 1) return 'it has more than one Host'
  const coding = headers['transfer-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return 'it has a transfer coding that is not chunked'
  return undefined
}
