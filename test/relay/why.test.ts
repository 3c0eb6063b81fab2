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
    plain.close()
    old.close()
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
