import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import type { ApiServiceConfig } from '../../src/access/api-service.ts'
import { createPasswordHashing } from '../../src/access/passwords/hashing.ts'
import type { Answer, Client } from '../client.ts'
import { databases, type Lab, labPassword, openLab, withoutLimits } from '../lab.ts'

const apiService = '/api/v1/cluster/api-service'
const version = '/api/v1/node/version'
const policy = '/api/v1/node/aaa/auth-policy'
const users = '/api/v1/node/users'
const description = '/api/v1/spec/openapi/nsx_api.json'
const password = 'Harbour-Lantern-77'

const limited = (limits: Partial<ApiServiceConfig>) => ({ apiService: { ...withoutLimits.apiService, ...limits } })
const [database] = databases as [(typeof databases)[0]]

const basic = (name: string, secret: string) =>
  `authorization: Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}\r\n`
const asAdmin = basic('admin', labPassword)
const get = (target: string, lines = asAdmin) => `GET ${target} HTTP/1.1\r\nhost: localhost\r\n${lines}\r\n`
/** A request whose body never ends. */
const unfinished = (lines = asAdmin) =>
  `PUT ${policy} HTTP/1.1\r\nhost: localhost\r\n${lines}content-type: application/json\r\ncontent-length: 100\r\n\r\n{`
const slowSignIn =
  'POST /api/session/create HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\nj_user'

async function open({ url, ca }: Client, bytes: string): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), ca, servername: 'localhost' })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  socket.write(bytes)
  return socket
}

const openAll = (client: Client, count: number, bytes: string) =>
  Promise.all(Array.from({ length: count }, () => open(client, bytes)))

const statuses = (answers: Answer[], status: number) => answers.filter((answer) => answer.status === status).length
const many = (count: number, call: () => Promise<Answer>) => Promise.all(Array.from({ length: count }, call))

/** Asks again until it is answered so: what a connection that ends sets free is free as soon as the server hears of it. */
async function until(call: () => Promise<Answer>, status: number): Promise<Answer> {
  for (const deadline = performance.now() + 20_000; ; ) {
    const answer = await call()
    if (answer.status === status) return answer
    assert(performance.now() < deadline, `still ${answer.status}: ${answer.text}`)
  }
}

async function createUser(lab: Lab, username: string): Promise<Client> {
  assert.equal((await lab.admin.post(`${users}?action=create_user`, { username, password })).status, 201)
  return lab.a.as(username, password)
}

for (const database of databases) {
  test(
    `${database.kind}: of 300 requests in a second a client's 100 are let through, and no other client feels it`,
    database,
    async () => {
      await using lab = await openLab(database, {}, {})
      const svc = await createUser(lab, 'svc')
      lab.clock.advance({ seconds: 1 })
      const { client: session } = await lab.a.signIn('admin', labPassword)
      const answers: Answer[] = []
      for (let sent = 0; sent < 300; sent += 30) {
        answers.push(...(await many(15, () => session.get(version))), ...(await many(15, () => lab.admin.get(version))))
      }
      assert.deepEqual([statuses(answers, 200), statuses(answers, 429)], [100, 200])
      const refused = answers.find(({ status }) => status === 429)!
      assert.equal(
        refused.text,
        '{\n  "module_name" : "common-services",\n  "error_message" : "Client \'admin\' exceeded request rate of 100 per second",\n  "error_code" : 102\n}\n',
      )
      // Neither another client, nor another manager, nor the sign-in of whoever it is.
      assert.equal((await svc.get(version)).status, 200)
      assert.equal((await lab.b.as('admin', labPassword).get(version)).status, 200)
      assert.equal((await lab.a.get(version)).status, 403)
      assert.equal((await lab.a.signIn('admin', labPassword)).answer.status, 200)
      // What would change something is refused before it does.
      const before = (await svc.get(policy)).text
      assert.equal((await lab.admin.put(policy, { digits: -3 })).status, 429)
      assert.equal((await svc.get(policy)).text, before)

      lab.clock.advance({ ms: 999 })
      assert.equal((await lab.admin.get(version)).status, 429)
      lab.clock.advance({ ms: 1 })
      assert.equal(statuses(await many(30, () => lab.admin.get(version)), 200), 30)
      const { json } = await lab.admin.post('/api/v1/administration/audit-logs', { log_filter: ' 429 ' })
      assert.equal(json.result_count ?? json.results.length, 202)
    },
  )

  test(
    `${database.kind}: a rate limit holds from the PUT on and after a restart, and 0 is none`,
    database,
    async () => {
      await using lab = await openLab(database)
      const put = async (client_api_rate_limit: number) => {
        const { json } = await lab.admin.get(apiService)
        return lab.admin.put(apiService, { ...json, client_api_rate_limit })
      }
      assert.equal(statuses(await many(150, () => lab.admin.get(version)), 200), 150)
      lab.clock.advance({ seconds: 1 })
      assert.equal((await put(10)).status, 200)
      assert.equal(statuses(await many(30, () => lab.admin.get(version)), 200), 8)
      await lab.restart()
      assert.equal(statuses(await many(30, () => lab.admin.get(version)), 200), 10)
      lab.clock.advance({ seconds: 1 })
      assert.equal((await put(0)).status, 200)
      assert.equal(statuses(await many(30, () => lab.admin.get(version)), 200), 30)
    },
  )
}

test('whoever may not do what they ask for, or asks for nothing there is, is held to the rate too', async () => {
  await using lab = await openLab(database, {}, limited({ clientApiRateLimit: 5 }))
  lab.clock.advance({ seconds: 1 })
  const svc = await createUser(lab, 'svc')
  const calls = [
    () => svc.put(policy, { digits: -3 }),
    () => svc.get('/api/v1/nothing-here'),
    () => svc.post(version),
    () => svc.post(`${users}?action=nothing`),
    () => svc.get('/policy/api/v1/aaa/ldap-identity-sources/x'),
  ]
  for (const call of calls) assert.notEqual((await call()).status, 429)
  for (const call of calls) assert.equal((await call()).status, 429)
})

test("40 outstanding requests are a client's, the next is answered 503, and who hangs up makes room", async () => {
  await using lab = await openLab(database, {}, {})
  const svc = await createUser(lab, 'svc')
  lab.clock.advance({ seconds: 1 })
  const held = await openAll(lab.a, 40, unfinished())
  const refused = await until(() => lab.admin.get(version), 503)
  assert.equal(
    refused.text,
    '{\n  "module_name" : "common-services",\n  "error_message" : "Client \'admin\' exceeded request concurrency of 40",\n  "error_code" : 103\n}\n',
  )
  assert.equal((await svc.get(version)).status, 200)
  assert.equal((await lab.b.as('admin', labPassword).get(version)).status, 200)

  held.pop()?.destroy()
  lab.clock.advance({ seconds: 1 })
  await until(() => lab.admin.get(version), 200)
  for (const socket of held) socket.destroy()
  lab.clock.advance({ seconds: 1 })
  await until(() => lab.admin.get(version), 200)
  const { json } = await svc.post('/api/v1/administration/audit-logs', { log_filter: ' 503 ' })
  assert(json.results.length > 0)
})

test('the global limit counts the requests of those who are known, and spares probes, pages and sign-ins', async () => {
  await using lab = await openLab(database, {}, limited({ globalApiConcurrencyLimit: 5 }))
  const svc = await createUser(lab, 'svc')
  const held = await openAll(lab.a, 5, unfinished(basic('svc', password)))
  // svc may not change the policy, and is told so at once: it holds nothing.
  await until(() => svc.get(version), 200)
  held.push(...(await openAll(lab.a, 5, unfinished())))
  const refused = await until(() => svc.get(version), 503)
  assert.equal(
    refused.text,
    '{\n  "module_name" : "common-services",\n  "error_message" : "Server exceeded request concurrency of 5",\n  "error_code" : 104\n}\n',
  )
  assert.equal(refused.headers['retry-after'], '1')
  const known = await lab.admin.get(version)
  assert.deepEqual([known.status, known.json.error_code], [503, 104])
  for (const path of ['/health', '/docs/json', description]) assert.equal((await lab.a.get(path)).status, 200)
  assert.equal((await lab.a.as('nobody', 'wrong').get(version)).status, 403)
  assert.equal((await lab.a.signIn('admin', labPassword)).answer.status, 200)
  assert.equal((await lab.b.as('svc', password).get(version)).status, 200)
  for (const socket of held) socket.destroy()
  await until(() => svc.get(version), 200)
})

test('two hundred anonymous sign-ins at once keep nobody out who is signed in, nor who signs in from elsewhere', async () => {
  const hashing = createPasswordHashing({ memoryCost: 8192, timeCost: 1, parallelism: 1 })
  await using lab = await openLab(database, {}, {}, undefined, hashing)
  const svc = await createUser(lab, 'svc')
  assert.equal((await svc.get(version)).status, 200)
  const guesses = Array.from({ length: 250 }, (_, n) => lab.a.signIn(`nobody${n}`, 'wrong'))
  for (let n = 0; n < 20; n++) assert.equal((await svc.get(version)).status, 200)
  const answers = await Promise.all(guesses)
  const busy = answers.map(({ answer }) => answer).filter(({ status }) => status === 503)
  // A hundred of an address may wait; the others, if there are any, are told when to come again.
  for (const { headers } of busy) assert.equal(headers['retry-after'], '1')
})

test('whoever is not known takes no place by sending slowly', async () => {
  await using lab = await openLab(database, {}, limited({ globalApiConcurrencyLimit: 2 }))
  const slow = [
    ...(await openAll(lab.a, 50, slowSignIn)),
    ...(await openAll(lab.a, 50, unfinished(''))),
    ...(await openAll(lab.a, 50, 'GET /api/v1/node/ver')),
  ]
  await until(() => lab.admin.get(version), 200)
  for (let n = 0; n < 20; n++) assert.equal((await lab.admin.get(version)).status, 200)
  assert.equal((await lab.a.signIn('admin', labPassword)).answer.status, 200)
  for (const socket of slow) socket.destroy()
})

test('however a client goes, it leaves no place taken behind', async () => {
  await using lab = await openLab(database, {}, limited({ clientApiConcurrencyLimit: 1, globalApiConcurrencyLimit: 1 }))
  const { client } = await lab.a.signIn('admin', labPassword)
  const requests: Record<string, string> = {
    'in a body': unfinished(),
    'while a password is checked': get(version, basic('admin', 'wrong')),
    'before its answer': get(version),
    'in the middle of many': get(version).repeat(20),
    'behind a body that never ends': get(version) + unfinished(),
    'with an unfinished line': `${get(version)}GET /api`,
    'in a large answer': get(description).repeat(3),
    'with what is no HTTP': `${get(version)}\x00\x00\r\n\r\n`,
    'unknown, in a sign-in': slowSignIn,
    'with a query that is refused': get('/api//v1'),
    'at a path that is none': get('/api/v1/nothing-here') + get('/nothing-here'),
  }
  for (const [how, bytes] of Object.entries(requests)) {
    for (let n = 0; n < 4; n++) {
      const socket = await open(lab.a, bytes)
      // Now at once, now when the server has begun with it.
      if (n % 2 === 1) await new Promise((resolve) => setImmediate(resolve))
      if (n === 3) await Promise.race([once(socket, 'readable'), new Promise((resolve) => setTimeout(resolve, 20))])
      socket.destroy()
    }
    lab.clock.advance({ seconds: 9001 })
    assert.equal((await until(() => lab.admin.get(version), 200)).status, 200, how)
  }
  assert.equal((await until(() => client.get(version), 403)).status, 403)
  const { json } = await until(() => lab.admin.get(apiService), 200)
  assert.equal(
    (await until(() => lab.admin.put(apiService, { ...json, client_api_concurrency_limit: 3 }), 200)).status,
    200,
  )
  const { limiters, appliances } = lab.server.services
  const limiter = limiters.of(appliances.managers[0]!.id)
  lab.clock.advance({ seconds: 1 })
  limiters.keepHouse()
  assert.equal(limiter.size, 0)
})

test('who hangs up while their password is checked holds no place once it is', async () => {
  await using lab = await openLab(database, {}, limited({ clientApiConcurrencyLimit: 1, globalApiConcurrencyLimit: 1 }))
  for (let n = 0; n < 5; n++) {
    const svc = await createUser(lab, `svc${n}`)
    const socket = await open(lab.a, get(version, basic(`svc${n}`, password)))
    // Long enough to be read, too short for a password to be checked.
    await new Promise((resolve) => setTimeout(resolve, 5))
    socket.destroy()
    await until(() => lab.admin.get(version), 200)
    assert.equal((await until(() => svc.get(version), 200)).status, 200)
  }
})

test('a client that takes none of its answers keeps their places no longer than connection_timeout', async () => {
  await using lab = await openLab(database, {}, limited({ connectionTimeout: 1 }))
  const socket = await open(lab.a, '')
  socket.pause()
  // More than what systems keep for those who do not read.
  socket.write(get('/policy/api/v1/aaa/roles-with-feature-permissions', asAdmin).repeat(150))
  const { json } = await lab.admin.get(apiService)
  assert.equal((await lab.admin.put(apiService, { ...json, global_api_concurrency_limit: 1 })).status, 200)
  const began = performance.now()
  await until(() => lab.admin.get(version), 503)
  await until(() => lab.admin.get(version), 200)
  assert(performance.now() - began > 800)
  socket.destroy()
})

test('a connection that is silent for connection_timeout ends, and with 0 it stays', async () => {
  await using lab = await openLab(database)
  const timeoutOf = async () => (await lab.admin.get(version)).headers['keep-alive']
  assert.equal(await timeoutOf(), 'timeout=30')
  const put = async (connection_timeout: number) => {
    const { json } = await lab.admin.get(apiService)
    assert.equal((await lab.admin.put(apiService, { ...json, connection_timeout })).status, 200)
    assert.equal(json._revision + 1, (await lab.admin.get(apiService)).json._revision)
  }
  await put(1)
  assert.equal(await timeoutOf(), 'timeout=1')
  const socket = await open(lab.a, get(version))
  const began = performance.now()
  await once(socket.resume(), 'close')
  const took = performance.now() - began
  assert(took > 900 && took < 8000, `${took} ms`)

  await put(0)
  assert.equal(await timeoutOf(), undefined)
  const kept = await open(lab.a, get(version))
  await once(kept, 'data')
  await put(2_147_483_647)
  kept.write(get(version))
  assert.match(String((await once(kept, 'data'))[0]), /^HTTP\/1\.1 200/)
  kept.destroy()
})

test('whoever opens the server in a browser is sent to the console, at redirect_host where there is one', async () => {
  await using lab = await openLab(database)
  const locationFor = async (host: string) => {
    const socket = await open(lab.a, `GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
    const [bytes] = await once(socket, 'data')
    socket.destroy()
    const [, status, location] = /^HTTP\/1\.1 (\d+)[\s\S]*?\r\nlocation: (.*)\r\n/i.exec(String(bytes)) ?? []
    return `${status} ${location}`
  }
  assert.equal(await locationFor('nsx.example:8443'), '302 https://nsx.example:8443/console/')
  for (const host of ['elsewhere.example/x', 'a@elsewhere.example', '"', 'a b', '']) {
    assert.equal(await locationFor(host), '302 /console/', host)
  }
  const { json } = await lab.admin.get(apiService)
  assert.equal((await lab.admin.put(apiService, { ...json, redirect_host: 'nsx.corp.example' })).status, 200)
  assert.equal(await locationFor('elsewhere.example'), '302 https://nsx.corp.example/console/')
  for (const redirect_host of ['a/b', 'a\r\nset-cookie: x=y', 'https://a', 'a@b', ' ']) {
    const answer = await lab.admin.put(apiService, { ...json, _revision: 1, redirect_host })
    assert.equal(answer.status, 400)
    assert.match(answer.json.error_message, /redirect_host/)
  }
})
