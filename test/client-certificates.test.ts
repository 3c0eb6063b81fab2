import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { type Made, makeCertificate } from './certificates.ts'
import type { Client } from './client.ts'
import { databases, type Lab, openLab } from './lab.ts'

const identities = '/api/v1/trust-management/principal-identities'
const userInfo = '/api/v1/aaa/user-info'

// The listener knows nothing of the database; the first kind stands for both.
const [database] = databases as [(typeof databases)[0]]

async function register(lab: Lab, name: string, { cert }: Made) {
  const body = { name, node_id: 'n1', certificate_pem: cert, role: 'auditor' }
  return (await lab.admin.post(`${identities}/with-certificate`, body)).json
}

interface Connection {
  socket: TLSSocket
  /** What a next connection can resume. */
  session: Buffer | undefined
  /** The status, and who the caller is where it is 200. */
  ask(): Promise<string>
}

async function open({ url, ca }: Client, options: ConnectionOptions = {}): Promise<Connection> {
  const { port } = new URL(url)
  const socket = connect({ host: '127.0.0.1', port: Number(port), ca, servername: 'localhost', ...options })
  const connection: Connection = {
    socket,
    session: undefined,
    async ask() {
      socket.write(`GET ${userInfo} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
      let answer = ''
      while (!/\r\n\r\n[\s\S]*\}\s*$/.test(answer)) answer += (await once(socket, 'data')).toString()
      const name = /"user_name":"([^"]*)"/.exec(answer)?.[1]
      return name ?? answer.slice(9, 12)
    },
  }
  socket.on('session', (session) => {
    connection.session = session
  })
  await once(socket, 'secureConnect')
  return connection
}

test('clients are asked for a certificate only while somebody can sign in with one', async () => {
  await using lab = await openLab(database)
  const made = await makeCertificate('robot')
  const before = await open(lab.a, made)
  const { id, certificate_id } = await register(lab, 'robot', made)
  assert.equal(await before.ask(), '403')
  const during = await open(lab.a, made)
  assert.equal(await during.ask(), 'robot')

  await lab.admin.delete(`${identities}/${id}`)
  assert.equal(await during.ask(), '403')
  const after = await open(lab.a, made)
  const bare = await open(lab.a)
  assert.equal(await bare.ask(), '403')
  await lab.admin.post(identities, { name: 'robot', node_id: 'n1', certificate_id, role: 'auditor' })
  // What was not asked for in the handshake is not known.
  assert.equal(await after.ask(), '403')
  assert.equal(await bare.ask(), '403')
  assert.equal(await during.ask(), 'robot')
  for (const { socket } of [before, during, after, bare]) socket.destroy()
})

test('clients are always asked, or never, where the setting says so', async () => {
  for (const [clientCertificates, early, late] of [
    ['on', 'robot', 'robot'],
    ['off', '403', '403'],
  ] as const) {
    await using lab = await openLab(database, { clientCertificates })
    const made = await makeCertificate('robot')
    const before = await open(lab.a, made)
    await register(lab, 'robot', made)
    assert.equal(await before.ask(), early)
    const after = await open(lab.a, made)
    assert.equal(await after.ask(), late)
    for (const { socket } of [before, after]) socket.destroy()
  }
  await assert.rejects(openLab(database, { clientCertificates: 'maybe' }), /clientCertificates: maybe is none of/)
})

for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`${maxVersion}: a session that is resumed has the certificate it began with`, async () => {
    await using lab = await openLab(database)
    const [first, second] = [await makeCertificate('first'), await makeCertificate('second')]
    const { id } = await register(lab, 'first', first)
    await register(lab, 'second', second)
    const begin = async (options: ConnectionOptions) => {
      const connection = await open(lab.a, { maxVersion, ...options })
      const who = await connection.ask()
      const reused = connection.socket.isSessionReused()
      connection.socket.destroy()
      return { ...connection, who, reused }
    }

    const { session, who } = await begin(first)
    assert(session)
    assert.equal(who, 'first')
    for (const options of [first, {}, second]) {
      const resumed = await begin({ ...options, session })
      assert(resumed.reused)
      assert.equal(resumed.who, 'first')
    }

    // One that began without a certificate has none, whatever is offered later.
    const bare = await begin({})
    const offered = await begin({ ...first, session: bare.session })
    assert(offered.reused)
    assert.equal(offered.who, '403')

    await lab.admin.delete(`${identities}/${id}`)
    const gone = await begin({ ...second, session })
    assert(gone.reused)
    assert.equal(gone.who, '403')
    assert.equal((await begin(second)).who, 'second')
  })

  test(`${maxVersion}: a session that began before clients were asked is not resumed`, async () => {
    await using lab = await openLab(database)
    const made = await makeCertificate('robot')
    const before = await open(lab.a, { maxVersion, ...made })
    assert.equal(await before.ask(), '403')
    assert(before.session)
    const again = await open(lab.a, { maxVersion, ...made, session: before.session })
    assert(again.socket.isSessionReused())
    await register(lab, 'robot', made)
    const asked = await open(lab.a, { maxVersion, ...made, session: before.session })
    assert(!asked.socket.isSessionReused())
    assert.equal(await asked.ask(), 'robot')
    for (const { socket } of [before, again, asked]) socket.destroy()
  })
}

test('a certificate chain of any size is presented without harm', async () => {
  await using lab = await openLab(database)
  const made = await makeCertificate('robot')
  await register(lab, 'robot', made)
  const ca = await makeCertificate('ca', { ca: true })
  const issued = await makeCertificate('issued', { by: ca })
  for (const count of [1, 50]) {
    const connection = await open(lab.a, { key: issued.key, cert: issued.cert + ca.cert.repeat(count) })
    assert.equal(await connection.ask(), '403')
    connection.socket.destroy()
  }
  const huge = connect({
    host: '127.0.0.1',
    port: Number(new URL(lab.a.url).port),
    ca: lab.a.ca,
    servername: 'localhost',
    key: issued.key,
    cert: issued.cert + ca.cert.repeat(1000),
  })
  huge.on('error', () => {})
  await new Promise((resolve) => huge.resume().once('close', resolve))
  assert.equal((await lab.a.presenting(made).get(userInfo)).status, 200)
})
