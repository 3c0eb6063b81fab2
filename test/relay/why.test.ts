import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import { certificateNames } from '../../src/gateway/certificate-names.ts'
import { ownCertificate } from '../../src/gateway/certificates.ts'
import { whyOf } from '../../src/relay/why.ts'
import { tryUpstreams } from '../../src/serve.ts'
import { makeCa } from '../certificates.ts'
import { freePort } from '../servers/programs.ts'
import { reply, startRecordingUpstream } from '../servers/recording-upstream.ts'
import { openRelayLab, relayedRecords, relayTest, userWith } from './relay-lab.ts'

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('why an upstream does not answer stands in the log and the record, and Enterprise Admins are told', async () => {
  await using upstream = await startRecordingUpstream()
  upstream.answer = ({ path, headers }, socket) => {
    if (path.startsWith('/policy/api/v1/infra/slow')) return
    if (path.startsWith('/policy/api/v1/infra/cut')) return void socket.destroy()
    if (path.startsWith('/policy/api/v1/infra/ssh')) return void socket.end('SSH-2.0-x\r\n\r\n')
    const isKnown = headers.get('authorization') === `Basic ${btoa('svc:upstream-secret')}`
    reply(socket, '{}', isKnown ? 'HTTP/1.1 200 OK' : 'HTTP/1.1 401 Unauthorized')
  }
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-why-'))
  const plain = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  const ca = await makeCa('upstreams')
  const old = createTlsServer(await ca.issue(['127.0.0.1'], { from: -3, to: -1 }))
  // Its certificate is ECDSA, and its only suite needs RSA.
  const noSuite = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' } as const
  const picky = createTlsServer({ ...(await ca.issue(['127.0.0.1'])), ...noSuite })
  const lines: { msg: string; upstream?: string; reason?: string; calls?: number }[] = []
  try {
    const { caFile: otherCa } = await ownCertificate(dir, certificateNames('127.0.0.1'), Date.now())
    const caFile = join(dir, 'upstreams.pem')
    writeFileSync(caFile, ca.cert)
    const closedPort = await freePort()
    const credential = { kind: 'basic', user: 'svc', password: 'upstream-secret' }
    /** What is wrong with each, what Enterprise Admins are told, and whether trying it finds it out. */
    const wrong: [name: string, settings: object, why: RegExp, isFound: boolean][] = [
      ['ca', { ca: otherCa }, /^certificate: no CA that is trusted has issued it .* the setting ca /, true],
      ['old', { url: await listening(old), ca: caFile }, /^certificate: it has expired$/, true],
      [
        'names',
        { servername: 'nsx.example' },
        /^certificate: it is not for nsx\.example, but for .*127\.0\.0\.1/,
        true,
      ],
      [
        'closed',
        { url: `https://127.0.0.1:${closedPort}` },
        new RegExp(`^refused: nothing takes connections at 127.0.0.1 port ${closedPort}$`),
        true,
      ],
      ['nowhere', { url: 'https://nsx.invalid' }, /^name: nsx\.invalid cannot be resolved/, true],
      ['plain', { url: await listening(plain) }, /^TLS: what listens there does not speak it/, true],
      ['picky', { url: await listening(picky), ca: caFile }, /^TLS: the handshake failed \(/, true],
      ['slow', {}, /^time: there was no answer within 0\.2 s \(answerTimeout\)$/, false],
      ['ssh', {}, /^HTTP: the answer cannot be read: /, false],
      ['cut', {}, /^connection: it was closed before the answer was there$/, false],
      [
        'password',
        { credential: { ...credential, password: 'changed' } },
        /does not take the relay's credentials/,
        true,
      ],
    ]
    const upstreams = [...wrong, ['right', {}] as const].map(([name, settings]) => ({
      name,
      url: upstream.url,
      ca: upstream.caFile,
      paths: [`/policy/api/v1/infra/${name}`],
      credential,
      answerTimeout: 0.2,
      ...settings,
    }))
    const rules = upstreams.map(({ paths }) => ({
      methods: ['GET'],
      path: `${paths[0]}/{id}`,
      feature: 'policy_segment',
      permission: 'read',
    }))
    const logged = (line: string) => lines.push(JSON.parse(line))
    await using lab = await openRelayLab(upstream, {}, { upstreams, rules }, undefined, logged)
    const auditor = await userWith(lab, 'reader', 'auditor')

    for (const [name, , why] of wrong) {
      const url = `/policy/api/v1/infra/${name}/x`
      const told = await lab.admin.get(url)
      const general = await auditor.get(url)
      assert(told.status === 502 || told.status === 504, `${name}: ${told.text}`)
      assert.equal(general.status, told.status)
      // The refused credentials say it all already.
      if (name !== 'password') {
        const [sentence, ...reason] = told.json.error_message.split(': ')
        assert.match(reason.join(': '), why)
        assert.equal(general.json.error_message, sentence, name)
      }
      assert.doesNotMatch(general.text, /127\.0\.0\.1|nsx\.(invalid|example)|certificate/)
      const records = (await relayedRecords(lab)).filter((record) => record.url === url)
      assert.equal(records.length, 2)
      for (const { error } of records) assert.match(error ?? '', why)
      // The second call changed nothing of what is known.
      const inLog = lines.filter(({ msg, upstream }) => msg === 'relayed calls have no answer' && upstream === name)
      assert.equal(inLog.length, 1, name)
      assert.match(inLog[0]?.reason ?? '', why)
    }
    assert.equal((await lab.admin.get('/policy/api/v1/infra/right/x')).status, 200)

    // A reason that lasts is told again after a minute, with how many calls there were.
    lab.clock.advance({ seconds: 61 })
    await lab.admin.get('/policy/api/v1/infra/closed/x')
    assert.equal(lines.filter(({ upstream }) => upstream === 'closed').at(-1)?.calls, 2)
    upstream.answer = (_request, socket) => reply(socket, '{}')
    assert.equal((await lab.admin.get('/policy/api/v1/infra/cut/x')).status, 200)
    assert(lines.some(({ msg, upstream }) => msg === 'the upstream answers again' && upstream === 'cut'))

    upstream.answer = ({ headers }, socket) => {
      const isKnown = headers.get('authorization') === `Basic ${btoa('svc:upstream-secret')}`
      reply(socket, '{}', isKnown ? 'HTTP/1.1 200 OK' : 'HTTP/1.1 401 Unauthorized')
    }
    // As at the start of a server.
    lines.length = 0
    await tryUpstreams(lab.server.services, lab.server.services.log)
    const { code, stdout } = await relayTest(lab)
    assert.equal(code, 1)
    const printed = new Map(stdout.split('\n').map((line) => line.split(/: +(.*)/, 2) as [string, string]))
    for (const [name, , why, isFound] of [...wrong, ['right', {}, /never/, false] as const]) {
      const line = lines.find(({ upstream }) => upstream === name)
      assert.equal(line?.msg, isFound ? 'the upstream does not answer' : 'the upstream answers', name)
      if (isFound) assert.match(line?.reason ?? '', why)
      assert.match(printed.get(name) ?? '', isFound ? why : /^answers$/, stdout)
    }
    assert.doesNotMatch(JSON.stringify(lines) + stdout, /upstream-secret|changed/)
  } finally {
    for (const server of [plain, old, picky]) server.close()
    rmSync(dir, { recursive: true, force: true })
  }
})

test('relay test exits 0 where every upstream answers, and needs a whole call or none', async () => {
  await using upstream = await startRecordingUpstream()
  await using lab = await openRelayLab(upstream)
  assert.deepEqual(await relayTest(lab), { code: 0, stdout: 'real: answers\n', stderr: '' })
  const half = await relayTest(lab, 'GET')
  assert.notEqual(half.code, 0)
  assert.match(half.stderr, /a call is METHOD PATH --as USER/)
})

test('who reads the audit log and is no Enterprise Admin learns no address of an upstream from it', async () => {
  await using upstream = await startRecordingUpstream()
  const place = `127.0.0.1 port ${await freePort()}`
  const [host, port] = place.split(' port ')
  await using lab = await openRelayLab(upstream, { url: `https://${host}:${port}` })
  const auditor = await userWith(lab, 'reader', 'auditor')
  const engineer = await userWith(lab, 'engineer', 'network_engineer')
  const url = '/policy/api/v1/infra/segments/x'
  for (const client of [lab.admin, auditor, engineer]) {
    const { status, text } = await client.get(url)
    assert.equal(status, 502)
    assert.equal(text.includes(place), client === lab.admin, text)
  }

  const inLog = '/sallyport/v1/audit?operation=*segments*'
  const { results } = (await lab.admin.get(inLog)).json
  assert.equal(results.length, 3)
  for (const { id, error } of results) {
    assert.match(error, new RegExp(`${place}$`))
    const own = await auditor.get(`/sallyport/v1/audit/${id}`)
    assert.equal(own.status, 200)
    assert.equal(own.json.status, 502)
    assert(!own.text.includes(place), own.text)
    assert((await lab.admin.get(`/sallyport/v1/audit/${id}`)).text.includes(place))
  }
  const listed = await auditor.get(inLog)
  assert.equal(listed.json.results.length, 3)
  assert(!listed.text.includes(place), listed.text)
  for (const format of ['csv', 'ndjson', 'syslog']) {
    const file = await auditor.get(`/sallyport/v1/audit/export?format=${format}`)
    assert.equal(file.status, 200)
    assert(!file.text.includes(place), file.text)
  }
  // Nor by guessing: what may not be read is not looked into.
  const guess = `/sallyport/v1/audit?operation=*segments*&text=${encodeURIComponent(place)}`
  assert.equal((await lab.admin.get(guess)).json.results.length, 3)
  assert.equal((await auditor.get(guess)).json.results.length, 0)
  assert(!(await auditor.post('/api/v1/administration/audit-logs', {})).text.includes(place))
  for (const path of [
    inLog,
    guess,
    '/sallyport/v1/audit/export?format=csv',
    '/api/v1/node/services/syslog/exporters',
  ]) {
    assert(!(await engineer.get(path)).text.includes(place), path)
  }
})

test('a refused password is told from an upstream that is no manager, or not one that is up', async () => {
  await using upstream = await startRecordingUpstream()
  const session = { kind: 'session', user: 'svc', password: 'upstream-secret' }
  const refused = "The upstream does not take the relay's credentials"
  const noSignIn = 'The relay cannot sign in at the upstream: sign-in: it was answered '
  for (const [head, told] of [
    ['HTTP/1.1 401 Unauthorized', refused],
    ['HTTP/1.1 403 Forbidden', refused],
    [
      'HTTP/1.1 500 Internal Server Error',
      `${noSignIn}with status 500; the setting url must name a manager that is up`,
    ],
    ['HTTP/1.1 302 Found', `${noSignIn}with status 302; the setting url must name a manager that is up`],
    ['HTTP/1.1 200 OK', `${noSignIn}without a session; the setting url must name a manager that is up`],
  ] as const) {
    upstream.answer = (_request, socket) => reply(socket, '<html>', head)
    await using lab = await openRelayLab(upstream, { credential: session })
    const auditor = await userWith(lab, 'reader', 'auditor')
    // The second is answered without another try, and says the same.
    for (let calls = 0; calls < 2; calls++) {
      const answer = await lab.admin.get('/policy/api/v1/infra/segments/x')
      assert.equal(answer.status, 502)
      assert.equal(answer.json.error_message, told)
    }
    const general = (await auditor.get('/policy/api/v1/infra/segments/x')).json.error_message
    assert.equal(general, told.split(':')[0])
  }
})

test('an upstream that answers who it is with anything but that does not answer as a manager', async () => {
  await using upstream = await startRecordingUpstream()
  for (const [head, said] of [
    ['HTTP/1.1 404 Not Found', 'HTTP: it was answered with status 404; the setting url must name a manager that is up'],
    [
      'HTTP/1.1 503 Unavailable',
      'HTTP: it was answered with status 503; the setting url must name a manager that is up',
    ],
    ['HTTP/1.1 302 Found', 'HTTP: it was answered with status 302; the setting url must name a manager that is up'],
    // Somebody who may not ask.
    ['HTTP/1.1 403 Forbidden', undefined],
    ['HTTP/1.1 200 OK', undefined],
  ] as const) {
    upstream.answer = (_request, socket) => reply(socket, '<html>', head)
    await using lab = await openRelayLab(upstream)
    assert.deepEqual(await lab.server.services.relay?.attempt(), [['real', said]], head)
  }
})

test('at a start each upstream is told of as it answers, and after a stop nothing false of those that did not', async () => {
  await using upstream = await startRecordingUpstream()
  const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>()
  upstream.answer = ({ headers }, socket) => {
    if (headers.get('authorization') === `Basic ${btoa('slow:x')}`) isAsked()
    else reply(socket, '{}')
  }
  const upstreams = ['slow', 'fast'].map((name) => ({
    name,
    url: upstream.url,
    ca: upstream.caFile,
    paths: [`/policy/api/v1/infra/${name}`],
    credential: { kind: 'basic', user: name, password: 'x' },
    answerTimeout: 60,
  }))
  const told: string[] = []
  const { promise: first, resolve: isTold } = Promise.withResolvers<void>()
  const logged = (line: string) => {
    const { upstream, msg } = JSON.parse(line)
    if (!upstream) return
    told.push(`${upstream}: ${msg}`)
    isTold()
  }
  let tried: Promise<void>
  {
    await using lab = await openRelayLab(upstream, {}, { upstreams }, undefined, logged)
    tried = tryUpstreams(lab.server.services, lab.server.services.log)
    await Promise.all([asked, first])
    assert.deepEqual(told, ['fast: the upstream answers'])
  }
  await tried
  assert.deepEqual(told, ['fast: the upstream answers'])
})

test('no route to a host is told with the address', () => {
  const timeouts = { connectTimeout: 1000, answerTimeout: 1000, bodyTimeout: 1000 }
  for (const code of ['EHOSTUNREACH', 'ENETUNREACH']) {
    const failure = Object.assign(new Error('connect'), { code, address: '192.0.2.7', port: 443 })
    assert.equal(whyOf(failure, timeouts), `refused: there is no way to 192.0.2.7 port 443 (${code})`)
    const ofName = Object.assign(new AggregateError([failure]), { code })
    assert.equal(whyOf(ofName, timeouts), `refused: there is no way to 192.0.2.7 port 443 (${code})`)
  }
})

test('a server that takes the connection and never speaks TLS is told as one that did not connect in time', async () => {
  const silent = createServer((socket) => socket.on('error', () => {}))
  await using upstream = await startRecordingUpstream()
  try {
    await using lab = await openRelayLab(upstream, { url: await listening(silent), connectTimeout: 0.1 })
    const [[, why] = []] = (await lab.server.services.relay?.attempt()) ?? []
    assert.match(why ?? '', /no connection/)
  } finally {
    silent.close()
  }
  const timeouts = { connectTimeout: 1000, answerTimeout: 1000, bodyTimeout: 1000 }
  const failure = Object.assign(new Error('timeout'), { code: 'UND_ERR_CONNECT_TIMEOUT' })
  assert.equal(whyOf(failure, timeouts), 'time: there was no connection within 1 s (connectTimeout)')
})
