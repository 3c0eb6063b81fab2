import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance } from 'fastify'
import { plainAddress } from '../access/sign-in/lockout.ts'
import { maskUrl } from '../audit/mask.ts'
import type { Refusals } from '../audit/refusals.ts'
import { leavePlace } from '../http/places.ts'
import type { Strangers } from '../http/strangers.ts'
import type { Appliance } from '../inventory/appliances.ts'
import { identitiesOf, type ServerCertificate } from './certificates.ts'
import { type ConnectionLimits, createConnections } from './connections.ts'
import { repairedRequest, replayed } from './pasted-header.ts'
import type { TlsSettings } from './tls-settings.ts'

declare module 'node:net' {
  interface Socket {
    /** Requests that have come in on the connection and are not answered yet. */
    unanswered?: number
  }
}

/** What a client may take, in milliseconds, bytes and connections. */
const limits = {
  handshakeTimeout: 10_000,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024,
  maxHeadersCount: 100,
  // Most calls have no body: nothing is to be read of them, and nobody to be told that it was. @see emptyBody in app.ts
  optimizeEmptyRequests: true,
}

/** Connections of all clients to a manager. */
const mostConnections = 4096

/** How often a server that stops looks for connections that have had their answer, in milliseconds. */
const checkIdleEvery = 20

/** What a listener can be told while it listens. */
export interface ListenerSettings {
  certificate: ServerCertificate
  tls: TlsSettings
  /** Seconds after which a connection ends that nothing is heard on; 0: never. */
  connectionTimeout: number
}

/** The longest time a timer takes, in milliseconds, less what Node adds to it. */
const longestTimer = 2 ** 31 - 1 - 10_000

export interface Listener {
  manager: Appliance
  url: string
  /** Holds for new connections; those there are go on as they are. */
  apply(settings: ListenerSettings): void
  /** Stops listening; resolves when every connection has ended. */
  close(): Promise<void>
  /** Ends what is still connected. */
  cut(): void
}

/**
 * Opens the HTTPS listener of one manager node.
 *
 * @param asksForCertificate Whether a new connection is asked for a client certificate.
 * @throws when the address cannot be listened on.
 */
export async function openListener(
  app: FastifyInstance,
  manager: Appliance,
  settings: ListenerSettings,
  host: string,
  port: number,
  asksForCertificate: () => boolean,
  strangers: Strangers,
  refusals: Refusals,
  connectionLimits: Omit<ConnectionLimits, 'inAll'>,
): Promise<Listener> {
  // Connections that have asked for nothing yet: those in their handshake, and those that are silent behind it.
  const silent = new Set<Socket>()
  const connections = createConnections({ inAll: mostConnections, ...connectionLimits })
  function answered(this: ServerResponse): void {
    const { socket } = this.req
    socket.unanswered = (socket.unanswered ?? 1) - 1
    leavePlace(this.req)
    strangers.leave(this.req)
  }
  const server = createServer(
    { ...contextOf(settings), ...limits, insecureHTTPParser: false, rejectUnauthorized: false },
    (request, response) => {
      const { socket } = request
      silent.delete(socket)
      connections.speaks(socket)
      socket.unanswered = (socket.unanswered ?? 0) + 1
      request.manager = manager
      // It comes once, after the last byte or with the end of the connection.
      response.on('close', answered)
      app.routing(request, response)
    },
  )
  let context = contextOf(settings)
  function setTimeouts({ connectionTimeout }: ListenerSettings): void {
    server.keepAliveTimeout = Math.min(connectionTimeout * 1000, longestTimer)
    server.timeout = server.keepAliveTimeout
  }
  setTimeouts(settings)
  // An answer that is being made is waited for; one that nobody takes, or silence between requests, is not.
  server.on('timeout', (socket) => {
    if (!socket.unanswered || socket.writableLength > 0) socket.destroy()
  })
  askForCertificates(server, asksForCertificate)
  const watch = (socket: Socket) => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  }
  server.on('connection', (socket: Socket) => {
    if (connections.arrive(socket)) watch(socket)
    // Those who only keep a connection open make room for those who want one.
    else if (connections.all >= mostConnections) server.closeIdleConnections()
  })
  server.on('secureConnection', watch)

  server.maxHeadersCount = limits.maxHeadersCount
  const refuse = (what: Omit<HttpRefusal, 'manager'>) => refusals.record(refusalOf({ manager, ...what }))
  server.on('tlsClientError', (error: ParseError, socket: Socket) => {
    // Some go away in the midst of it; what they sent was not refused.
    if (error.code !== 'ECONNRESET') {
      refuse({ operation: 'refused-handshake', socket, reason: error.code ?? 'TLS', status: 400 })
    }
    socket.destroy()
  })
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    refuse({ operation: 'refused-connect', socket, reason: 'CONNECT', status: 405, ...headOf(request) })
    socket.on('error', () => {})
    socket.end(`HTTP/1.1 405 Method Not Allowed\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
  })
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    refuse({ operation: 'refused-expectation', socket, reason: 'Expect', status: 417, ...headOf(request) })
    response.writeHead(417, { connection: 'close', 'content-length': 0 }).end()
  })
  server.on('clientError', (error: ParseError, socket: Socket) => {
    const repaired = error.code === 'HPE_LF_EXPECTED' && error.rawPacket && repairedRequest(error.rawPacket)
    if (repaired) server.emit('secureConnection', replayed(repaired, socket))
    else {
      const status = answerUnreadable(error, socket)
      if (status === undefined) return
      const reason = error.code ?? 'unreadable'
      refuse({ operation: 'refused-message', socket, reason, status, ...firstLine(error.rawPacket) })
    }
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, backlog: 1024 }, resolve)
  })
  return {
    manager,
    url: urlOf(server),
    apply(settings) {
      setTimeouts(settings)
      // A new context ends the resumption of TLS sessions, and with it that of what is no longer allowed.
      const next = contextOf(settings)
      if (isDeepStrictEqual(context, next)) return
      server.setSecureContext(next)
      context = next
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      const idle = setInterval(() => server.closeIdleConnections(), checkIdleEvery)
      for (const socket of silent) if (socket instanceof TLSSocket || socket.bytesRead === 0) socket.destroy()
      await closed
      clearInterval(idle)
    },
    cut() {
      server.closeAllConnections()
      for (const socket of silent) socket.destroy()
    },
  }
}

const contextOf = ({ certificate, tls }: ListenerSettings) => ({ ...identitiesOf(certificate), ...tls })

/**
 * Has each new connection asked for a client certificate, or not. Whoever presents none, or one that is nobody's, is
 * let in all the same: which calls need an identity is not known yet.
 */
function askForCertificates(server: Server, asks: () => boolean): void {
  let asked = asks()
  // Node reads the property for each connection; its documented options are for all of them.
  Object.defineProperty(server, 'requestCert', {
    get() {
      if (asks() !== asked) {
        asked = !asked
        // A session that is resumed has the certificate it began with, or none: with new keys none is resumed.
        server.setTicketKeys(randomBytes(48))
      }
      return asked
    },
  })
}

function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo
  return `https://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

interface ParseError extends NodeJS.ErrnoException {
  /** The bytes that could not be parsed. */
  rawPacket?: Buffer
}

const unreadable: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

interface HttpRefusal {
  manager: Appliance
  /** As the audit log names it. */
  operation: string
  socket: Socket
  reason: string
  status: number
  method?: string
  url?: string
}

/** Characters of what was refused that are recorded. */
const longestRecorded = 200

function refusalOf({ manager, operation, socket, reason, status, method = '', url = '' }: HttpRefusal) {
  return {
    host: manager.name,
    kind: 'unauthenticated',
    user: '',
    source: plainAddress(socket.remoteAddress ?? ''),
    method,
    url: maskUrl(url, new Set()).slice(0, longestRecorded),
    status,
    agent: '',
    operation,
    error: reason,
  } as const
}

const headOf = ({ method = '', url = '' }: IncomingMessage) => ({ method, url })

/** What a message asks for, where it begins as a request does. */
function firstLine(packet: Buffer | undefined): { method: string; url: string } {
  const [, method = '', url = ''] =
    /^([A-Z]{1,10}) ([!-~]{1,16384}) HTTP\//.exec(packet?.toString('latin1') ?? '') ?? []
  return { method, url }
}

/**
 * Answers what is no HTTP request, and ends the connection: nobody knows where the next request would begin.
 *
 * @returns the status; undefined where nobody is there to be answered.
 */
function answerUnreadable(error: ParseError, socket: Socket): number | undefined {
  if (socket.destroyed || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return undefined
  }
  const status = unreadable[error.code ?? ''] ?? '400 Bad Request'
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
  return Number.parseInt(status, 10)
}
