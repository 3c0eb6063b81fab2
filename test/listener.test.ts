import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import { pino } from 'pino'
import { readConfig } from '../src/config.ts'
import { openServer } from '../src/serve.ts'
import type { Client } from './client.ts'
import { databases, labPassword, openLab } from './lab.ts'

async function open({ url, ca }: Client): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), ca, servername: 'localhost' })
  await once(socket, 'secureConnect')
  return socket
}

/** Sends bytes on a connection of their own. @returns all that comes back until the server ends the connection. */
async function exchange(client: Client, bytes: string | Buffer): Promise<string> {
  const socket = await open(client)
  socket.on('error', () => {})
  socket.write(bytes)
  let answer = ''
  for await (const chunk of socket) answer += chunk.toString('latin1')
  return answer
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1])
const bodyOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))

const credentials = `authorization: Basic ${Buffer.from(`admin:${labPassword}`).toString('base64')}\r\n`
const close = 'connection: close\r\n'
const version = '/api/v1/node/version'
const policy = '/api/v1/node/aaa/auth-policy'

/** Head of a request with admin's credentials. */
const head = (method: string, target: string, ...lines: string[]) =>
  `${method} ${target} HTTP/1.1\r\nhost: localhost\r\n${credentials}${lines.map((line) => `${line}\r\n`).join('')}\r\n`
const json = 'content-type: application/json'

// The listener knows nothing of the database; the first kind stands for both.
const [database] = databases as [(typeof databases)[0]]

test('a request target that can be read in two ways is refused with 400, whoever asks', async () => {
  await using lab = await openLab(database)
  const refused: Record<string, string> = {
    [`/${version}`]: 'it has an empty segment',
    '/api//v1/node/version': 'it has an empty segment',
    '/api/v1/./node/version': 'it has a dot segment',
    '/api/v1/node/users/../version': 'it has a dot segment',
    '/api/v1/node/users/%2e%2e/version': 'it has a dot segment',
    '/api/v1/node/users/.%2E/version': 'it has a dot segment',
    '/api/v1%2fnode/version': 'it has an encoded slash or a backslash',
    '/api/v1%5cnode/version': 'it has an encoded slash or a backslash',
    '/api/v1\\node/version': 'it has an encoded slash or a backslash',
    '/api/v1/node;x=1/version': "it has ';' parameters",
    '/api/v1/node%3Bx=1/version': "it has ';' parameters",
    '/api/v1/node/%c0%af/version': 'it is not UTF-8',
    '/api/v1/node/%ff': 'it is not UTF-8',
    '/api/v1/node/%ed%a0%80': 'it is not UTF-8',
    '/api/v1/node/version%00': 'it has control characters',
    '/api/v1/node/version%0d%0ax:1': 'it has control characters',
    '/api/v1/node/version?x=%0a': 'it has control characters',
    '/api/v1/node/version%': 'it has an incomplete percent-encoding',
    '/api/v1/node/version%4': 'it has an incomplete percent-encoding',
    '/api/v1/node/version#x': 'it has a fragment',
    'https://elsewhere.example/api/v1/node/version': 'it names another host',
    'https://localhost@elsewhere.example/api/v1/node/version': 'it names another host',
    'http://localhost/api/v1/node/version': 'it is not a path',
    '*': 'it is not a path',
    'api/v1/node/version': 'it is not a path',
  }
  for (const [target, why] of Object.entries(refused)) {
    for (const signedIn of [credentials, '']) {
      const answer = await exchange(lab.a, `GET ${target} HTTP/1.1\r\nhost: localhost\r\n${signedIn}${close}\r\n`)
      assert.equal(statusOf(answer), 400, target)
      if (!answer.includes('{')) continue
      const { error_code, error_message } = bodyOf(answer)
      assert.deepEqual([error_code, error_message], [400, `The request target is not canonical: ${why}`], target)
    }
  }
})

test('a target that is refused is answered in the form of the surface that it was meant for', async () => {
  await using lab = await openLab(database)
  const forms: [target: string, form: RegExp][] = [
    ['/api//v1/node', /"error_code":400/],
    ['/policy//api/v1/infra', /"error_code":400/],
    ['/api//vcenter/vm', /"error_type":"INVALID_ARGUMENT"|"error_type":"INVALID_REQUEST"/],
    ['//api/vcenter/vm', /"error_type":/],
    ['/rest/./com/vmware/cis/session', /"type":"com.vmware.vapi.std.errors/],
    ['/sdk%2fx', /<faultcode>|<soapenv:Fault>/],
    ['/api/2.0//services/usermgmt/roles', /Pivotal tc Runtime/],
    ['/sallyport//v1/audit', /"code":"/],
  ]
  for (const [target, form] of forms) {
    const answer = await exchange(lab.a, `GET ${target} HTTP/1.1\r\nhost: localhost\r\n${close}\r\n`)
    assert.match(answer, form, target)
    assert.match(answer, /not canonical/, target)
  }
})

test('a target in another spelling of the canonical one is served', async () => {
  await using lab = await openLab(database)
  for (const target of [
    version,
    `${version}/`,
    '/api/v1/node/v%65rsion',
    '/%61pi/v1/node/version?x=%7e',
    `https://localhost${version}`,
    `HTTPS://LOCALHOST${version}`,
  ]) {
    const answer = await exchange(lab.a, head('GET', target, 'connection: close'))
    assert.equal(statusOf(answer), 200, target)
    assert.equal(bodyOf(answer).node_version, '9.0.0.0.0')
  }
})

test('a head that is too large is answered 431', async () => {
  await using lab = await openLab(database)
  for (const bytes of [
    head('GET', version, `x: ${'a'.repeat(20_000)}`),
    head('GET', `${version}?x=${'a'.repeat(20_000)}`),
    head('GET', version, ...Array.from({ length: 2000 }, (_, n) => `x${n}: 1`)),
  ]) {
    assert.equal(statusOf(await exchange(lab.a, bytes)), 431)
  }
  assert.equal((await lab.admin.with({ headers: { x: 'a'.repeat(8000) } }).get(version)).status, 200)
})

test('whoever sends all of a body that is too large before they read, reads the 413', async () => {
  await using lab = await openLab(database)
  const size = 1.5 * 1024 * 1024
  const piece = 32 * 1024
  for (const [path, who] of [
    [policy, credentials],
    ['/sdk', ''],
    ['/api/session/create', ''],
  ]) {
    for (let times = 0; times < 2; times++) {
      const socket = await open(lab.a)
      const broken = once(socket, 'error').then(([error]) => assert.fail(`${path}: ${error}`))
      broken.catch(() => {})
      const method = path === policy ? 'PUT' : 'POST'
      const sent = `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n${who}${json}\r\ncontent-length: ${size}\r\n\r\n`
      // Nothing is read until all is written, which takes longer than the answer.
      socket.pause()
      const write = (bytes: string) => Promise.race([new Promise((resolve) => socket.write(bytes, resolve)), broken])
      await write(sent)
      for (let left = size; left > 0; left -= piece) {
        await write(' '.repeat(Math.min(piece, left)))
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      let answer = ''
      for await (const chunk of socket) answer += chunk
      assert.equal(statusOf(answer), 413, path)
    }
  }
  // Nobody is read for ever.
  const endless = `PUT ${policy} HTTP/1.1\r\nhost: localhost\r\n${credentials}${json}\r\ncontent-length: 1000000000\r\n\r\n`
  const socket = await open(lab.a)
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.write(endless)
  const sending = setInterval(() => socket.write(Buffer.alloc(1024 * 1024)), 1)
  await closed
  clearInterval(sending)
})

test('a body over 256 KiB is answered 413 without waiting for the rest of it', async () => {
  await using lab = await openLab(database)
  const before = (await lab.admin.get(policy)).text
  for (const bytes of [
    head('PUT', policy, json, 'content-length: 262145'),
    `${head('PUT', policy, json, 'content-length: 1000000000')}{"digits":-1`,
    `${head('PUT', policy, json, 'transfer-encoding: chunked')}40001\r\n${' '.repeat(0x40001)}\r\n`,
    `${head('PUT', policy, json, 'transfer-encoding: chunked')}${`1000\r\n${' '.repeat(0x1000)}\r\n`.repeat(70)}`,
  ]) {
    const answer = await exchange(lab.a, bytes)
    assert.equal(statusOf(answer), 413)
    assert.equal(bodyOf(answer).error_code, 413)
  }
  const padded = (length: number) => Buffer.from('{"digits":-1}'.padEnd(length))
  const largest = await lab.admin.send('PUT', policy, padded(256 * 1024), { 'content-type': 'application/json' })
  assert.equal(largest.status, 202)
  assert.equal((await lab.admin.get(policy)).text, before)

  const nobody = `PUT ${policy} HTTP/1.1\r\nhost: localhost\r\n${json}\r\ncontent-length: 262145\r\n\r\n`
  assert.equal(statusOf(await exchange(lab.a, nobody)), 403)
})

test('a body that is no sound JSON is answered 400 with code 220', async () => {
  await using lab = await openLab(database)
  const before = (await lab.admin.get(policy)).text
  const bodies: (string | Buffer)[] = [
    '{',
    '{"digits":-2',
    "{'digits':-2}",
    '{"digits":-2}{"digits":-2}',
    '{"digits":-2,}',
    '{"digits":NaN}',
    '{"digits":-02}',
    '\ufeff{"digits":-2}',
    '{"digits":-2,"x":"\0"}',
    '{"digits":-2,"x":"\\u0000"}',
    '{"digits":-2,"x\\u0000":1}',
    '{"digits":-2,"x":"\\ud800"}',
    '{"digits":-2,"x":["\\udc00\\ud800"]}',
    '{"digits":-2,"__proto__":{"digits":-3}}',
    '{"digits":-2,"x":{"__proto__":null}}',
    `{"digits":-2,"x":${'['.repeat(40)}${']'.repeat(40)}}`,
    `{"digits":-2,"x":${'{"x":'.repeat(20_000)}1${'}'.repeat(20_000)}}`,
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    Buffer.from('{"digits":-2,"x":"\xff"}', 'latin1'),
    Buffer.from('{"digits":-2,"x":"\xc0\x80"}', 'latin1'),
    Buffer.from('{"digits":-2}', 'utf16le'),
  ]
  for (const body of bodies) {
    const answer = await lab.admin.send('PUT', policy, body, { 'content-type': 'application/json' })
    assert.equal(answer.status, 400, String(body).slice(0, 60))
    assert.deepEqual([answer.json.httpStatus, answer.json.error_code], ['BAD_REQUEST', 220], String(body).slice(0, 60))
    assert.match(answer.json.error_message, /^Unable to parse request body: ./)
  }
  assert.equal((await lab.admin.get(policy)).text, before)
})

test('who is not signed in is refused with 403 before hearing of paths, methods and content types', async () => {
  await using lab = await openLab(database)
  const requests: [status: number, method: string, path: string, type?: string][] = [
    [404, 'GET', '/api/v1/nothing-here'],
    [404, 'PUT', '/policy/api/v1/infra/nothing-here', 'text/plain'],
    [404, 'GET', '/api/v1/node/users/10003/nothing-here'],
    [405, 'DELETE', version],
    [405, 'OPTIONS', version],
    [405, 'PATCH', policy, 'text/plain'],
    [405, 'PUT', '/api/v1/node/users', 'application/json'],
    [405, 'TRACE', version],
    [405, 'PROPFIND', version],
    [415, 'PUT', policy, 'text/plain'],
    [415, 'PUT', policy, 'application/x-www-form-urlencoded'],
    [415, 'PUT', policy, 'application/json-patch+json'],
    [415, 'PUT', policy, 'multipart/form-data; boundary=x'],
    [415, 'PUT', policy, 'nonsense'],
    [400, 'POST', '/api/v1/node/users?action=nothing', 'application/json'],
    [400, 'POST', '/api/v1/node/users', 'application/json'],
  ]
  for (const [status, method, path, type] of requests) {
    const body = type && '{}'
    const headers: Record<string, string> = type ? { 'content-type': type } : {}
    const admin = await lab.admin.send(method, path, body, headers)
    assert.equal(admin.status, status, `${method} ${path} ${type}`)
    if (status === 405) assert(admin.headers.allow?.split(', ').includes('GET'), `${method} ${path}`)
    if (status !== 400) assert.equal(admin.json.error_code, status)
    const nobody = await lab.a.send(method, path, body, headers)
    assert.equal(nobody.status, 403, `${method} ${path} ${type}`)
    assert.equal(nobody.json.error_code, 403)
  }
  assert.equal((await lab.admin.put(version)).json.error_message, "Request method 'PUT' not supported")
  assert.equal(
    (await lab.admin.get('/api/v1/nothing-here?x=1')).json.error_message,
    'The requested URI: /api/v1/nothing-here could not be found',
  )
  assert.equal((await lab.a.post('/api/session/create', {})).status, 415)
})

test('a part of the path that is longer than any identifier is refused like any other', async () => {
  await using lab = await openLab(database)
  const lines = () => readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8').split('\n').length
  await lab.admin.get('/api/v1/node')
  const before = lines()
  for (const path of ['/api/v1/node/users', '/policy/api/v1/infra/segments', '/api/v1/aaa/roles', '/api/vcenter/vm']) {
    const long = `${path}/${'1'.repeat(10_000)}`
    const vcenter = path.startsWith('/api/vcenter')
    assert.equal((await lab.a.get(long)).status, vcenter ? 401 : 403)
    assert.equal((await lab.admin.get(long)).status, vcenter ? 401 : 400)
  }
  assert.equal(lines() - before, 6)
})

test('every answer carries the headers of an NSX Manager', async () => {
  await using lab = await openLab(database)
  const answers = [
    await lab.admin.get(version),
    await lab.admin.get('/api/v1/nothing-here'),
    await lab.admin.get('/api//v1'),
    await lab.admin.send('PUT', policy, '{', { 'content-type': 'application/json' }),
    await lab.a.get(version),
    (await lab.a.signIn('admin', labPassword)).answer,
    await lab.a.get('/health'),
  ]
  for (const { headers } of answers) {
    assert.equal(headers.server, 'envoy')
    assert.equal(headers['strict-transport-security'], 'max-age=31536000; includeSubDomains')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['x-frame-options'], 'SAMEORIGIN')
    assert.equal(headers['x-xss-protection'], '1;mode=block')
    assert.match(String(headers['content-security-policy']), /frame-src 'self'.*frame-ancestors 'self'/)
    assert.match(String(headers['vmw-task-id']), /^[0-9a-f-]{36}_[0-9a-f-]{36}$/)
    assert.match(String(headers['x-envoy-upstream-service-time']), /^\d+$/)
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['x-powered-by'], undefined)
  }
  assert.match(String(answers[0]?.headers['content-type']), /^application\/json/)
})

test('a header line pasted with its CR is taken without it, when the request came in one piece', async () => {
  await using lab = await openLab(database)
  const { client, answer } = await lab.a.signIn('admin', labPassword)
  assert.equal((await client.get(version)).status, 200)
  const session = `cookie: ${answer.headers['set-cookie']?.[0]?.split(';')[0]}\r\nx-xsrf-token: ${answer.headers['x-xsrf-token']}\r\r\n`

  const read = await exchange(lab.a, `GET ${version} HTTP/1.1\r\nhost: localhost\r\n${session}\r\n`)
  assert.equal(statusOf(read), 200)
  assert.equal(bodyOf(read).node_version, '9.0.0.0.0')
  const put = `PUT ${policy} HTTP/1.1\r\nhost: localhost\r\n${session}${json}\r\ncontent-length: 13\r\n\r\n{"digits":-2}`
  const changed = await exchange(lab.a, put)
  assert.equal(statusOf(changed), 202)
  assert.equal(bodyOf(changed).digits, -2)

  const another = `GET ${version} HTTP/1.1\r\nhost: localhost\r\n${credentials}\r\n`
  for (const bytes of [
    `GET ${version} HTTP/1.1\r\nhost: localhost\r\n${session}\r\n${another}`,
    `PUT ${policy} HTTP/1.1\r\nhost: localhost\r\n${session}${json}\r\ncontent-length: 0\r\n\r\n${another}`,
    `PUT ${policy} HTTP/1.1\r\nhost: localhost\r\n${session}${json}\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    `GET ${version} HTTP/1.1\r\r\nhost: localhost\r\n${session}\r\n`,
    `GET ${version} HTTP/1.1\r\nhost: localhost\r\nx: a\rb\r\n${session}\r\n`,
    `${another.slice(0, -2)}x: 1\r\r\r\n\r\n`,
  ]) {
    assert.match(
      await exchange(lab.a, bytes),
      /^HTTP\/1\.1 400 Bad Request\r\n(?!.*HTTP\/1\.1)/s,
      JSON.stringify(bytes),
    )
  }
})

test('a request that two servers could read in two ways is refused, and nothing behind it is served', async () => {
  await using lab = await openLab(database)
  const before = (await lab.admin.get(policy)).text
  const change = '{"digits":-2}'
  const put = (...lines: string[]) => head('PUT', policy, json, ...lines)
  const behind = head('GET', version, 'connection: close')
  const ambiguous: Record<string, string> = {
    'Content-Length and Transfer-Encoding': `${put('content-length: 13', 'transfer-encoding: chunked')}0\r\n\r\n`,
    'Transfer-Encoding and Content-Length': `${put('transfer-encoding: chunked', 'content-length: 13')}d\r\n${change}\r\n0\r\n\r\n`,
    'two lengths': `${put('content-length: 13', 'content-length: 2')}${change}`,
    'the same length twice': `${put('content-length: 13', 'content-length: 13')}${change}`,
    'two lengths in one line': `${put('content-length: 13, 13')}${change}`,
    'a signed length': `${put('content-length: +13')}${change}`,
    'a hexadecimal length': `${put('content-length: 0xd')}${change}`,
    'an empty length': `${put('content-length: ')}${change}`,
    'a coding that is nearly chunked': `${put('transfer-encoding: xchunked')}d\r\n${change}\r\n0\r\n\r\n`,
    'a coding after chunked': `${put('transfer-encoding: chunked, identity')}d\r\n${change}\r\n0\r\n\r\n`,
    'chunked twice': `${put('transfer-encoding: chunked', 'transfer-encoding: chunked')}d\r\n${change}\r\n0\r\n\r\n`,
    'a space before the colon': `${put('transfer-encoding : chunked')}d\r\n${change}\r\n0\r\n\r\n`,
    'a negative chunk': `${put('transfer-encoding: chunked')}-d\r\n${change}\r\n0\r\n\r\n`,
    'a chunk size with a space': `${put('transfer-encoding: chunked')}d \r\n${change}\r\n0\r\n\r\n`,
    'a chunk size in LF': `${put('transfer-encoding: chunked')}d\n${change}\n0\n\n`,
    'a chunk longer than it says': `${put('transfer-encoding: chunked')}2\r\n${change}\r\n0\r\n\r\n`,
    'lines in LF': behind.replaceAll('\r\n', '\n'),
    'one line in LF': head('GET', version, 'x: 1\ny: 2'),
    'a folded line': head('GET', version, 'x: 1\r\n 2'),
    'a first line that is folded': `GET ${version} HTTP/1.1\r\n x: 1\r\nhost: localhost\r\n\r\n`,
    'NUL in a line': head('GET', version, 'x: \0'),
    'CR in a line': head('GET', version, 'x: 1\ry: 2'),
    'a name with a space': head('GET', version, 'x y: 2'),
    'no host': `GET ${version} HTTP/1.1\r\n${credentials}\r\n`,
    'two hosts': head('GET', version, 'host: elsewhere.example'),
    'a version there is not': `GET ${version} HTTP/1.2\r\nhost: localhost\r\n\r\n`,
    'HTTP/2 without being asked': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'no HTTP at all': '\x16\x03\x01\x00\xa5\x01\x00',
  }
  for (const [what, bytes] of Object.entries(ambiguous)) {
    const answer = await exchange(lab.a, bytes + behind)
    assert.equal(statusOf(answer), 400, what)
    assert.equal(answer.match(/HTTP\/1\.1/g)?.length, 1, what)
  }
  assert.equal((await lab.admin.get(policy)).text, before)
})

test('requests sent one behind the other are answered in their order', async () => {
  await using lab = await openLab(database)
  const activate = JSON.stringify({ password: 'Activated!Guest-1' })
  const answers = await exchange(
    lab.a,
    [
      head('GET', '/api/v1/node/users/0'),
      head('POST', '/api/v1/node/users/10003?action=activate', json, `content-length: ${activate.length}`) + activate,
      head('GET', version),
      `${head('PUT', policy, json, 'content-length: 13')}{"digits":-3}`,
      head('GET', '/api/v1/nothing-here', 'connection: close'),
    ].join(''),
  )
  assert.deepEqual(
    [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status),
    ['200', '200', '200', '202', '404'],
  )
  assert.match(answers, /"username":"root".*"username":"guestuser1".*"node_version".*"digits":-3.*nothing-here/s)
})

test('a refused request costs its connection only where much of it is still to come', async () => {
  await using lab = await openLab(database)
  const nobody = (length: number) =>
    `PUT ${policy} HTTP/1.1\r\nhost: localhost\r\n${json}\r\ncontent-length: ${length}\r\n\r\n`
  const answers = await exchange(
    lab.a,
    [
      `${nobody(13)}{"digits":-3}`,
      `${head('PUT', policy, json, 'content-length: 10')}{"digits":`,
      `${head('PUT', policy, 'content-type: text/plain', 'content-length: 13')}{"digits":-3}`,
      `${head('PUT', policy, json, 'content-length: 12')}{"digits":x}`,
      `${head('DELETE', '/api/v1/nothing-here', json, 'content-length: 2')}{}`,
      head('GET', version, 'connection: close'),
    ].join(''),
  )
  assert.deepEqual(
    [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status),
    ['403', '400', '415', '400', '404', '200'],
  )
  // Whoever asks for the end of the connection gets it, whatever else is wrong.
  const last = await exchange(
    lab.a,
    `${head('PUT', policy, json, 'content-length: 12', 'connection: close')}{"digits":x}`,
  )
  assert.match(last, /^HTTP\/1\.1 400 /)
  assert.doesNotMatch(last, /keep-alive/i)
  const chunked = nobody(0).replace('content-length: 0', 'transfer-encoding: chunked')
  for (const much of [nobody(70_000) + head('GET', version), `${chunked}1\r\n{\r\n`]) {
    const answer = await exchange(lab.a, much)
    assert.match(answer, /^HTTP\/1\.1 403 .*\r\nconnection: close\r\n/is)
    assert.equal(answer.match(/HTTP\/1\.1/g)?.length, 1)
  }
})

test('two hundred half-open and slow connections do not keep a good client out', async () => {
  await using lab = await openLab(database)
  const slow = await Promise.all(Array.from({ length: 200 }, () => open(lab.a)))
  for (const [index, socket] of slow.entries()) {
    socket.on('error', () => {})
    const begun = [
      '',
      'GET /api/v1/node/ver',
      head('GET', version).slice(0, -2),
      `${head('PUT', policy, json, 'content-length: 1000')}{`,
      `${head('PUT', policy, json, 'transfer-encoding: chunked')}5\r\n{`,
    ]
    socket.write(begun[index % begun.length] as string)
  }
  const answers = await Promise.all(Array.from({ length: 100 }, () => lab.admin.get(version)))
  assert(answers.every(({ status }) => status === 200))
  assert.equal((await lab.a.signIn('admin', labPassword)).answer.status, 200)
  for (const socket of slow) socket.destroy()
})

test('a client that goes in the middle of a request leaves nothing behind', async () => {
  await using lab = await openLab(database)
  const before = (await lab.admin.get(policy)).text
  const parts = [
    'GET /api/v1/node/ver',
    `${head('PUT', policy, json, 'content-length: 13')}{"digits"`,
    `${head('PUT', policy, json, 'transfer-encoding: chunked')}d\r\n{"digits":-2}\r\n`,
  ]
  for (const part of parts) {
    const half = await open(lab.a)
    half.end(part)
    await once(half.resume(), 'close')
    const gone = await open(lab.a)
    gone.write(part)
    gone.destroy()
  }
  assert.equal((await lab.admin.get(policy)).text, before)
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      const gone = await open(lab.a)
      gone.write(head('GET', '/policy/api/v1/infra/segments'))
      gone.destroy()
    }),
  )
  assert.equal((await lab.admin.get(version)).status, 200)
})

test('the first start makes a CA and a P-256 certificate for this machine, and later ones keep them', async () => {
  await using lab = await openLab(database)
  const served = async () => {
    const socket = await open(lab.a)
    assert(socket.authorized)
    const certificate = socket.getPeerX509Certificate()
    socket.destroy()
    assert(certificate)
    return certificate
  }
  const certificate = await served()
  const ca = new X509Certificate(readFileSync(lab.server.ready.ca))
  assert(ca.ca && !certificate.ca)
  assert(certificate.checkIssued(ca) && certificate.verify(ca.publicKey))
  for (const key of [ca.publicKey, certificate.publicKey]) {
    assert.equal(key.asymmetricKeyType, 'ec')
    assert.equal(key.asymmetricKeyDetails?.namedCurve, 'prime256v1')
  }
  assert.equal(certificate.subjectAltName, 'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1')
  for (const file of ['ca.key', 'server.key'])
    assert.equal(statSync(join(lab.dataDir, 'tls', file)).mode & 0o777, 0o600)

  await lab.restart()
  assert.equal((await served()).fingerprint256, certificate.fingerprint256)
})

test('nothing older than TLS 1.2 is spoken', async () => {
  await using lab = await openLab(database)
  const old = connect({
    host: '127.0.0.1',
    port: Number(new URL(lab.a.url).port),
    ca: lab.a.ca,
    servername: 'localhost',
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  })
  const [refusal] = await once(old, 'error')
  assert.equal(refusal.code, 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')
})

test("a certificate and key of one's own are served when they belong together", async () => {
  await using maker = await openLab(database)
  const file = (name: string) => join(maker.dataDir, 'tls', name)
  const tlsCert = file('chain.pem')
  writeFileSync(tlsCert, readFileSync(file('server.pem'), 'utf8') + readFileSync(file('ca.pem'), 'utf8'))
  await using lab = await openLab(database, { tlsCert, tlsKey: file('server.key') })
  assert.equal(lab.server.ready.ca, tlsCert)
  const socket = await open(lab.a)
  assert.equal(
    socket.getPeerX509Certificate()?.fingerprint256,
    new X509Certificate(readFileSync(tlsCert)).fingerprint256,
  )
  socket.destroy()

  const config = readConfig({ lab: true, httpsPort: '0', sshPort: '0', tlsCert, tlsKey: file('ca.key') }, {})
  await assert.rejects(
    openServer(config, pino({ level: 'silent' })),
    /tlsKey: .*ca\.key is not the private key of the certificate .*chain\.pem/,
  )
})
