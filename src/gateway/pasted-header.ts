import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/**
 * A request whose header lines end in CR CR LF, with the extra CRs taken out.
 *
 * That is what curl sends for ``-H "`grep x-xsrf-token headers.txt`"``, the way NSX's own documentation passes the
 * token: the line that grep finds ends in the CR it had in the answer. Only a request that came whole in one packet
 * is repaired, and its connection is closed after it, so that nothing behind it can be read in two ways.
 *
 * @returns undefined when the packet is anything else.
 */
export function repairedRequest(packet: Buffer): Buffer | undefined {
  const text = packet.toString('latin1')
  const end = /\r{1,2}\n\r\n/.exec(text)
  if (!end || !/^[A-Z]+ \S+ HTTP\/1\.1\r\n/.test(text)) return undefined
  const head = text.slice(0, end.index).replaceAll('\r\r\n', '\r\n')
  const body = text.slice(end.index + end[0].length)
  const lines = head.split('\r\n')
  if (lines.some((line) => /[\r\n]/.test(line) || /^transfer-encoding\s*:/i.test(line))) return undefined
  const lengths = lines.filter((line) => /^content-length\s*:/i.test(line))
  const length = lengths.length === 0 ? 0 : Number(/^[^:\s]+: *(\d+)$/.exec(lengths[0] as string)?.[1])
  if (lengths.length > 1 || length !== body.length) return undefined
  const kept = lines.filter((line) => !/^connection\s*:/i.test(line))
  return Buffer.from(`${kept.join('\r\n')}\r\nconnection: close\r\n\r\n${body}`, 'latin1')
}

/** A connection on which just these bytes have arrived, and whose answers go out over a socket. */
export function replayed(bytes: Buffer, socket: Socket): Duplex {
  const connection = new Duplex({
    read() {},
    write: (chunk, encoding, done) => void socket.write(chunk, encoding, done),
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy()
      done(error)
    },
  })
  connection.push(bytes)
  socket.once('close', () => connection.destroy())
  return Object.assign(connection, { remoteAddress: socket.remoteAddress, remotePort: socket.remotePort })
}
