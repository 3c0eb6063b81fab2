import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { ServerChannel } from 'ssh2'
import { channelTerminal } from './channel-terminal.ts'

/** A client that takes what is written when it is told to. */
function slowClient(size?: { columns: number; rows: number }) {
  let written = ''
  let take: (() => void) | undefined
  const channel = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      written += chunk
      take = done
    },
  })
  const socket = Object.assign(new EventEmitter(), { writableNeedDrain: false })
  const terminal = channelTerminal(channel as unknown as ServerChannel, socket as unknown as Socket, () => size)
  return { channel, socket, terminal, take: () => take?.(), written: () => written }
}

/** Whether a promise is fulfilled by now. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false
  void promise.then(() => {
    done = true
  })
  for (let i = 0; i < 5; i++) await setImmediate()
  return done
}

test('writing waits for the client, and for what its channel goes over', async () => {
  const { socket, terminal, take } = slowClient()
  const first = terminal.write('one')
  assert.equal(await isDone(first), false)
  Object.assign(socket, { writableNeedDrain: true })
  take()
  assert.equal(await isDone(first), false)
  Object.assign(socket, { writableNeedDrain: false })
  socket.emit('drain')
  assert.equal(await isDone(first), true)
})

test('nobody waits for a client that is gone', async () => {
  for (const leave of ['channel', 'socket'] as const) {
    const client = slowClient()
    const ended: unknown[] = []
    client.terminal.onInput((bytes) => ended.push(bytes))
    const writing = client.terminal.write('one')
    assert.equal(await isDone(writing), false)
    client[leave].emit('close')
    assert.equal(await isDone(writing), true)
    assert.equal(await isDone(client.terminal.write('two')), true)
    assert.deepEqual(ended, [undefined])
  }
})

test('the end of the input comes once, and ends no output', async () => {
  const { channel, terminal } = slowClient()
  const input: unknown[] = []
  terminal.onInput((bytes) => input.push(bytes?.toString()))
  channel.push('get\n')
  channel.push(null)
  await isDone(Promise.resolve())
  channel.emit('close')
  await isDone(Promise.resolve())
  assert.deepEqual(input, ['get\n', undefined])

  const other = slowClient()
  other.terminal.onInput(() => {})
  other.channel.push(null)
  await isDone(Promise.resolve())
  const writing = other.terminal.write('answer\n')
  other.take()
  assert.equal(await isDone(writing), true)
  assert.equal(other.written(), 'answer\n')
})

test('lines end as a terminal wants them, and in a pipe as they are', async () => {
  for (const [size, expected] of [
    [{ columns: 80, rows: 24 }, 'a\r\nb\r\n'],
    [undefined, 'a\nb\n'],
  ] as const) {
    const { terminal, take, written } = slowClient(size)
    const writing = terminal.write('a\nb\n')
    take()
    await writing
    assert.equal(written(), expected)
  }
})
