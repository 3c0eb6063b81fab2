import { createServer, type Socket } from 'node:net'
import type { Logger } from 'pino'
import type { Appliance } from '../inventory/appliances.ts'
import type { SshServer } from './server.ts'

/** Where an appliance's SSH clients connect. */
export interface SshListener {
  appliance: Appliance
  /** `host:port` */
  address: string
  /** Makes the host key that takes a while. */
  prepare(): Promise<void>
  /** @param why Told to those who have a console open. */
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
  /** Whether clients are let in. */
  isOpen(): boolean
  log: Logger
}

export async function openSshListener(parts: SshListenerParts): Promise<SshListener> {
  const { appliance, host, port, load, makeKey, isOpen, log } = parts
  let loading: Promise<SshServer> | undefined
  const loaded = () => {
    loading ??= load()
    return loading
  }

  function arrive(socket: Socket): void {
    socket.on('error', (error) => log.debug(error, 'an SSH connection failed'))
    if (!isOpen()) return void socket.destroy()
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
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(port, host, resolve)
  })
  listener.on('error', (error) => log.error(error, 'an SSH listener failed'))
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('an SSH listener without a port')

  return {
    appliance,
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
