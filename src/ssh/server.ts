import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import ssh2 from 'ssh2'
import { lockoutSource, plainAddress } from '../access/sign-in/lockout.ts'
import type { Appliance } from '../inventory/appliances.ts'
import type { Services } from '../services.ts'
import { algorithms } from './algorithms.ts'
import { type ServedConnection, serveConnection } from './connection.ts'
import type { Console } from './console/console.ts'
import { makeEd25519Key } from './ed25519-host-key.ts'
import { type HostKeyFiles, hostKeyFiles } from './host-keys.ts'
import type { SshLimits } from './limits.ts'
import { createPlaces, type Guest } from './places.ts'
import { sshRefusal } from './record.ts'

export type SshServer = ReturnType<typeof createSshServer>

/** The SSH server of one appliance, as far as it knows no port. */
export function createSshServer(services: Services, appliance: Appliance, console: Console, limits: SshLimits) {
  const hostKeys = hostKeyFiles(services.config.dataDir, appliance.id)
  const places = createPlaces(limits)
  const arriving = new Map<string, { socket: Socket; guest: Guest }>()
  const connections = new Set<ServedConnection>()
  const bannerNow = () => services.nodeSettings.read(appliance.id).sshBanner
  let banner = bannerNow()
  let protocol = createProtocol()

  function createProtocol() {
    const greeting = banner === '' ? {} : { banner: banner.replace(/\r?\n/g, '\r\n') }
    const server = new ssh2.Server({ hostKeys: readHostKeys(hostKeys), algorithms, ident: 'Sallyport', ...greeting })
    server.on('connection', (client, info) => {
      const arrived = arriving.get(keyOf(info.ip, info.port))
      if (!arrived) {
        client.on('error', () => {})
        return void client.end()
      }
      const { socket, guest } = arrived
      client.on('handshake', ({ serverHostKey }) => {
        // The library offers SHA-1 behind all others wherever there is an RSA key.
        if (serverHostKey === 'ssh-rsa') return void client.end()
        guest.handshaken = true
      })
      const connection = serveConnection(client, info, socket, { services, appliance, console, limits, places, guest })
      connections.add(connection)
      socket.once('close', () => connections.delete(connection))
    })
    server.on('error', (error: Error) => services.log.error(error, 'the SSH server failed'))
    return server
  }

  return {
    serve(socket: Socket): void {
      const address = socket.remoteAddress ?? ''
      const source = lockoutSource(socket.remoteAddress ?? '')
      const guest: Guest = { source, handshaken: false, drop: () => socket.destroy() }
      const key = keyOf(socket.remoteAddress, socket.remotePort)
      places.enter(guest)
      arriving.set(key, { socket, guest })
      const late = setTimeout(() => guest.handshaken || socket.destroy(), limits.handshake)
      const idle = setTimeout(() => guest.account !== undefined || socket.destroy(), limits.login)
      socket.once('close', () => {
        // Who says nothing only looks whether there is something.
        if (!guest.handshaken && socket.bytesRead > 0) {
          const facts = { appliance, source: plainAddress(address), id: '', agent: '' }
          services.refusals.record(sshRefusal(facts, '', 'refused-handshake', 'no keys were exchanged'))
        }
        clearTimeout(late)
        clearTimeout(idle)
        arriving.delete(key)
        places.leave(guest)
      })
      socket.setNoDelay(true)
      if (banner !== bannerNow()) {
        banner = bannerNow()
        protocol = createProtocol()
      }
      protocol.injectSocket(socket)
    },

    /** Connections from now on may use the keys that there are now. */
    readHostKeys(): void {
      protocol = createProtocol()
    },

    /** Tells everybody, closes their consoles, and cuts off who has not signed in. */
    async close(why: string): Promise<void> {
      const signedIn = new Set<Guest>()
      for (const guest of places.all()) {
        if (guest.account === undefined) guest.drop()
        else signedIn.add(guest)
      }
      await Promise.all([...connections].map((connection) => connection.end(why)))
      for (const guest of signedIn) guest.drop()
    },
  }
}

/** The keys that there are; the Ed25519 key is made where there is none. */
function readHostKeys(files: HostKeyFiles): string[] {
  if (files.read('host_ed25519_key') === undefined) {
    files.keep('host_ed25519_key', makeEd25519Key())
  }
  const keys = [files.read('host_ed25519_key'), files.read('host_rsa_key')]
  return keys.filter((key) => key !== undefined)
}

// A socket that is gone by now has no address, and a name of its own.
const keyOf = (address: string | undefined, port: number | undefined) =>
  address === undefined || port === undefined ? randomUUID() : `${address} ${port}`
