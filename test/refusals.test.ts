import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectPlain } from 'node:net'
import { test } from 'node:test'
import { connect } from 'node:tls'
import type { Client } from './client.ts'
import { databases, type Lab, labPassword, openLab } from './lab.ts'
import { noOpenSsh, OpenSsh } from './servers/openssh.ts'

// The gateway knows nothing of the database; the first kind stands for both.
const [database] = databases as [(typeof databases)[0]]

/** Sends bytes on a connection of their own. @returns all that comes back until the server ends the connection. */
async function exchange({ url, ca }: Client, bytes: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), ca, servername: 'localhost' })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  socket.write(bytes)
  let answer = ''
  for await (const chunk of socket) answer += chunk.toString('latin1')
  return answer
}

/** Sends bytes without TLS, and waits for the end. */
async function sendPlain(port: number, bytes: string): Promise<void> {
  const socket = connectPlain(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.end(bytes)
  socket.resume()
  await once(socket, 'close')
}

async function recordsOf(lab: Lab, operation: string) {
  const { status, text, json } = await lab.admin.get(`/sallyport/v1/audit?operation=${operation}`)
  assert.equal(status, 200, text)
  return json.results as Record<string, unknown>[]
}

/** Waits for a record that is made when a connection has ended. */
async function untilRecorded(lab: Lab, operation: string) {
  for (let attempt = 0; attempt < 200; attempt++) {
    const found = await recordsOf(lab, operation)
    if (found.length > 0) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  assert.fail(`no record of ${operation}`)
}

const get = 'GET /api/v1/node/version?token=kx9secret HTTP/1.1\r\nhost: localhost\r\n'
const unreadable: [what: string, bytes: string, status: number, reason: string][] = [
  ['two lengths of a body', `${get}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 400, 'HPE_'],
  ['a line that ends in LF alone', 'GET /api/v1/x HTTP/1.1\nhost: localhost\n\n', 400, 'HPE_'],
  ['headers that are too large', `${get}x: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'HPE_HEADER_OVERFLOW'],
  ['a method that is none', 'BREW /pot HTTP/1.1\r\nhost: localhost\r\n\r\n', 400, 'HPE_INVALID_METHOD'],
  ['no request at all', '\x16\x03\x01 kx9secret\r\n\r\n', 400, 'HPE_INVALID_METHOD'],
]
for (const [what, bytes, status, reason] of unreadable) {
  test(`${what}: refused and on record, with nothing of a secret`, async () => {
    await using lab = await openLab(database)
    assert.match(await exchange(lab.a, bytes), new RegExp(`^HTTP/1.1 ${status} `))
    const [record, ...others] = await untilRecorded(lab, 'refused-message')
    assert.equal(others.length, 0)
    assert.deepEqual([record?.status, record?.source, record?.kind], [status, '127.0.0.1', 'unauthenticated'])
    assert.ok(String(record?.error).startsWith(reason), String(record?.error))
    assert.ok(!JSON.stringify(record).includes('kx9secret'))
  })
}

test('CONNECT, an expectation that nobody meets, and what is no TLS are refused and on record', async () => {
  await using lab = await openLab(database)
  const connecting = 'CONNECT admin:kx9secret@elsewhere:443 HTTP/1.1\r\nhost: elsewhere:443\r\n\r\n'
  assert.match(await exchange(lab.a, connecting), /^HTTP\/1.1 405 /)
  assert.match(await exchange(lab.a, `${get}expect: the-unexpected\r\n\r\n`), /^HTTP\/1.1 417 /)
  await sendPlain(Number(new URL(lab.a.url).port), 'GET / HTTP/1.1\r\n\r\n')
  const [connect] = await untilRecorded(lab, 'refused-connect')
  assert.deepEqual([connect?.method, connect?.url, connect?.status], ['CONNECT', '*****@elsewhere:443', 405])
  const [expecting] = await untilRecorded(lab, 'refused-expectation')
  assert.deepEqual([expecting?.url, expecting?.status], ['/api/v1/node/version?token=*****', 417])
  const [handshake] = await untilRecorded(lab, 'refused-handshake')
  assert.match(String(handshake?.error), /^ERR_SSL_/)
})

test('a call that asks for an upgrade is a call like any other, and on record as one', async () => {
  await using lab = await openLab(database)
  const asking = `${get}upgrade: websocket\r\nconnection: upgrade, close\r\n\r\n`
  assert.match(await exchange(lab.a, asking), /^HTTP\/1.1 403 /)
  const { json } = await lab.admin.get('/sallyport/v1/audit?kind=unauthenticated')
  assert.equal(json.results.length, 1)
})

test('a flood of what cannot be read leaves two records, the second with the count', async () => {
  await using lab = await openLab(database)
  await Promise.all(Array.from({ length: 60 }, () => exchange(lab.a, 'BREW /pot HTTP/1.1\r\n\r\n')))
  assert.equal((await untilRecorded(lab, 'refused-message')).length, 1)
  await lab.restart()
  const records = await recordsOf(lab, 'refused-message')
  assert.equal(records.length, 2)
  assert.deepEqual(
    records.map(({ count }) => count),
    [59, undefined],
  )
})

test('what SSH does not give is on record: who asked, from where, and for what', { skip: noOpenSsh }, async () => {
  await using lab = await openLab(database)
  await using ssh = new OpenSsh()
  const address = lab.server.ready.managers[0]?.ssh as string
  const admin = { user: 'admin', password: labPassword }
  const direct = await ssh.run(address, { ...admin, args: ['-W', '127.0.0.1:1'] })
  assert.equal(direct.status, 255)
  const [forwarding] = await untilRecorded(lab, 'refused-forwarding')
  assert.deepEqual([forwarding?.user, forwarding?.url, forwarding?.error], ['admin', '127.0.0.1:1', 'direct-tcpip'])
  await ssh.run(address, { ...admin, args: ['-s'], command: 'sftp' })
  const [subsystem] = await untilRecorded(lab, 'refused-subsystem')
  assert.deepEqual([subsystem?.user, subsystem?.error, subsystem?.method], ['admin', 'sftp', 'SSH'])
  const [none] = await untilRecorded(lab, 'refused-method')
  assert.deepEqual([none?.error, none?.source], ['none', '127.0.0.1'])
  await sendPlain(Number(address.split(':').at(-1)), 'GET / HTTP/1.1\r\n\r\n')
  await untilRecorded(lab, 'refused-handshake')
})
