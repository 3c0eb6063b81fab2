import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect } from 'node:tls'
import { certificateNames } from '../../src/gateway/certificate-names.ts'
import { ownCertificate } from '../../src/gateway/certificates.ts'
import { databases, labPassword, openLab } from '../lab.ts'
import { freePort } from '../servers/programs.ts'
import { reply, startRecordingUpstream } from '../servers/recording-upstream.ts'
import { logText, openRelayLab, relayedRecords, until, withSessions } from './relay-lab.ts'

const services = '/policy/api/v1/infra/services'
const segments = '/policy/api/v1/infra/segments'
const tier1s = '/policy/api/v1/infra/tier-1s'
const withSession = { credential: { user: 'svc', password: 'upstream-secret' } }

for (const database of databases) {
  test(`${database.kind}: a second lab answers through the relay as it answers itself`, database, async () => {
    await using behind = await openLab(database)
    const upstream = { url: behind.a.url, caFile: behind.server.ready.ca }
    const credential = { user: 'admin', password: labPassword }
    await using lab = await openRelayLab(upstream, { credential, bodyTimeout: 5, answerTimeout: 5 }, {}, database)

    const segment = {
      display_name: 'Süd',
      subnets: [{ gateway_address: '10.1.0.1/24' }],
      tags: [{ scope: 'a', tag: 'b' }],
    }
    const calls = [
      ['PUT', `${segments}/one`, segment],
      ['GET', `${segments}/one`],
      ['GET', `${segments}?page_size=1&sort_ascending=false`],
      ['PATCH', `${segments}/one`, { description: 'changed' }],
      ['PUT', `${segments}/one`, segment],
      ['PUT', `${segments}/one`, { ...segment, _revision: 9 }],
      ['PUT', `${segments}/two`, { nonsense: 1 }],
      ['GET', `${segments}/nope`],
      ['PUT', `${tier1s}/t1%20a`, {}],
      ['GET', `${tier1s}/t1%20a`],
      ['DELETE', `${tier1s}/test_t1`],
      ['DELETE', `${tier1s}/t1%20a`],
      ['DELETE', `${segments}/one`],
    ] as const
    const varying = (text: string) => text.replaceAll(/"(unique_id)":"[^"]*"/g, '"$1":"…"')
    for (const [method, path, body] of calls) {
      const text = body && JSON.stringify(body)
      const type = { 'content-type': 'application/json' }
      const through = await lab.admin.send(method, path, text, type)
      // The same call on an untouched lab of the same kind: the relay's own.
      const { relay } = lab.server.services
      lab.server.services.relay = undefined
      const itself = await lab.admin.send(method, path, text, type)
      lab.server.services.relay = relay
      assert.equal(through.status, itself.status, `${method} ${path}`)
      assert.equal(varying(through.text), varying(itself.text), `${method} ${path}`)
      const kept = ({
        headers: { date, 'vmw-task-id': task, 'x-envoy-upstream-service-time': time, ...headers },
      }: typeof itself) => headers
      assert.deepEqual({ ...kept(through), 'content-length': '' }, { ...kept(itself), 'content-length': '' })
    }
    assert.equal((await lab.admin.patch('/policy/api/v1/infra', { resource_type: 'Infra', children: [] })).status, 403)

    // The upstream's log says who it was, and whose request.
    const written = logText(behind)
      .split('\n')
      .find((line) => line.includes('PatchInfraSegment'))
    const record = (await relayedRecords(lab)).find(({ method }) => method === 'PATCH')
    assert.match(written ?? '', / euser="admin"/)
    assert(written?.includes(`ereqId="${record?.requestId}"`))

    // What is Sallyport's own stays here.
    assert.equal((await lab.admin.get('/api/v1/node/users')).status, 200)
    assert.equal((await lab.admin.get('/policy/api/v1/aaa/user-info')).json.user_name, 'admin')
    assert(!logText(behind).includes('/api/v1/node/users'))
  })

  test(
    `${database.kind}: the session at a real upstream is renewed when it has ended, and kept while it is idle`,
    database,
    async () => {
      await using behind = await openLab(database)
      const upstream = { url: behind.a.url, caFile: behind.server.ready.ca }
      await using lab = await openRelayLab(
        upstream,
        { credential: { user: 'admin', password: labPassword } },
        {},
        database,
      )
      const signIns = () => logText(behind).match(/Operation="LOGIN", Operation status="success"/g)?.length
      assert.equal((await lab.admin.get(segments)).status, 200)
      assert.equal((await lab.admin.get(segments)).status, 200)
      assert.equal(signIns(), 1)
      behind.clock.advance({ seconds: 1800 })
      assert.equal((await lab.admin.get(segments)).status, 200)
      assert.equal(signIns(), 2)
      behind.clock.advance({ seconds: 1800 })
      // A body that was read whole is sent again.
      assert.equal((await lab.admin.put(`${segments}/again`, { display_name: 'again' })).status, 200)
      assert.equal(signIns(), 3)
      // Kept alive: half a session's time, and then as much again.
      for (const _ of [1, 2]) {
        behind.clock.advance({ seconds: 1000 })
        lab.clock.advance({ seconds: 1000 })
        await lab.server.services.relay?.keepHouse()
      }
      assert.equal((await lab.admin.get(segments)).status, 200)
      assert.equal(signIns(), 3)
    },
  )
}

test('an upstream that is slow, gone, cut off or not who it should be is answered 502 or 504 in bounded time', async () => {
  await using upstream = await startRecordingUpstream()
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-other-'))
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  try {
    await once(silent, 'listening')
    const { caFile: otherCa } = await ownCertificate(dir, certificateNames('127.0.0.1'), Date.now())
    const gone = `https://127.0.0.1:${await freePort()}`
    const quiet = `https://127.0.0.1:${(silent.address() as { port: number }).port}`
    for (const [what, settings, answer, status] of [
      ['slow', {}, () => {}, 504],
      [
        'slow in the middle of its head',
        {},
        (socket: NodeJS.WritableStream) => void socket.write('HTTP/1.1 200 OK\r\ncontent-'),
        504,
      ],
      [
        'slow in the middle of a short answer',
        {},
        (socket: NodeJS.WritableStream) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{'),
        504,
      ],
      ['gone', { url: gone }, undefined, 502],
      ['silent before TLS', { url: quiet }, undefined, 504],
      ['cut off', {}, (socket: NodeJS.WritableStream & { destroy(): void }) => socket.destroy(), 502],
      ['cut off in its head', {}, (socket: NodeJS.WritableStream) => void socket.end('HTTP/1.1 200 OK\r\ncont'), 502],
      ['no HTTP', {}, (socket: NodeJS.WritableStream) => void socket.end('SSH-2.0-x\r\n\r\n'), 502],
      ['of another CA', { ca: otherCa }, undefined, 502],
      ['of another name', { servername: 'nsx.example' }, undefined, 502],
      [
        'upgrading',
        {},
        (socket: NodeJS.WritableStream) =>
          void socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
        502,
      ],
    ] as const) {
      upstream.requests.length = 0
      upstream.answer = (_request, socket) => (answer as ((socket: unknown) => void) | undefined)?.(socket)
      await using lab = await openRelayLab(upstream, settings)
      for (const method of ['GET', 'DELETE'] as const) {
        const began = performance.now()
        const refused = await lab.admin.send(method, `${services}/a`)
        assert(performance.now() - began < 3500, `${what}: ${performance.now() - began} ms`)
        assert.equal(refused.status, status, `${what}: ${refused.text}`)
        assert.equal(refused.json.module_name, 'common-services')
        assert(!refused.text.includes('upstream-secret'), refused.text)
      }
      const [read, change] = await relayedRecords(lab)
      assert.equal(read?.outcome, undefined, what)
      assert.equal(change?.outcome, 'unknown', what)
      assert.equal(change?.status, status)
      assert.match(logText(lab), /Operation="DELETE [^"]*", Operation status="failure", Outcome="unknown"/)
      // A change is sent once, whatever becomes of it.
      assert(upstream.requests.filter(({ method }) => method === 'DELETE').length <= 1, what)
      if (settings !== undefined && ('ca' in settings || 'servername' in settings))
        assert.deepEqual(upstream.requests, [])
    }
  } finally {
    silent.close()
    rmSync(dir, { recursive: true, force: true })
  }
})

test('one slow upstream does not make those wait without end who are behind others', async () => {
  await using upstream = await startRecordingUpstream(() => {})
  await using lab = await openRelayLab(upstream, { connections: 2, connectTimeout: 0.2, answerTimeout: 1 })
  const began = performance.now()
  const answers = await Promise.all(Array.from({ length: 20 }, () => lab.admin.get(services)))
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [504])
  assert(performance.now() - began < 3500)
  // Those that were given up are not sent later.
  const sent = upstream.requests.length
  upstream.answer = (_request, socket) => reply(socket, '{}')
  assert.equal((await lab.admin.get(services)).status, 200)
  assert(upstream.requests.length <= sent + 1)
  assert.equal((await lab.admin.get('/api/v1/node/version')).status, 200)
})

test('a connection that the upstream closed while it was idle is no reason to fail a read', async () => {
  await using upstream = await startRecordingUpstream()
  await using lab = await openRelayLab(upstream)
  assert.equal((await lab.admin.get(services)).status, 200)
  let first = true
  upstream.answer = (_request, socket) => {
    if (first) socket.destroy()
    else reply(socket, '{}')
    first = false
  }
  assert.equal((await lab.admin.get(services)).status, 200)
})

test("the upstream's refusal of the relay is not told as one of the client, and does not lock the relay out", async () => {
  await using upstream = await startRecordingUpstream()
  const badLogin = JSON.stringify({ module_name: 'common-services', error_message: 'incorrect', error_code: '403' })
  upstream.answer = (_request, socket) => reply(socket, badLogin, 'HTTP/1.1 403 Forbidden')
  {
    await using lab = await openRelayLab(upstream)
    const answer = await lab.admin.get(services)
    assert.equal(answer.status, 502)
    assert.match(answer.json.error_message, /relay's credentials/)
  }
  await using lab = await openRelayLab(upstream, withSession)
  upstream.requests.length = 0
  for (let tries = 0; tries < 5; tries++) assert.equal((await lab.admin.get(services)).status, 502)
  assert.equal(upstream.requests.length, 1)
  lab.clock.advance({ seconds: 5 })
  assert.equal((await lab.admin.get(services)).status, 502)
  assert.equal(upstream.requests.length, 2)
  lab.clock.advance({ seconds: 9 })
  assert.equal((await lab.admin.get(services)).status, 502)
  assert.equal(upstream.requests.length, 2)

  // Whoever may not do it is another matter: that is the upstream's answer.
  lab.clock.advance({ seconds: 900 })
  const forbidden = JSON.stringify({ httpStatus: 'FORBIDDEN', error_code: 401, error_message: 'no' })
  upstream.answer = (_request, socket) => reply(socket, forbidden, 'HTTP/1.1 403 Forbidden')
  withSessions(upstream)
  const answer = await lab.admin.get(services)
  assert.equal(answer.status, 403)
  assert.equal(answer.text, forbidden)
})

test('many calls at once make one session', async () => {
  await using upstream = withSessions(await startRecordingUpstream())
  {
    await using lab = await openRelayLab(upstream, withSession)
    const answers = await Promise.all(Array.from({ length: 30 }, () => lab.admin.get(services)))
    assert(answers.every(({ status }) => status === 200))
    const paths = upstream.requests.map(({ path }) => path)
    assert.equal(paths.filter((path) => path === '/api/session/create').length, 1)
    assert.equal(upstream.requests[0]?.body.toString(), 'j_username=svc&j_password=upstream-secret')
    const shown = upstream.requests.at(-1)?.headers
    assert.equal(shown?.get('cookie'), 'JSESSIONID=0123456789ABCDEF0123456789ABCDEF')
    assert.equal(shown?.get('x-xsrf-token'), 't-1')
    assert.equal(shown?.get('authorization'), undefined)
  }
  assert.equal(upstream.requests.at(-1)?.path, '/api/session/destroy')
})

test('a streamed body that cannot be sent again when the session ends is answered clearly', async () => {
  await using upstream = await startRecordingUpstream((_request, socket) =>
    reply(socket, '{"error_code":98}', 'HTTP/1.1 403 Forbidden'),
  )
  await using lab = await openRelayLab(withSessions(upstream), withSession)
  const answer = await lab.admin.send('POST', '/api/v1/firewall/sections', Buffer.alloc(200_000), {
    'content-type': 'application/octet-stream',
  })
  assert.equal(answer.status, 502)
  assert.match(answer.json.error_message, /nothing was done/)
})

test('a client certificate signs the relay in', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-client-'))
  try {
    const { cert, key } = await ownCertificate(dir, certificateNames('127.0.0.1'), Date.now())
    writeFileSync(join(dir, 'cert.pem'), cert)
    writeFileSync(join(dir, 'key.pem'), key)
    await using upstream = await startRecordingUpstream((_request, socket) =>
      reply(socket, JSON.stringify({ cn: socket.getPeerCertificate().subject?.CN ?? null })),
    )
    const clientCertificate = { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') }
    await using lab = await openRelayLab(upstream, { credential: undefined, clientCertificate })
    const answer = await lab.admin.get(services)
    assert.equal(typeof answer.json.cn, 'string')
    assert.equal(upstream.requests[0]?.headers.get('authorization'), undefined)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

test('a client that goes leaves nothing behind: a read is given up, a change is waited for', async () => {
  await using upstream = await startRecordingUpstream(() => {})
  await using lab = await openRelayLab(upstream, { answerTimeout: 3 })
  const { ca, url } = lab.a
  const credentials = Buffer.from(`admin:${labPassword}`).toString('base64')
  const leave = async (method: string) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), ca, servername: 'localhost' })
    await once(socket, 'secureConnect')
    const before = upstream.requests.length
    socket.write(`${method} ${services}/a HTTP/1.1\r\nhost: x\r\nauthorization: Basic ${credentials}\r\n\r\n`)
    await until(() => (upstream.requests.length > before ? true : undefined))
    socket.destroy()
  }
  await leave('GET')
  await until(() => (upstream.sockets.size === 0 ? true : undefined))
  const [read] = await until(async () => {
    const records = await relayedRecords(lab)
    return records.length > 0 ? records : undefined
  })
  assert.deepEqual([read?.status, read?.outcome], [499, undefined])

  await leave('DELETE')
  const [socket] = upstream.sockets
  reply(socket!, '{}')
  const change = await until(async () => (await relayedRecords(lab)).find(({ method }) => method === 'DELETE'))
  assert.deepEqual([change.status, change.outcome], [200, undefined])

  // Half of a body is not sent to its end.
  const half = connect({ host: '127.0.0.1', port: Number(new URL(url).port), ca, servername: 'localhost' })
  await once(half, 'secureConnect')
  half.write(
    `POST /api/v1/firewall/sections HTTP/1.1\r\nhost: x\r\nauthorization: Basic ${credentials}\r\ncontent-type: x/y\r\ncontent-length: 1000000\r\n\r\n${'x'.repeat(100_000)}`,
  )
  await until(() => (upstream.sockets.size > 0 ? true : undefined))
  half.destroy()
  const cut = await until(async () => (await relayedRecords(lab)).find(({ method }) => method === 'POST'))
  assert.deepEqual([cut.status, cut.outcome], [499, 'unknown'])
  await until(() => (upstream.sockets.size === 0 ? true : undefined))
})

test('an upstream that answers before it has heard everything is heard', async () => {
  await using upstream = await startRecordingUpstream()
  upstream.onConnection = (socket) =>
    void socket.once('data', () => reply(socket, '{"early":true}', 'HTTP/1.1 413 Payload Too Large'))
  await using lab = await openRelayLab(upstream)
  const { ca, url } = lab.a
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), ca, servername: 'localhost' })
  socket.on('error', () => {})
  const credentials = Buffer.from(`admin:${labPassword}`).toString('base64')
  socket.write(
    `POST /api/v1/firewall/sections HTTP/1.1\r\nhost: x\r\nauthorization: Basic ${credentials}\r\ncontent-type: x/y\r\ncontent-length: 100000000\r\n\r\n${'x'.repeat(100_000)}`,
  )
  let answer = ''
  for await (const chunk of socket) answer += chunk
  assert.match(answer, /^HTTP\/1\.1 413 /)
  assert.match(answer, /connection: close/i)
  assert(answer.endsWith('{"early":true}'))
})
