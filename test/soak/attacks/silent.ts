import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { type Attack, count, loops } from '../target.ts'

/** What a silent connection has said before it falls silent. */
const kinds = ['nothing', 'a handshake', 'half a request'] as const

/** Part 7: connections that are opened, say little or nothing, and are opened again when they are ended. */
export const silent: Attack = async (target, connections, from, outcomes, ended) => {
  const { hostname: host, port } = new URL(target.manager)
  const where = { host, port: Number(port), localAddress: from }

  await loops(connections, ended, async (number) => {
    const kind = kinds[number % kinds.length] as (typeof kinds)[number]
    const socket: Socket = connect(where)
    socket.on('error', () => {})
    const end = () => socket.destroy()
    ended.addEventListener('abort', end)
    if (kind !== 'nothing') {
      const tls = connectTls({ socket, rejectUnauthorized: false })
      tls.on('error', () => {})
      if (kind === 'half a request')
        tls.once('secureConnect', () => tls.write('GET /api/v1/node HTTP/1.1\r\nhost: a\r\n'))
    }
    await once(socket, 'close')
    ended.removeEventListener('abort', end)
    count(outcomes, `${kind}: ended`)
    await pause(100)
  })
}
