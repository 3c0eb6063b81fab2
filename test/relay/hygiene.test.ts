import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import { gzipSync } from 'node:zlib'
import type { Client } from '../client.ts'
import { labPassword } from '../lab.ts'
import { reply, startRecordingUpstream } from '../servers/recording-upstream.ts'
import { logText, openRelayLab, relayedRecords, until, userWith, withSessions } from './relay-lab.ts'

const services = '/policy/api/v1/infra/services'
const credentials = `authorization: Basic ${Buffer.from(`admin:${labPassword}`).toString('base64')}`
const ours = `Basic ${Buffer.from('svc:upstream-secret').toString('base64')}`

async function open({ url, ca }: Client): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), ca, servername: 'localhost' })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  return socket
}

/** Sends bytes on a connection of their own. @returns all that comes back, and how the connection ended. */
async function raw(client: Client, bytes: string | Buffer): Promise<string> {
  const socket = await open(client)
  socket.write(bytes)
  let answer = ''
  for await (const chunk of socket) answer += chunk.toString('latin1')
  return answer
}

const request = (method: string, path: string, lines: string[], body = '') =>
  [`${method} ${path} HTTP/1.1`, 'host: localhost', credentials, ...lines, '', body].join('\r\n')

test('1: what could be two requests arrives as none', async () => {
  await using upstream = await startRecordingUpstream()
  await using lab = await openRelayLab(upstream)
  const smuggled = `GET ${services}/smuggled HTTP/1.1\r\nhost: localhost\r\n${credentials}\r\n\r\n`
  const chunked = `0\r\n\r\n${smuggled}`
  for (const [what, lines, body] of [
    ['a length and chunks', [`content-length: ${chunked.length}`, 'transfer-encoding: chunked'], chunked],
    ['chunks and a length', ['transfer-encoding: chunked', 'content-length: 4'], chunked],
    ['two lengths', ['content-length: 0', `content-length: ${smuggled.length}`], smuggled],
    ['a list of lengths', [`content-length: 0, ${smuggled.length}`], smuggled],
    ['a length with a sign', ['content-length: +0'], smuggled],
    ['a coding nobody knows', ['transfer-encoding: xchunked'], chunked],
    ['a coding twice', ['transfer-encoding: chunked, chunked'], chunked],
    ['a coding behind another', ['transfer-encoding: gzip, chunked'], chunked],
    ['a coding with a tab', ['transfer-encoding:\tchunked\x0b'], chunked],
    ['a space before the colon', ['transfer-encoding : chunked'], chunked],
    ['a folded line', ['x: y', ' transfer-encoding: chunked'], chunked],
    ['a bare newline', ['x: y\ntransfer-encoding: chunked'], chunked],
    ['two hosts', ['host: elsewhere'], ''],
    ['a chunk size that is none', ['transfer-encoding: chunked'], `0x0\r\n\r\n${smuggled}`],
  ] as const) {
    const head = ['content-type: application/json', ...lines]
    const answer = await raw(lab.a, request('PUT', `${services}/a`, head, body))
    assert.match(answer, /^HTTP\/1\.1 400 /, what)
    assert.equal(answer.match(/HTTP\/1\.1/g)?.length, 1, what)
  }
  assert.equal(upstream.requests.length, 0)

  // A body that looks like a request is a body.
  const body = JSON.stringify({ display_name: smuggled })
  await lab.admin.send('PUT', `${services}/b`, body, { 'content-type': 'application/json' })
  assert.deepEqual(
    upstream.requests.map((one) => [one.path, one.body.toString()]),
    [[`${services}/b`, body]],
  )
  // A GET's body is nobody's.
  const got = await raw(lab.a, request('GET', services, ['connection: close', 'content-length: 5'], 'hello'))
  assert.match(got, /^HTTP\/1\.1 400 /)
  assert.equal(upstream.requests.length, 1)
})

test('2: what is about the connection, and whatever Connection names, stays on its connection', async () => {
  await using upstream = await startRecordingUpstream((_request, socket) =>
    reply(socket, '{"ok":true}', 'HTTP/1.1 200 OK', [
      'connection: keep-alive, X-Hop, etag',
      'x-hop: 1',
      'etag: "1"',
      'keep-alive: timeout=77',
      'proxy-authenticate: Basic realm="up"',
      'proxy-authorization: x',
      'upgrade: h2c',
      'trailer: x-later',
      'te: trailers',
      'x-kept: 2',
    ]),
  )
  await using lab = await openRelayLab(upstream)
  const sent = {
    connection: 'keep-alive, Accept-Language, x-nsx-ereqid',
    'accept-language': 'de',
    'x-nsx-ereqid': 'chg-1',
    accept: 'application/json',
    te: 'trailers',
    upgrade: 'websocket',
    'keep-alive': 'timeout=5',
    'proxy-connection': 'keep-alive',
    'proxy-authorization': 'Basic eA==',
    expect: '100-continue',
  }
  const answer = await lab.admin.send('GET', services, undefined, sent)
  assert.equal(answer.status, 200)
  assert.equal(answer.headers['x-kept'], '2')
  assert.deepEqual(answer.json, { ok: true })
  for (const name of ['x-hop', 'etag', 'proxy-authenticate', 'proxy-authorization', 'upgrade', 'trailer', 'te']) {
    assert.equal(answer.headers[name], undefined, name)
  }
  assert.notEqual(answer.headers['keep-alive'], 'timeout=77')

  const [recorded] = upstream.requests
  assert.deepEqual([...(recorded?.headers.keys() ?? [])].sort(), [
    'accept',
    'authorization',
    'connection',
    'host',
    'x-nsx-ereqid',
    'x-nsx-euser',
  ])
  assert.equal(recorded?.headers.get('connection'), 'keep-alive')
  assert.equal(recorded?.headers.get('host'), new URL(upstream.url).host)
  assert.match(recorded?.headers.get('x-nsx-ereqid') ?? '', /^[0-9a-f-]{36}$/)
})

test('3: the upstream gets the one spelling of a URL that was decided on', async () => {
  await using upstream = await startRecordingUpstream()
  await using lab = await openRelayLab(upstream)
  for (const [asked, arrived] of [
    [`${services}/a%2Db%7ec`, `${services}/a-b~c`],
    [`${services}/caf%c3%a9`, `${services}/caf%C3%A9`],
    [`${services}/a%20b?q=%7e%2b&x=%c3%a9`, `${services}/a%20b?q=~%2B&x=%C3%A9`],
    ['/policy/api/v1/infra/%73ervices', services],
    ['/policy/%61pi/v1/infra/services', services],
    [`https://localhost${services}`, services],
    [`${services}/a+b?cursor=0001%3D%3D`, `${services}/a+b?cursor=0001%3D%3D`],
  ] as const) {
    const before = upstream.requests.length
    const answer = await raw(lab.a, request('GET', asked, ['connection: close']))
    assert.match(answer, /^HTTP\/1\.1 200 /, asked)
    assert.deepEqual(
      upstream.requests.slice(before).map(({ path }) => path),
      [arrived],
    )
  }
  const before = upstream.requests.length
  for (const asked of [
    `${services}/../domains`,
    `${services}/%2e%2e/domains`,
    `${services}/a%2f..%2fb`,
    `${services}//a`,
    `${services}/a;x=1`,
    `${services}/a%00`,
    `${services}/a%0d%0aHost:%20evil`,
    `${services}/a\\b`,
    '/api/v1/aaa/../firewall/sections',
    '/api/v1/firewall/%2e%2e/aaa/roles',
  ]) {
    assert.match(await raw(lab.a, request('GET', asked, ['connection: close'])), /^HTTP\/1\.1 400 /, asked)
  }
  // The inside of the server is not reached from the outside.
  for (const asked of ['/-/relay', '/-/relay/policy/api/v1/infra/services', '/-/relay?x=1']) {
    assert.doesNotMatch(await raw(lab.a, request('GET', asked, ['connection: close'])), /^HTTP\/1\.1 200 /, asked)
  }
  assert.equal(upstream.requests.length, before)
})

test('4: who calls and from where is what Sallyport says, not what the client sends', async () => {
  await using upstream = await startRecordingUpstream()
  await using lab = await openRelayLab(upstream)
  const spoofed = {
    'x-nsx-euser': 'root',
    'X-NSX-EREQID': 'forged',
    'x-nsx-username': 'root',
    'x-nsx-groups': 'admins',
    'x-forwarded-for': '10.0.0.1',
    'x-forwarded-user': 'root',
    'x-forwarded-client-cert': 'Hash=x',
    forwarded: 'for=10.0.0.1',
    'x-real-ip': '10.0.0.1',
    'x-remote-user': 'root',
    'remote-user': 'root',
    x_nsx_euser: 'root',
    'x-envoy-original-path': '/api/v1/aaa/roles',
    'x-original-url': '/api/v1/aaa/roles',
    'x-rewrite-url': '/api/v1/aaa/roles',
    'x-http-method-override': 'DELETE',
    'x-http-method': 'DELETE',
    'x-method-override': 'DELETE',
    'x-allow-overwrite': 'true',
    'x-sallyport-user': 'root',
    cookie: 'JSESSIONID=FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF; other=1',
    'x-xsrf-token': 'forged',
    'x-anything-else': 'x',
  }
  const auditor = await userWith(lab, 'looker', 'auditor')
  assert.equal((await auditor.send('GET', services, undefined, spoofed)).status, 200)
  const { client } = await lab.a.signIn('admin', labPassword)
  const { cookie, 'x-xsrf-token': token, ...others } = spoofed
  assert.equal((await client.send('GET', services, undefined, others)).status, 200)
  for (const [at, user] of ['looker', 'admin'].entries()) {
    const headers = upstream.requests[at]?.headers
    assert.deepEqual([...(headers?.keys() ?? [])].sort(), [
      'authorization',
      'connection',
      'host',
      'x-nsx-ereqid',
      'x-nsx-euser',
    ])
    assert.equal(headers?.get('authorization'), ours)
    assert.equal(headers?.get('x-nsx-euser'), user)
    assert.notEqual(headers?.get('x-nsx-ereqid'), 'forged')
  }
  // The upstream's audit log and this one can be laid beside each other.
  const [record] = await relayedRecords(lab)
  assert.equal(upstream.requests[0]?.headers.get('x-nsx-ereqid'), record?.requestId)
})

test('5: an answer cannot be split into two, nor put headers of its own invention here', async () => {
  await using upstream = await startRecordingUpstream()
  await using lab = await openRelayLab(upstream)
  for (const [what, line] of [
    ['a bare carriage return', 'x-a: 1\rset-cookie: JSESSIONID=evil'],
    ['a bare newline', 'x-a: 1\nset-cookie: JSESSIONID=evil'],
    ['a NUL', 'x-a: 1\0'],
    ['a folded line', 'x-a: 1\r\n set-cookie: JSESSIONID=evil'],
    ['a space before the colon', 'set-cookie : JSESSIONID=evil'],
    ['no name', ': JSESSIONID=evil'],
    ['two lengths', 'content-length: 2\r\ncontent-length: 4'],
    ['a length and chunks', 'content-length: 2\r\ntransfer-encoding: chunked'],
  ] as const) {
    upstream.answer = (_request, socket) => {
      socket.write(
        Buffer.from(
          `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${line}\r\ncontent-length: 2\r\n\r\n{}`,
          'latin1',
        ),
      )
    }
    const answer = await raw(lab.a, request('GET', services, ['connection: close']))
    assert.doesNotMatch(answer, /evil[^"]*\r\n/, what)
    assert.equal(answer.match(/HTTP\/1\.1/g)?.length, 1, what)
    assert.match(answer, /^HTTP\/1\.1 (?:200|502) /, what)
  }
  // What follows an answer unasked is no answer to the next.
  upstream.answer = ({ path }, socket) => {
    const body = `"${path}"`
    const evil = 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n"evil"'
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}${evil}`)
  }
  for (const name of ['x', 'y', 'z']) {
    const answer = await lab.admin.get(`${services}/${name}`)
    assert.ok(answer.status === 502 || answer.text === `"${services}/${name}"`, answer.text)
  }
})

test("6: the upstream's sessions, credentials and ways around stay behind", async () => {
  await using upstream = await startRecordingUpstream((_request, socket) =>
    reply(socket, '{}', 'HTTP/1.1 200 OK', [
      'set-cookie: JSESSIONID=UP; Path=/',
      'Set-Cookie: other=1',
      'set-cookie2: x=1',
      'x-xsrf-token: up-token',
      'www-authenticate: Basic realm="up"',
      'authorization: Basic eA==',
      'authentication-info: x',
      'alt-svc: h3="elsewhere:443"',
      'refresh: 0; url=https://elsewhere/',
      'clear-site-data: "*"',
      'access-control-allow-origin: *',
      'strict-transport-security: max-age=0',
      'server: the-real-one',
      'vmw-task-id: up',
      'x-custom: kept',
      'x-custom: twice',
    ]),
  )
  await using lab = await openRelayLab(withSessions(upstream), {
    credential: { user: 'svc', password: 'upstream-secret' },
  })
  const { headers } = await lab.admin.get(services)
  for (const name of [
    'set-cookie',
    'set-cookie2',
    'x-xsrf-token',
    'www-authenticate',
    'authorization',
    'authentication-info',
    'alt-svc',
    'refresh',
    'clear-site-data',
    'access-control-allow-origin',
  ]) {
    assert.equal(headers[name], undefined, name)
  }
  assert.equal(headers['x-custom'], 'kept, twice')
  assert.match(String(headers['strict-transport-security']), /^max-age=31536000/)
  assert.equal(headers.server, 'envoy')
  assert.equal(headers['cache-control'], 'no-store')
  assert.notEqual(headers['vmw-task-id'], 'up')
  const log = logText(lab)
  for (const secret of ['upstream-secret', '0123456789ABCDEF0123456789ABCDEF', 't-1']) assert(!log.includes(secret))
})

test('7: half of a short answer is no answer; half of a long one ends with its connection', async () => {
  await using upstream = await startRecordingUpstream()
  await using lab = await openRelayLab(upstream)
  upstream.answer = (_request, socket) => {
    socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"half":')
  }
  const short = await lab.admin.get(services)
  assert.equal(short.status, 502)
  assert.equal(short.json.httpStatus, 'BAD_GATEWAY')
  assert(!short.text.includes('half'))

  for (const [what, head] of [
    ['of a known length', 'content-length: 1000000'],
    ['in chunks', 'transfer-encoding: chunked'],
  ] as const) {
    const before = (await relayedRecords(lab)).length
    upstream.answer = (_request, socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${head}\r\n\r\n`)
      socket.write(head.startsWith('transfer') ? '5\r\n{"a":\r\n' : '{"a":', () =>
        setTimeout(() => socket.destroy(), 50),
      )
    }
    const socket = await open(lab.a)
    const closed = once(socket, 'close')
    socket.write(request('GET', services, []))
    let answer = ''
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) answer += chunk.toString('latin1')
    await closed
    assert.match(answer, /^HTTP\/1\.1 200 /, what)
    // Neither the last chunk nor the whole length: the client can tell.
    assert(!answer.endsWith('0\r\n\r\n'), what)
    const records = await until(async () => {
      const all = (await relayedRecords(lab)).slice(before)
      return all.length === 2 ? all : undefined
    })
    assert.equal(records[0]?.outcome, undefined)
    assert.equal(records[1]?.outcome, 'cut-off')
    assert.equal(records[0]?.requestId, records[1]?.requestId)
  }
  assert.match(logText(lab), /Operation status="failure", Outcome="cut-off"/)
})

test('8: a redirect is an answer; it is not followed and leads nowhere else', async () => {
  await using upstream = await startRecordingUpstream()
  await using lab = await openRelayLab(upstream)
  const { port } = upstream
  for (const [location, given] of [
    [`https://127.0.0.1:${port}${services}/there?x=1`, `${services}/there?x=1`],
    [`${services}/there`, `${services}/there`],
    ['there', '/policy/api/v1/infra/there'],
    ['https://elsewhere.example/', undefined],
    ['//elsewhere.example/', undefined],
    [`https://127.0.0.1:${port}//elsewhere.example/`, undefined],
    [`http://127.0.0.1:${port}${services}`, undefined],
    ['javascript:alert(1)', undefined],
  ] as const) {
    upstream.requests.length = 0
    upstream.answer = (_request, socket) =>
      reply(socket, '', 'HTTP/1.1 307 Temporary Redirect', [`location: ${location}`])
    const answer = await lab.admin.get(services)
    assert.equal(answer.status, 307)
    assert.equal(answer.headers.location, given, location)
    assert.equal(upstream.requests.length, 1)
  }
})

test('9: what no rule speaks of is denied, whoever calls', async () => {
  await using upstream = await startRecordingUpstream()
  await using lab = await openRelayLab(upstream)
  for (const [method, path] of [
    ['GET', '/policy/api/v1/infra/nobody-knows'],
    ['GET', `${services}/a/b/c/d`],
    ['POST', services],
    ['OPTIONS', services],
    ['DELETE', '/policy/api/v1/infra'],
    ['GET', '/policy/api/v1/infra'],
    ['POST', `${services}/a?action=reprocess`],
    ['GET', `${services}/a?action=x`],
    ['POST', '/policy/api/v1/infra/tier-1s/a?action=reprocess&action=x'],
    ['POST', '/policy/api/v1/infra/tier-1s/a?Action=reprocess'],
    ['POST', '/policy/api/v1/infra/tier-1s/a?x=1;action=other&action=reprocess'],
    ['POST', '/policy/api/v1/infra/tier-1s/a?action=reprocess&_method=DELETE'],
    ['GET', '/api/v1/firewall/unknown'],
  ] as const) {
    const answer = await lab.admin.send(method, path)
    assert.equal(answer.status, 403, `${method} ${path}`)
    if (answer.text) assert.equal(answer.json.error_code, 401)
  }
  assert.deepEqual(upstream.requests, [])
  assert.equal((await lab.admin.post('/policy/api/v1/infra/tier-1s/a?action=reprocess')).status, 200)
  assert.equal((await lab.a.get(services)).status, 403)
  assert.equal(upstream.requests.length, 1)
})

test('10: each call needs what its rule says, and a changed role counts from the next call on', async () => {
  await using upstream = await startRecordingUpstream()
  await using lab = await openRelayLab(upstream)
  const network = await userWith(lab, 'netter', 'network_engineer')
  const security = await userWith(lab, 'secur', 'security_engineer')
  const policy = '/policy/api/v1/infra/domains/default/security-policies/p'
  const pool = '/policy/api/v1/infra/lb-pools/p'
  for (const [client, method, path, status] of [
    [network, 'GET', policy, 200],
    [network, 'DELETE', policy, 403],
    [network, 'GET', pool, 403],
    [network, 'DELETE', '/policy/api/v1/infra/tier-0s/t', 200],
    [security, 'DELETE', policy, 200],
    [security, 'DELETE', '/policy/api/v1/infra/tier-0s/t', 403],
    [security, 'GET', '/policy/api/v1/infra/tier-0s/t', 200],
    [security, 'HEAD', '/policy/api/v1/infra/tier-0s/t', 200],
  ] as const) {
    const before = upstream.requests.length
    const answer = await client.send(method, path)
    assert.equal(answer.status, status, `${method} ${path}`)
    assert.equal(upstream.requests.length - before, status === 200 ? 1 : 0)
  }
  const records = await relayedRecords(lab)
  assert.deepEqual(
    records.map(({ user, operation, status, write }) => [user, operation, status, write === true]),
    [
      ['netter', 'GET /policy/api/v1/infra/domains/{}/security-policies/{}', 200, false],
      ['netter', 'DELETE /policy/api/v1/infra/domains/{}/security-policies/{}', 403, true],
      ['netter', 'GET /policy/api/v1/infra/lb-pools/{}', 403, false],
      ['netter', 'DELETE /policy/api/v1/infra/tier-0s/{}', 200, true],
      ['secur', 'DELETE /policy/api/v1/infra/domains/{}/security-policies/{}', 200, true],
      ['secur', 'DELETE /policy/api/v1/infra/tier-0s/{}', 403, true],
      ['secur', 'GET /policy/api/v1/infra/tier-0s/{}', 200, false],
      ['secur', 'GET /policy/api/v1/infra/tier-0s/{}', 200, false],
    ],
  )
})

test('11: a hierarchical body passes only when every object in it may pass, and then as the bytes it was', async () => {
  await using upstream = await startRecordingUpstream()
  await using lab = await openRelayLab(upstream, {}, { largestTree: 20_000 })
  const network = await userWith(lab, 'netter', 'network_engineer')
  const group = (more: object = {}) => ({
    resource_type: 'ChildGroup',
    Group: { id: 'g', resource_type: 'Group', ...more },
  })
  const domain = (...children: object[]) => ({
    resource_type: 'ChildDomain',
    Domain: { id: 'default', resource_type: 'Domain', children },
  })
  const segment = { resource_type: 'ChildSegment', Segment: { id: 's', resource_type: 'Segment' } }
  const policy = { resource_type: 'ChildSecurityPolicy', SecurityPolicy: { id: 'p', resource_type: 'SecurityPolicy' } }
  const infra = (...children: unknown[]) => ({ resource_type: 'Infra', children })
  const root = '/policy/api/v1/infra'
  const json = { 'content-type': 'application/json' }
  const send = (client: Client, body: string | Buffer, headers = {}, path = root) =>
    client.send('PATCH', path, body, { ...json, ...headers })

  const allowed = `${JSON.stringify(infra(domain(group()), segment), null, 3)}\n  `
  assert.equal((await send(network, allowed)).status, 200)
  assert.equal(upstream.requests.at(-1)?.body.toString(), allowed)
  const [record] = (await relayedRecords(lab)).slice(-1)
  assert.deepEqual(record?.parameters, [
    [
      'PATCH /policy/api/v1/infra/domains/default',
      'PATCH /policy/api/v1/infra/domains/default/groups/g',
      'PATCH /policy/api/v1/infra/segments/s',
    ],
  ])
  upstream.requests.length = 0

  for (const [what, body] of [
    ['one object too many', infra(domain(group(), policy), segment)],
    ['a removal too many', infra(domain({ ...policy, marked_for_delete: true }))],
    ['an unknown type', infra({ resource_type: 'ChildSecretThing', SecretThing: { id: 'x' } })],
    ['a type in another place', infra(group())],
    ['an object beside the object', infra({ ...segment, SecurityPolicy: { id: 'p' } })],
    ['children inside a value', infra({ ...segment, Segment: { id: 's', advanced_config: { children: [policy] } } })],
    ['children beside the object', infra({ ...segment, children: [policy] })],
    ['another path', infra({ ...segment, Segment: { id: 's', path: '/infra/domains/default/security-policies/p' } })],
    ['another parent', infra({ ...segment, Segment: { id: 's', parent_path: '/infra/domains/default' } })],
    ['an id with a slash', infra({ ...segment, Segment: { id: '../domains/default/security-policies/p' } })],
    ['no id', infra({ ...segment, Segment: {} })],
    ['two ids', infra({ ...segment, id: 'other' })],
    ['domains of the root', { resource_type: 'Infra', domains: [{ id: 'default' }] }],
    ['a field of the root', { resource_type: 'Infra', connectivity_strategy: 'WHITELIST', children: [segment] }],
    ['no object', infra()],
    [
      'a reference to what is not known',
      infra({ resource_type: 'ChildResourceReference', id: 'x', target_type: 'Site', children: [segment] }),
    ],
    [
      'a policy below a reference',
      infra({ resource_type: 'ChildResourceReference', id: 'default', target_type: 'Domain', children: [policy] }),
    ],
  ] as const) {
    assert.equal((await send(network, JSON.stringify(body))).status, 403, what)
  }
  const once_ = JSON.stringify(infra(segment))
  for (const [what, status, body, headers] of [
    ['names that come twice', 400, once_.replace('"children"', '"children":[],"\\u0063hildren"'), {}],
    ['no JSON', 400, `${once_}}`, {}],
    ['another coding', 415, gzipSync(once_), { 'content-encoding': 'gzip' }],
    [
      'another character set',
      415,
      Buffer.from(once_, 'utf16le'),
      { 'content-type': 'application/json; charset=utf-16' },
    ],
    ['another type', 415, once_, { 'content-type': 'text/plain' }],
    ['a byte order mark', 400, `\ufeff${once_}`, {}],
    ['more than is read', 413, `${once_}${' '.repeat(20_000)}`, {}],
    ['nothing', 403, '', {}],
  ] as const) {
    assert.equal((await send(lab.admin, body, headers)).status, status, what)
  }
  // An object of one's own is no way in either.
  const inSegment = JSON.stringify({ display_name: 's', children: [policy] })
  assert.equal((await send(network, inSegment, {}, `${root}/segments/s`)).status, 403)
  const inDomain = JSON.stringify({ children: [policy] })
  assert.equal((await send(network, inDomain, {}, `${root}/domains/default`)).status, 403)
  assert.deepEqual(upstream.requests, [])
  assert.equal((await send(lab.admin, inDomain, {}, `${root}/domains/default`)).status, 200)
  assert.equal((await send(lab.admin, JSON.stringify(infra(domain(group(), policy), segment)))).status, 200)
})

test('12: large bodies flow both ways, no faster than they are taken', async () => {
  await using upstream = await startRecordingUpstream()
  await using lab = await openRelayLab(upstream, { bodyTimeout: 5, answerTimeout: 5 })
  const size = 24 * 1024 * 1024
  const body = Buffer.alloc(size, 'x')
  upstream.answer = (request, socket) => reply(socket, String(request.body.length))
  const sections = '/api/v1/firewall/sections'
  const up = await lab.admin.send('POST', sections, body, { 'content-type': 'application/octet-stream' })
  assert.equal(up.text, String(size))
  const chunked = await lab.admin.send('POST', sections, undefined, { 'transfer-encoding': 'chunked' })
  assert.equal(chunked.text, '0')

  upstream.answer = (_request, socket) => reply(socket, body)
  const down = await lab.admin.get(sections)
  assert.equal(down.text.length, size)

  // A client that takes nothing is not read for: what the upstream can write stays far below the whole.
  let written = 0
  upstream.answer = (_request, socket) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${size * 10}\r\n\r\n`)
    const piece = body.subarray(0, 256 * 1024)
    const more = () => {
      while (written < size * 10) {
        written += piece.length
        if (!socket.write(piece)) return void socket.once('drain', more)
      }
    }
    more()
  }
  const taker = await open(lab.a)
  taker.pause()
  taker.write(request('GET', sections, []))
  let last = -1
  await until(async () => {
    if (written === last && written > 0) return true
    last = written
    await new Promise((resolve) => setTimeout(resolve, 200))
    return undefined
  })
  assert(written < size, `${written} bytes went into buffers`)
  taker.destroy()
  await until(() => (upstream.sockets.size <= 3 ? true : undefined))

  // The same for an upstream that takes nothing.
  const before = upstream.sockets.size
  upstream.onConnection = (socket) => void socket.pause()
  for (const socket of upstream.sockets) socket.destroy()
  const sender = await open(lab.a)
  let sent = 0
  sender.write(request('POST', sections, ['content-type: application/octet-stream', `content-length: ${size * 10}`]))
  const push = () => {
    while (sent < size * 10) {
      sent += body.length / 8
      if (!sender.write(body.subarray(0, body.length / 8))) return void sender.once('drain', push)
    }
  }
  push()
  await until(() => (sent > 0 ? true : undefined))
  const [answer] = await once(sender, 'data')
  assert.match(String(answer), /^HTTP\/1\.1 504 /)
  assert(sent < size * 5, `${sent} bytes went into buffers`)
  assert(before >= 0)
  sender.destroy()
})
