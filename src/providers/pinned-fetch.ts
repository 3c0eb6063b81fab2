import { timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'

/** Why a provider could not be asked. */
export type Unreachable = 'unreachable' | 'certificate_mismatch'

/** Nobody was asked, or nobody answered: it says nothing about who wanted to sign in. */
export class ProviderError extends Error {
  override name = 'ProviderError'
  readonly reason: Unreachable

  constructor(reason: Unreachable, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

export interface FetchOptions {
  method: string
  headers: Record<string, string>
  body?: unknown
}

export type Fetch = (url: string, options: FetchOptions) => Promise<Response>

/** From the first byte of the connection to the last of the answer, in milliseconds. */
export const longestWait = 5000
/** Answers beyond this many bytes are not read. */
const largestAnswer = 256 * 1024

/** A SHA-256 fingerprint in any of its spellings, as 32 bytes; undefined where it is none. */
export function fingerprintBytes(text: string): Buffer | undefined {
  const hex = text.replaceAll(':', '')
  return /^[0-9a-f]{64}$/i.test(hex) ? Buffer.from(hex, 'hex') : undefined
}

/**
 * Fetches from whoever has the private key of one certificate, whatever its name, its dates and its issuer; nothing is
 * sent before the certificate is known. Redirects are not followed.
 *
 * @param thumbprint SHA-256 of the certificate in hex, with colons or without.
 */
export function createPinnedFetch(thumbprint: string): Fetch {
  const pinned = fingerprintBytes(thumbprint)

  return async (url, { method, headers, body }) => {
    const target = new URL(url)
    if (target.protocol !== 'https:' || !pinned) throw new ProviderError('unreachable', `${target.origin} is not HTTPS`)
    const signal = AbortSignal.timeout(longestWait)
    try {
      const socket = await open(target, pinned, signal)
      return await exchange(socket, target, method, headers, body === undefined ? '' : String(body), signal)
    } catch (error) {
      if (error instanceof ProviderError) throw error
      const why = signal.aborted ? `no answer within ${longestWait} ms` : (error as Error).message
      throw new ProviderError('unreachable', `${target.origin}: ${why}`, { cause: error })
    }
  }
}

function open(url: URL, pinned: Buffer, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const socket = connect({
      host,
      port: Number(url.port || 443),
      servername: isIP(host) ? '' : host,
      // The certificate is compared below, which asks for more than a chain would.
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
    })
    const abort = () => socket.destroy(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    socket.once('close', () => signal.removeEventListener('abort', abort))
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      const seen = fingerprintBytes(socket.getPeerX509Certificate()?.fingerprint256 ?? '')
      if (seen && timingSafeEqual(seen, pinned)) {
        socket.disableRenegotiation()
        return resolve(socket)
      }
      socket.destroy()
      reject(new ProviderError('certificate_mismatch', `${url.origin} has another certificate than the one pinned`))
    })
  })
}

async function exchange(
  socket: TLSSocket,
  url: URL,
  method: string,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<Response> {
  // With all that it exports, a client for WebSockets among it, it is loaded where a provider is asked, and only there.
  const { request } = await import('node:http')
  return new Promise((resolve, reject) => {
    const sent = request({
      // The connection is TLS already.
      createConnection: () => socket,
      method,
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host, ...(body === '' ? {} : { 'content-length': Buffer.byteLength(body) }) },
      signal,
    })
    sent.once('error', reject)
    sent.once('response', (response) => {
      const chunks: Buffer[] = []
      let length = 0
      response.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length > largestAnswer) sent.destroy(new Error(`its answer is larger than ${largestAnswer} bytes`))
        else chunks.push(chunk)
      })
      response.once('error', reject)
      response.once('end', () => {
        const { statusCode: status = 0 } = response
        const init = { status, headers: flat(response.headersDistinct) }
        try {
          resolve(new Response([204, 205, 304].includes(status) ? null : Buffer.concat(chunks), init))
        } catch (error) {
          reject(error)
        }
      })
    })
    sent.end(body)
  })
}

function flat(headers: NodeJS.Dict<string[]>): [string, string][] {
  return Object.entries(headers).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  )
}
