import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import { certificateNames } from '../../src/gateway/certificate-names.ts'
import { ownCertificate } from '../../src/gateway/certificates.ts'

/** A request exactly as it arrived. */
export interface Recorded {
  /** Request line and headers. */
  head: string
  method: string
  path: string
  /** By lower-case name; values of a repeated one are joined with a newline. */
  headers: Map<string, string>
  body: Buffer
}

/** Answers a request with whatever bytes. */
export type Answering = (request: Recorded, socket: TLSSocket) => void

/** A server that knows no HTTP library: it writes down the bytes that arrive and answers what a test tells it to. */
export interface RecordingUpstream extends AsyncDisposable {
  url: string
  port: number
  caFile: string
  requests: Recorded[]
  /** Connections that are open. */
  sockets: Set<TLSSocket>
  answer: Answering
  /** Takes a connection over before a request is read on it. */
  onConnection: ((socket: TLSSocket) => void) | undefined
}

/** An answer with a body and its length. */
export function reply(
  socket: TLSSocket,
  body: string | Buffer,
  head = 'HTTP/1.1 200 OK',
  headers: string[] = [],
): void {
  const type = body.length > 0 ? ['content-type: application/json'] : []
  const lines = [head, ...type, ...headers, `content-length: ${Buffer.byteLength(body)}`]
  socket.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)]))
}

export async function startRecordingUpstream(
  answer: Answering = (_request, socket) => reply(socket, '{}'),
): Promise<RecordingUpstream> {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-upstream-'))
  const { cert, key, caFile } = await ownCertificate(dir, certificateNames('127.0.0.1'), Date.now())
  const sockets = new Set<TLSSocket>()
  const upstream = { requests: [] as Recorded[], sockets, answer, caFile } as unknown as RecordingUpstream
  const server = createServer({ cert, key, requestCert: true, rejectUnauthorized: false }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    if (upstream.onConnection) return upstream.onConnection(socket)
    let bytes = Buffer.alloc(0)
    let chunks: Buffer[] = []
    let waiting = 0
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      waiting -= chunk.length
      if (waiting > 0) return
      bytes = Buffer.concat([bytes, ...chunks])
      chunks = []
      for (let read = readRequest(bytes); read; read = readRequest(bytes)) {
        bytes = bytes.subarray(read.length)
        upstream.requests.push(read.request)
        upstream.answer(read.request, socket)
      }
      // A long body is put together once.
      const length = /\r\ncontent-length: (\d+)/i.exec(bytes.subarray(0, 4096).toString('latin1'))?.[1]
      waiting = length === undefined ? 0 : Number(length) - bytes.length
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(upstream, {
    url: `https://127.0.0.1:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      rmSync(dir, { recursive: true, force: true })
    },
  })
}

function readRequest(bytes: Buffer): { request: Recorded; length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = bytes.subarray(0, end).toString('latin1')
  const [line = '', ...lines] = head.split('\r\n')
  const [method = '', path = ''] = line.split(' ')
  const headers = new Map<string, string>()
  for (const one of lines) {
    const colon = one.indexOf(':')
    const name = one.slice(0, colon).toLowerCase()
    const value = one.slice(colon + 1).trim()
    headers.set(name, headers.has(name) ? `${headers.get(name)}\n${value}` : value)
  }
  const rest = bytes.subarray(end + 4)
  const body = headers.get('transfer-encoding') === 'chunked' ? readChunks(rest) : readLength(rest, headers)
  if (!body) return undefined
  return { request: { head, method, path, headers, body: body.bytes }, length: end + 4 + body.length }
}

function readLength(rest: Buffer, headers: Map<string, string>) {
  const length = Number(headers.get('content-length') ?? 0)
  return rest.length < length ? undefined : { bytes: rest.subarray(0, length), length }
}

function readChunks(rest: Buffer) {
  const chunks: Buffer[] = []
  for (let at = 0; ; ) {
    const line = rest.indexOf('\r\n', at)
    if (line < 0) return undefined
    const size = Number.parseInt(rest.subarray(at, line).toString(), 16)
    const begin = line + 2
    if (rest.length < begin + size + 2) return undefined
    if (size === 0) return { bytes: Buffer.concat(chunks), length: begin + 2 }
    chunks.push(rest.subarray(begin, begin + size))
    at = begin + size + 2
  }
}
