import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { createConnections } from './connections.ts'

let lastPort = 1024

/** A connection as far as it is looked at here; like a real one it closes later than it is ended. */
function socketFrom(remoteAddress: string, remotePort = ++lastPort) {
  const socket = Object.assign(new EventEmitter(), {
    remoteAddress,
    remotePort,
    isEnded: false,
    destroy() {
      socket.isEnded = true
    },
  })
  return socket
}

const asSocket = (socket: ReturnType<typeof socketFrom>) => socket as unknown as Socket

function listener(limits: { inAll?: number; ofAddress?: number; silentOfAddress?: number }) {
  const connections = createConnections({ inAll: 0, ofAddress: 0, silentOfAddress: 0, ...limits })
  return {
    connections,
    arrive(address: string, port?: number) {
      const socket = socketFrom(address, port)
      const stays = connections.arrive(asSocket(socket))
      assert.equal(stays, !socket.isEnded)
      return socket
    },
    arriveAndSpeak(address: string) {
      const socket = this.arrive(address)
      connections.speaks(asSocket(socket))
      return socket
    },
  }
}

test('of the silent connections of an address the oldest makes room for the next', () => {
  const { arrive, connections } = listener({ silentOfAddress: 2 })
  const [first, second, third] = [arrive('192.0.2.1'), arrive('192.0.2.1'), arrive('192.0.2.1')]
  assert.deepEqual([first.isEnded, second.isEnded, third.isEnded], [true, false, false])
  first.emit('close')
  assert.equal(connections.all, 2)
})

test('an address at its limit gives up a silent connection for a new one, and none that is in use', () => {
  const at = listener({ ofAddress: 2 })
  const used = at.arriveAndSpeak('192.0.2.1')
  const silent = at.arrive('192.0.2.1')
  const next = at.arriveAndSpeak('192.0.2.1')
  assert.deepEqual([used.isEnded, silent.isEnded, next.isEnded], [false, true, false])
  assert.equal(at.arrive('192.0.2.1').isEnded, true)
  assert.equal(at.arrive('192.0.2.2').isEnded, false)
  used.emit('close')
  assert.equal(at.arrive('192.0.2.1').isEnded, false)
})

test('where all places are taken, the address with most silent connections gives up its oldest', () => {
  const at = listener({ inAll: 6 })
  const few = at.arrive('192.0.2.1')
  const many = Array.from({ length: 5 }, () => at.arrive('198.51.100.7'))
  for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) assert.equal(at.arrive(address).isEnded, false)
  assert.deepEqual(
    many.map(({ isEnded }) => isEnded),
    [true, true, true, false, false],
  )
  assert.equal(few.isEnded, false)
  assert.equal(at.connections.all, 6)
})

test('where all places are in use, a new connection is refused, and nobody else is', () => {
  const at = listener({ inAll: 2 })
  const used = [at.arriveAndSpeak('192.0.2.1'), at.arriveAndSpeak('192.0.2.2')]
  assert.equal(at.arrive('192.0.2.3').isEnded, true)
  assert.ok(used.every(({ isEnded }) => !isEnded))
})

test('all of an IPv6 network is one address, and its connections are told apart where their ports are the same', () => {
  const at = listener({ silentOfAddress: 2 })
  const sockets = [1, 2, 3].map((host) => at.arrive(`2001:db8::${host}`, 4000))
  assert.deepEqual(
    sockets.map(({ isEnded }) => isEnded),
    [true, false, false],
  )
  for (const socket of sockets) socket.emit('close')
  assert.equal(at.connections.all, 0)
})

test('without a limit there is none', () => {
  const at = listener({})
  for (let count = 0; count < 5000; count++) assert.equal(at.arrive('192.0.2.1').isEnded, false)
})
