import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { DEFAULT_CIPHERS, TLSSocket } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import type { Appliance } from '../inventory/appliances.ts'
import type { ServerCertificate } from './certificates.ts'
import { repairedRequest, replayed } from './pasted-header.ts'

/** What a client may take, in milliseconds, bytes and connections. */
const limits = {
  handshakeTimeout: 10_000,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024,
  maxHeadersCount: 100,
  maxConnections: 4096,
}

/** How often a server that stops looks for connections that have had their answer, in milliseconds. */
const checkIdleEvery = 20

export interface Listener {
  manager: Appliance
  url: string
  /** Stops listening; resolves when every connection has ended. */
  close(): Promise<void>
  /** Ends what is still connected. */
  cut(): void
}

/** Opens the HTTPS listener of one manager node. @throws when the address cannot be listened on. */
export async function openListener(
  app: FastifyInstance,
  manager: Appliance,
  certificate: ServerCertificate,
  host: string,
  port: number,
): Promise<Listener> {
  const { cert, key } = certificate
  // Connections that have asked for nothing yet: those in their handshake, and those that are silent behind it.
  const silent = new Set<Socket>()
  const server = createServer(
    { cert, key, ciphers: DEFAULT_CIPHERS, minVersion: 'TLSv1.2', ...limits, insecureHTTPParser: false },
    (request, response) => {
      silent.delete(request.socket)
      request.manager = manager
      app.routing(request, response)
    },
  )
  const watch = (socket: Socket) => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  }
  server.on('connection', watch)
  server.on('secureConnection', watch)

  server.maxHeadersCount = limits.maxHeadersCount
  server.maxConnections = limits.maxConnections
  // At the limit those who only keep a connection open make room for those who want one.
  server.on('drop', () => server.closeIdleConnections())
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  server.on('clientError', (error: ParseError, socket: Socket) => {
    const repaired = error.code === 'HPE_LF_EXPECTED' && error.rawPacket && repairedRequest(error.rawPacket)
    if (repaired) server.emit('secureConnection', replayed(repaired, socket))
    else answerUnreadable(error, socket)
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, backlog: 1024 }, resolve)
  })
  return {
    manager,
    url: urlOf(server),
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

/** Answers what is no HTTP request, and ends the connection: nobody knows where the next request would begin. */
function answerUnreadable(error: ParseError, socket: Socket): void {
  if (socket.destroyed || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  socket.end(
    `HTTP/1.1 ${unreadable[error.code ?? ''] ?? '400 Bad Request'}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
  )
}
