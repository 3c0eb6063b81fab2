import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import type { LdapAddress } from '../ldap-source.ts'
import { parseCertificates } from '../pem.ts'
import { connectProblem, handshakeProblem, LdapError, type LdapProblem } from './problem.ts'

export interface Target extends LdapAddress {
  starttls: boolean
  /** PEM of the only certificates to trust, or whoever answers, to look at the certificate. */
  trust: readonly string[] | 'anyone'
}

const ignore = () => {}

/**
 * Opens a connection to a directory's server, encrypted where the target says so.
 *
 * @param timeout Milliseconds until it must stand.
 * @throws {LdapError}
 */
export async function dial(target: Target, timeout: number): Promise<Socket> {
  const opened: Socket[] = []
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(), timeout)
  try {
    return await open(target, opened, patience.signal)
  } catch (error) {
    for (const socket of opened) socket.destroy()
    if (!patience.signal.aborted) throw error
    throw new LdapError('CONNECTION_TIMEOUT', `no connection within ${timeout} ms`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

async function open(target: Target, opened: Socket[], signal: AbortSignal): Promise<Socket> {
  const { host, port, secure, starttls } = target
  const plain = connect({ host, port, noDelay: true })
  opened.push(plain)
  // What happens once nobody listens any more must not end the process.
  plain.on('error', ignore)
  await ready(plain, 'connect', signal, connectProblem)
  if (!secure && !starttls) return plain
  if (!secure) await askForTls(plain, signal)
  const encrypted = connectTls({ socket: plain, ...tlsOptions(target) })
  opened.push(encrypted)
  encrypted.on('error', ignore)
  await ready(encrypted, 'secureConnect', signal, handshakeProblem)
  return encrypted
}

function tlsOptions({ host, trust }: Target): ConnectionOptions {
  // A name goes into the handshake; names and addresses alike must be in the certificate.
  const peer = isIP(host) ? { host } : { host, servername: host }
  if (trust === 'anyone') return { ...peer, rejectUnauthorized: false }
  if (trust.length === 0 || !trust.every(parseCertificates)) {
    throw new LdapError('INVALID_CONFIGURED_CERTIFICATE', 'no certificate to trust')
  }
  // A server's own certificate is as good as that of the CA which signed it.
  return { ...peer, ca: [...trust], allowPartialTrustChain: true }
}

async function ready(
  socket: Socket | TLSSocket,
  event: string,
  signal: AbortSignal,
  problemOf: (code: string | undefined) => LdapProblem,
): Promise<void> {
  try {
    await once(socket, event, { signal })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new LdapError(problemOf(code), message, { cause: error })
  }
}

/** Message 1, an extended request for 1.3.6.1.4.1.1466.20037. @see RFC 4511 4.14 */
const starttlsRequest = Buffer.concat([
  Buffer.from([0x30, 29, 0x02, 1, 1, 0x77, 24, 0x80, 22]),
  Buffer.from('1.3.6.1.4.1.1466.20037'),
])
const longestReply = 4096

/**
 * Asks the server to go on encrypted. Nothing may follow its answer in clear: it would be read as if it had come
 * encrypted.
 */
async function askForTls(socket: Socket, signal: AbortSignal): Promise<void> {
  const failed = (why: string) => new LdapError('STARTTLS_FAILED', `StartTLS: ${why}`)
  const reply = await new Promise<Buffer>((resolve, reject) => {
    let received = Buffer.alloc(0)
    const stop = (outcome: Buffer | Error) => {
      socket.off('data', read).off('close', gone)
      signal.removeEventListener('abort', gone)
      if (outcome instanceof Error) reject(outcome)
      else resolve(outcome)
    }
    const gone = () => stop(failed('the server hung up'))
    const read = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      const length = messageLength(received)
      if (length === 'malformed' || received.length > longestReply) stop(failed('the server speaks no LDAP'))
      else if (length !== undefined && received.length > length) stop(failed('the server said more than its answer'))
      else if (length === received.length) stop(received)
    }
    socket.on('data', read).on('close', gone)
    signal.addEventListener('abort', gone)
    socket.write(starttlsRequest)
  })
  socket.pause()
  if (!accepts(reply)) throw failed('the server refuses')
}

/** Bytes of the BER message that begins here; undefined while that cannot be told. */
function messageLength(bytes: Buffer): number | 'malformed' | undefined {
  if (bytes.length > 0 && bytes[0] !== 0x30) return 'malformed'
  const first = bytes[1]
  if (first === undefined) return undefined
  if (first < 0x80) return 2 + first
  const digits = first - 0x80
  if (digits < 1 || digits > 4) return 'malformed'
  return bytes.length < 2 + digits ? undefined : 2 + digits + bytes.readUIntBE(2, digits)
}

/** Whether an extended response says success: its message id, its tag, its length, and a result code of 0. */
function accepts(message: Buffer): boolean {
  const lengthBytes = (at: number) => ((message[at] ?? 0) < 0x80 ? 1 : 1 + (message[at] ?? 0) - 0x80)
  const id = 1 + lengthBytes(1)
  const response = id + 3
  const result = response + 1 + lengthBytes(response + 1)
  return (
    message.subarray(id, response).equals(Buffer.from([0x02, 1, 1])) &&
    message[response] === 0x78 &&
    message.subarray(result, result + 3).equals(Buffer.from([0x0a, 1, 0]))
  )
}
