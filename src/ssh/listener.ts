import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Logger } from 'pino'
import type { SshPort } from '../access/nodes/ssh-services.ts'
import type { Appliance } from '../inventory/appliances.ts'
import type { SshServer } from './server.ts'

/** Where an appliance's SSH clients connect. */
export interface SshListener {
  appliance: Appliance
  port: SshPort
  /** `host:port` */
  address: string
  /** Makes the host key that takes a while. */
  prepare(): Promise<void>
  /** Closes it for good. @param why Told to those who have a console open. */
  close(why: string): Promise<void>
}

export interface SshListenerParts {
  appliance: Appliance
  host: string
  /** 0: any free one. */
  port: number
  /** The server, once somebody connects: who uses no SSH does not wait for it, nor pay its memory. */
  load(): Promise<SshServer>
  /** Makes the host key that takes a while. */
  makeKey(): Promise<void>
  hostKeys: SshPort['hostKeys']
  /** Whether the port is open to begin with. */
  startsOpen: boolean
  log: Logger
}

export async function openSshListener(parts: SshListenerParts): Promise<SshListener> {
  const { appliance, host, port, load, makeKey, hostKeys, startsOpen, log } = parts
  let loading: Promise<SshServer> | undefined
  const loaded = () => {
    loading ??= load()
    return loading
  }

  function arrive(socket: Socket): void {
    socket.on('error', (error) => log.debug(error, 'an SSH connection failed'))
    loaded().then(
      (server) => (socket.destroyed ? undefined : server.serve(socket)),
      (error) => {
        log.error(error, 'the SSH server cannot be used')
        loading = undefined
        socket.destroy()
      },
    )
  }

  const listener = createServer(arrive)
  // Beyond them the kernel keeps connections waiting; nobody's memory is.
  listener.maxConnections = 2000
  const listen = (on: number) =>
    new Promise<void>((resolve, reject) => {
      listener.once('error', reject)
      listener.listen(on, host, () => {
        listener.off('error', reject)
        resolve()
      })
    })
  // The port is taken even where nobody is let in yet: a mistake in the settings is told at the start.
  await listen(port)
  const address = listener.address() as AddressInfo
  listener.on('error', (error) => log.error(error, 'an SSH listener failed'))
  const own: SshPort = {
    get isOpen() {
      return listener.listening
    },
    hostKeys,
    async open() {
      if (!listener.listening) await listen(address.port)
    },
    close: () => void listener.close(),
  }
  if (!startsOpen) own.close()

  return {
    appliance,
    port: own,
    address: `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    async prepare() {
      await makeKey()
      ;(await loading)?.readHostKeys()
    },
    async close(why) {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()))
      await (await loading)?.close(why)
      await closed
    },
  }
}
