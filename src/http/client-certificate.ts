import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { FastifyRequest } from 'fastify'
import { fingerprintOf } from '../access/certificates/certificate.ts'
import type { Principal } from '../access/principal.ts'

interface Presented {
  fingerprint: string
  /** Subject of the certificate on one line, as whoever made it wrote it. */
  subject: string
}

/** What was presented in the handshake of a connection; it stays the same as long as the connection lasts. */
const presented = new WeakMap<Socket, Presented | undefined>()

function presentedOn(socket: Socket): Presented | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  if (presented.has(socket)) return presented.get(socket)
  const certificate = socket.getPeerX509Certificate()
  const found = certificate && {
    fingerprint: fingerprintOf(certificate),
    subject: (certificate.subject ?? '').replaceAll('\n', ', ').slice(0, 256),
  }
  presented.set(socket, found)
  return found
}

/**
 * Whether a browser sends the request for a page from elsewhere. Browsers present certificates by themselves, so such
 * a page must not act as whoever the certificate is.
 *
 * @see Fetch Metadata Request Headers; Origin, RFC 6454
 */
export function isFromElsewhere({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  return headers.origin !== undefined && headers.origin !== `https://${headers.host}`
}

/**
 * Who presents a client certificate. For calls that bring no other credentials, for those win.
 *
 * @returns undefined where none is presented. @throws {AccessError} as `Identities.recognise`, with the request's refused name set.
 */
export function principalOfCertificate(request: FastifyRequest): Principal | undefined {
  const shown = presentedOn(request.raw.socket)
  if (!shown || isFromElsewhere(request)) return undefined
  const { identities, clock } = request.server.services
  try {
    return identities.recognise(shown.fingerprint, clock())
  } catch (error) {
    request.refusedName = shown.subject
    throw error
  }
}
