import type { Socket } from 'node:net'
import { lockoutSource } from '../access/sign-in/lockout.ts'

/** Connections that one address may have; 0: as many as there are. An IPv6 client has a whole /64 of addresses. */
export interface ConnectionLimits {
  /** In all. */
  ofAddress: number
  /** That have asked for nothing yet. */
  silentOfAddress: number
}

interface Held {
  all: number
  /** Those that have asked for nothing yet, by the client's port, the oldest first. */
  silent: Map<number, Socket>
}

export type Connections = ReturnType<typeof createConnections>

/**
 * Counts connections by address, before and after the handshake, so that no address takes them all. Of those that ask
 * for nothing the oldest makes room for the next; of those that are in use the next is refused.
 */
export function createConnections({ ofAddress, silentOfAddress }: ConnectionLimits) {
  const held = new Map<string, Held>()

  return {
    /** A connection has come in. @returns false where it must not stay; it has been ended then. */
    arrive(socket: Socket): boolean {
      const address = lockoutSource(socket.remoteAddress ?? '')
      const own = held.get(address) ?? { all: 0, silent: new Map() }
      if (silentOfAddress > 0 && own.silent.size >= silentOfAddress) {
        const [[port, oldest] = []] = own.silent
        own.silent.delete(port as number)
        oldest?.destroy()
      }
      if (ofAddress > 0 && own.all >= ofAddress) {
        socket.destroy()
        return false
      }
      held.set(address, own)
      own.all++
      const port = socket.remotePort ?? 0
      own.silent.set(port, socket)
      socket.once('close', () => {
        if (own.silent.get(port) === socket) own.silent.delete(port)
        if (--own.all === 0) held.delete(address)
      })
      return true
    },

    /** The client has asked for something; on the connection itself or on that of TLS above it. */
    speaks({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>): void {
      held.get(lockoutSource(remoteAddress ?? ''))?.silent.delete(remotePort ?? 0)
    },
  }
}
