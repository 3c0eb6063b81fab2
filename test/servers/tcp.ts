import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** A server on loopback that does what a test says with whoever connects. */
export interface TcpServer extends AsyncDisposable {
  port: number
  /** How many have connected. */
  connections: number
}

export async function listen(serve: (socket: Socket) => void, port = 0): Promise<TcpServer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    result.connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    serve(socket)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const result: TcpServer = {
    port: (server.address() as AddressInfo).port,
    connections: 0,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
  return result
}
