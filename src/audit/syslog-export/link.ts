import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { isIP, type Socket, connect as tcpConnect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { connect as tlsConnect } from 'node:tls'
import type { SyslogExporterWithKey } from './exporter.ts'
import { longestDatagram, longestFrame, octetCounted } from './framing.ts'

/** A way to a collector, open until it breaks. */
export interface Link {
  /** Octets that a message may have. */
  longest: number
  /** Handed-over messages have arrived after so many milliseconds, or the link has broken by then. */
  settlesAfter: number
  /** Whether the collector can tell that it has read all. */
  acknowledges: boolean
  /** Why it broke; undefined while it is whole. */
  broken(): Error | undefined
  /** Hands messages to the system. @throws {Error} when the link is broken or the collector does not read. */
  send(messages: readonly Buffer[]): Promise<void>
  /** Ends the link. @returns whether the collector has read all of it. */
  end(): Promise<boolean>
  /** Ends it at once. */
  cut(): void
}

/** Milliseconds; tests cannot wait as long as networks can. */
export interface LinkTiming {
  /** For connecting, and again for the TLS handshake. */
  connect: number
  /** A collector that takes nothing for so long is gone. */
  stall: number
  /** For the collector to close what we have ended. */
  end: number
  /** Silence after which TCP asks whether the other side is still there. */
  keepAlive: number
  /** Until TCP is sure to have given up on what is not acknowledged: Linux does after 924 s to some 20 minutes. */
  tcpSettles: number
  /** Until a refusal of a datagram has come back. */
  udpSettles: number
}

export const linkTiming: LinkTiming = {
  connect: 10_000,
  stall: 30_000,
  end: 10_000,
  keepAlive: 30_000,
  tcpSettles: 20 * 60_000,
  udpSettles: 2_000,
}

/**
 * Opens the way to an exporter's collector.
 *
 * @param whenBroken Called once, as soon as an open link breaks.
 * @throws {Error} that says why not: unreachable, not trusted, aborted.
 */
export function openLink(
  exporter: SyslogExporterWithKey,
  timing: LinkTiming,
  abort: AbortSignal,
  whenBroken: () => void,
): Promise<Link> {
  return exporter.protocol === 'UDP'
    ? openUdp(exporter, timing, abort, whenBroken)
    : openStream(exporter, timing, abort, whenBroken)
}

/** Handed to the system in one go: a slow collector has the time of a stall for so many. */
const octetsAtOnce = 65_536

async function openStream(
  exporter: SyslogExporterWithKey,
  timing: LinkTiming,
  abort: AbortSignal,
  whenBroken: () => void,
): Promise<Link> {
  const socket = await connectStream(exporter, timing, abort)
  let problem: Error | undefined
  let ended = false
  let remoteEnded = false
  const breakWith = (error: Error) => {
    if (problem) return
    problem = error
    socket.destroy()
    whenBroken()
  }
  socket.on('error', breakWith)
  socket.on('close', () => breakWith(new Error('the collector has closed the connection')))
  socket.on('end', () => {
    remoteEnded = true
    if (!ended) breakWith(new Error('the collector has closed the connection'))
  })
  // A collector has nothing to say; what it says is thrown away.
  socket.resume()
  if (socket.destroyed) throw socket.errored ?? new Error('the collector has closed the connection')
  socket.setKeepAlive(true, timing.keepAlive)

  function write(octets: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      if (problem) return reject(problem)
      const stalled = setTimeout(() => breakWith(new Error('the collector does not read')), timing.stall).unref()
      socket.write(octets, (error) => {
        clearTimeout(stalled)
        if (error ?? problem) reject(problem ?? error)
        else resolve()
      })
    })
  }

  return {
    longest: longestFrame,
    settlesAfter: timing.tcpSettles,
    acknowledges: true,
    broken: () => problem,
    async send(messages) {
      let frames: Buffer[] = []
      let length = 0
      for (const [index, message] of messages.entries()) {
        const frame = octetCounted(message)
        frames.push(frame)
        length += frame.length
        if (length < octetsAtOnce && index < messages.length - 1) continue
        await write(Buffer.concat(frames))
        frames = []
        length = 0
      }
    },
    async end() {
      if (problem) return false
      ended = true
      const closed = once(socket, 'close')
      socket.end()
      const late = setTimeout(
        () => breakWith(new Error('the collector did not close the connection that was ended')),
        timing.end,
      ).unref()
      await closed.catch(() => {})
      clearTimeout(late)
      return remoteEnded && !socket.errored
    },
    cut: () => breakWith(new Error('the connection was cut')),
  }
}

async function connectStream(exporter: SyslogExporterWithKey, timing: LinkTiming, abort: AbortSignal): Promise<Socket> {
  const { server: host, port } = exporter
  // Half open, so that the collector's end is seen apart from ours.
  const plain = { host, port, allowHalfOpen: true }
  const socket =
    exporter.protocol === 'TLS'
      ? tlsConnect({
          ...plain,
          ...(isIP(host) ? {} : { servername: host }),
          minVersion: 'TLSv1.2',
          ...(exporter.tlsCa === undefined ? {} : { ca: exporter.tlsCa }),
          ...(exporter.tlsCert === undefined
            ? {}
            : { cert: [exporter.tlsCert, exporter.tlsClientCa ?? ''].join('\n'), key: exporter.tlsKey }),
        })
      : tcpConnect(plain)
  // Whoever waits hears of errors; there must be somebody also when nobody does.
  socket.on('error', () => {})
  const limit = exporter.protocol === 'TLS' ? 2 * timing.connect : timing.connect
  const late = setTimeout(
    () => socket.destroy(new Error(`no connection to ${host} port ${port} within ${limit / 1000} s`)),
    limit,
  ).unref()
  const aborted = () => socket.destroy(new Error('aborted'))
  abort.addEventListener('abort', aborted)
  try {
    abort.throwIfAborted()
    await once(socket, exporter.protocol === 'TLS' ? 'secureConnect' : 'connect')
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(late)
    abort.removeEventListener('abort', aborted)
  }
}

/** Datagrams sent in one go, and the pause behind: a collector's buffer holds some hundred. */
const datagramsAtOnce = 32
const pauseMs = 2

async function openUdp(
  { server, port }: SyslogExporterWithKey,
  timing: LinkTiming,
  abort: AbortSignal,
  whenBroken: () => void,
): Promise<Link> {
  const { address, family } = await unlessAborted(lookup(server), abort)
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
  let problem: Error | undefined
  const breakWith = (error: Error) => {
    if (problem) return
    problem = error
    socket.close()
    whenBroken()
  }
  socket.on('error', () => {})
  // A connected socket hears of it when nobody listens there.
  const connected = once(socket, 'connect')
  socket.connect(port, address)
  try {
    await connected
  } catch (error) {
    socket.close()
    throw error
  }
  socket.on('error', breakWith)
  const sendOne = (message: Buffer) =>
    new Promise<void>((resolve, reject) => {
      if (problem) return reject(problem)
      socket.send(message, (error) => {
        if (error) breakWith(error)
        if (problem) reject(problem)
        else resolve()
      })
    })

  return {
    longest: longestDatagram,
    settlesAfter: timing.udpSettles,
    acknowledges: false,
    broken: () => problem,
    async send(messages) {
      for (let from = 0; from < messages.length; from += datagramsAtOnce) {
        if (from > 0) await pause(pauseMs)
        await Promise.all(messages.slice(from, from + datagramsAtOnce).map(sendOne))
      }
    },
    async end() {
      breakWith(new Error('the exporter has ended'))
      return false
    },
    cut: () => breakWith(new Error('the exporter has ended')),
  }
}

/** A name may take its time to resolve; whoever stops does not wait for it. */
async function unlessAborted<T>(work: Promise<T>, abort: AbortSignal): Promise<T> {
  abort.throwIfAborted()
  const done = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    abort.addEventListener('abort', () => reject(new Error('aborted')), { signal: done.signal })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    done.abort()
  }
}
