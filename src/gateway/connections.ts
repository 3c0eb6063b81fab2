import type { Socket } from 'node:net'
import { lockoutSource } from '../access/sign-in/lockout.ts'

/** How many connections a listener has; 0: as many as there are. An IPv6 client has a whole /64 of addresses. */
export interface ConnectionLimits {
  /** Of all addresses together. */
  inAll: number
  /** Of one address. */
  ofAddress: number
  /** Of one address, that have asked for nothing yet. */
  silentOfAddress: number
}

interface Held {
  all: number
  /** Those that have asked for nothing yet, by the client's address and port, the oldest first. */
  silent: Map<string, Socket>
}

/** What is known of a socket; a TLS connection has the address and port of the one below it. */
type End = Pick<Socket, 'remoteAddress' | 'remotePort'>

export type Connections = ReturnType<typeof createConnections>

/**
 * Counts connections by address, before and after the handshake, so that no address takes them all. Where there is no
 * room, the oldest connection that has asked for nothing is ended for the new one: one of the same address if that has
 * too many, else one of the address that has most of them. Where all are in use, the new one is refused.
 *
 * @see docs/decisions/030-before-sign-in.md
 */
export function createConnections({ inAll, ofAddress, silentOfAddress }: ConnectionLimits) {
  const held = new Map<string, Held>()
  /** Those that were ended for others and are counted no more, until they are closed. */
  const ended = new WeakSet<Socket>()
  let all = 0

  const isFull = (count: number, most: number) => most > 0 && count >= most

  /** Ends the oldest silent connection of an address. @returns false if it has none. */
  function makeRoom(address: string): boolean {
    const [oldest] = held.get(address)?.silent ?? []
    if (!oldest) return false
    const [name, socket] = oldest
    // It counts no more from now on: it is closed only in a later round of the event loop.
    ended.add(socket)
    forget(address, name)
    socket.destroy()
    return true
  }

  function forget(address: string, name: string): void {
    const own = held.get(address)
    if (!own) return
    own.silent.delete(name)
    own.all--
    all--
    if (own.all === 0) held.delete(address)
  }

  /** The address with most silent connections; undefined if nobody has any. */
  function mostSilent(): string | undefined {
    let [most, where]: [number, string | undefined] = [0, undefined]
    for (const [address, { silent }] of held) if (silent.size > most) [most, where] = [silent.size, address]
    return where
  }

  return {
    /** How many there are. */
    get all(): number {
      return all
    },

    /** A connection has come in. @returns false where it must not stay; it has been ended then. */
    arrive(socket: Socket): boolean {
      const { remoteAddress } = socket
      // A client that has gone by now has no address.
      if (remoteAddress === undefined) {
        socket.destroy()
        return false
      }
      const address = lockoutSource(remoteAddress)
      const own = () => held.get(address)
      if (
        (isFull(own()?.silent.size ?? 0, silentOfAddress) && !makeRoom(address)) ||
        (isFull(own()?.all ?? 0, ofAddress) && !makeRoom(address)) ||
        (isFull(all, inAll) && !makeRoom(mostSilent() ?? address))
      ) {
        socket.destroy()
        return false
      }
      const mine = own() ?? { all: 0, silent: new Map() }
      held.set(address, mine)
      mine.all++
      all++
      const name = nameOf(socket)
      mine.silent.set(name, socket)
      socket.once('close', () => {
        if (!ended.has(socket)) forget(address, name)
      })
      return true
    },

    /** The client has asked for something. */
    speaks(end: End): void {
      held.get(lockoutSource(end.remoteAddress ?? ''))?.silent.delete(nameOf(end))
    },
  }
}

const nameOf = ({ remoteAddress, remotePort }: End) => `${remoteAddress} ${remotePort}`
