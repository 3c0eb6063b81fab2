import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { labSsoPassword } from '../../src/lab.ts'
import type { Answer, Client } from '../client.ts'
import { databases, type Lab, openLab } from '../lab.ts'
import { administrator, bySession, rpc, rpcErrorOf, signedIn, userPass, withSession } from './clients.ts'

const session = '/api/session'
const legacy = '/rest/com/vmware/cis/session'
const service = 'com.vmware.cis.session'

const unauthenticated = {
  error_type: 'UNAUTHENTICATED',
  messages: [
    {
      id: 'com.vmware.vapi.endpoint.method.authentication.required',
      default_message: 'Authentication required.',
      args: [],
    },
  ],
  challenge: 'Basic realm="VAPI endpoint"',
}

const auditLog = (lab: Lab) => readFileSync(join(lab.dataDir, 'vcenter-audit.log'), 'utf8')

function assertRefused(answer: Answer): void {
  assert.deepEqual([answer.status, answer.json], [401, unauthenticated])
}

/** Signs in with a name and a password on every face there is. */
const signIns: Record<string, (client: Client, name: string, password: string) => Promise<{ id?: string }>> = {
  async REST(client, name, password) {
    const { status, json } = await client.as(name, password).post(session)
    return status === 201 ? { id: json } : {}
  },
  async body(client, username, password) {
    const { status, json } = await client.post(session, { username, password })
    return status === 201 ? { id: json } : {}
  },
  async legacy(client, name, password) {
    const { status, json } = await client.as(name, password).post(legacy)
    return status === 200 ? { id: json.value } : {}
  },
  async 'JSON-RPC'(client, name, password) {
    const { json } = await rpc(client, service, 'create', {}, userPass(name, password))
    return { id: json.result.output?.SECRET }
  },
  async 'JSON-RPC with Basic'(client, name, password) {
    const { json } = await rpc(client.as(name, password), service, 'create')
    return { id: json.result.output?.SECRET }
  },
}

for (const database of databases) {
  test(`${database.kind}: a session is made, read and ended as section 1.1 says`, database, async () => {
    await using lab = await openLab(database)
    const created = await lab.a.as(administrator, labSsoPassword).post(session)
    assert.equal(created.status, 201)
    assert.equal(created.headers['content-type'], 'application/json')
    assert.match(created.text, /^"[0-9a-f]{32}"$/)
    assert.equal(created.headers['set-cookie'], undefined)

    const client = withSession(lab.a, created.json)
    lab.clock.advance({ seconds: 90 })
    const read = await client.get(session)
    assert.equal(read.status, 200)
    assert.deepEqual(read.json, {
      user: 'Administrator@vsphere.local',
      created_time: '2026-11-22T12:00:00.000Z',
      last_accessed_time: '2026-11-22T12:01:30.000Z',
    })

    const ended = await client.delete(session)
    assert.deepEqual([ended.status, ended.text], [204, ''])
    assertRefused(await client.get(session))
    assertRefused(await client.delete(session))
  })

  test(`${database.kind}: names of every spelling sign in, on every face`, database, async () => {
    await using lab = await openLab(database)
    for (const name of [
      administrator,
      'ADMINISTRATOR@VSPHERE.LOCAL',
      'VSPHERE.LOCAL\\Administrator',
      'administrator',
    ]) {
      for (const [face, signIn] of Object.entries(signIns)) {
        const { id } = await signIn(lab.a, name, labSsoPassword)
        assert.match(id ?? '', /^[0-9a-f]{32}$/, `${name} on ${face}`)
      }
    }
  })

  test(
    `${database.kind}: a session is good on every face, wherever it was made and whichever manager is asked`,
    database,
    async () => {
      await using lab = await openLab(database)
      for (const signIn of Object.values(signIns)) {
        const { id = '' } = await signIn(lab.a, administrator, labSsoPassword)
        const created_time = new Date(lab.clock.now).toISOString()
        const info = { user: 'Administrator@vsphere.local', created_time, last_accessed_time: created_time }
        assert.deepEqual((await withSession(lab.b, id).get(session)).json, info)
        assert.deepEqual((await withSession(lab.a, id).get(legacy)).json, { value: info })
        assert.deepEqual((await withSession(lab.a, id).post(`${legacy}?~action=get`)).json, { value: info })
        const overRpc = await rpc(lab.a, service, 'get', {}, bySession(id))
        assert.deepEqual(overRpc.json.result.output, { STRUCTURE: { 'com.vmware.cis.session.info': info } })
      }
    },
  )

  test(`${database.kind}: ending a session on one face ends it on all`, database, async () => {
    await using lab = await openLab(database)
    const ends: ((id: string) => Promise<Answer>)[] = [
      (id) => withSession(lab.a, id).delete(session),
      (id) => withSession(lab.a, id).delete(legacy),
      (id) => rpc(lab.a, service, 'delete', {}, bySession(id)),
    ]
    for (const end of ends) {
      const id = (await lab.a.as(administrator, labSsoPassword).post(session)).json
      const other = await signedIn(lab.a)
      assert.ok((await end(id)).status < 300)
      assertRefused(await withSession(lab.a, id).get(session))
      assert.equal((await withSession(lab.a, id).get(legacy)).status, 401)
      assert.equal(rpcErrorOf(await rpc(lab.a, service, 'get', {}, bySession(id))).name, 'unauthenticated')
      assert.equal((await other.get(session)).status, 200)
    }
  })

  test(
    `${database.kind}: /rest wraps values and sets the cookie unless the client keeps the id itself`,
    database,
    async () => {
      await using lab = await openLab(database)
      const client = lab.a.as(administrator, labSsoPassword)
      const created = await client.post(legacy)
      assert.equal(created.status, 200)
      const { value } = created.json
      assert.deepEqual(created.headers['set-cookie'], [
        `vmware-api-session-id=${value}; Path=/rest; Secure; HttpOnly; SameSite=Lax`,
      ])
      const own = await client.with({ headers: { 'vmware-use-header-authn': 'true' } }).post(legacy)
      assert.equal(own.status, 200)
      assert.equal(own.headers['set-cookie'], undefined)

      const ended = await withSession(lab.a, value).delete(legacy)
      assert.deepEqual([ended.status, ended.text], [200, ''])
      const refused = await withSession(lab.a, value).get(legacy)
      assert.equal(refused.status, 401)
      assert.deepEqual(refused.json, {
        type: 'com.vmware.vapi.std.errors.unauthenticated',
        value: { messages: unauthenticated.messages },
      })
      const wrong = await lab.a.as(administrator, 'wrong').post(legacy)
      assert.equal(wrong.status, 401)
      assert.equal(wrong.headers['set-cookie'], undefined)
    },
  )

  test(
    `${database.kind}: the id is taken from the header, else from the cookie, however it is written`,
    database,
    async () => {
      await using lab = await openLab(database)
      const id = (await lab.a.as(administrator, labSsoPassword).post(session)).json
      const status = async (headers: Record<string, string>) => (await lab.a.with({ headers }).get(session)).status
      const cookie = (text: string) => status({ cookie: text })
      assert.equal(await cookie(`vmware-api-session-id=${id}`), 200)
      assert.equal(await cookie(`a=b; vmware-api-session-id="${id}"; Path=/; HttpOnly`), 200)
      assert.equal(await cookie(`vmware-api-session-id=${id}; Path=/rest; Secure; HttpOnly`), 200)
      assert.equal(await cookie(`VMWARE-api-session-id=${id}`), 401)
      assert.equal(await cookie(`x-vmware-api-session-id=${id}`), 401)
      assert.equal(await cookie(`vmware-api-session-id=${id}x`), 401)
      assert.equal(await cookie(`a=vmware-api-session-id=${id}`), 401)
      assert.equal(await status({ 'vmware-api-session-id': 'other', cookie: `vmware-api-session-id=${id}` }), 401)
      assert.equal(await status({ 'vmware-api-session-id': id, cookie: 'vmware-api-session-id=other' }), 200)
      assert.equal(await status({ 'vmware-api-session-id': '' }), 401)
      // A password is good for making a session and for nothing else.
      assertRefused(await lab.a.as(administrator, labSsoPassword).get(session))
    },
  )

  test(
    `${database.kind}: over JSON-RPC the header wins over the body, and the body over the cookie`,
    database,
    async () => {
      await using lab = await openLab(database)
      const id = (await lab.a.as(administrator, labSsoPassword).post(session)).json
      const asks = async (headers: Record<string, string>, ctx?: object) =>
        'output' in (await rpc(lab.a.with({ headers }), service, 'get', {}, ctx)).json.result
      const cookie = (value: string) => ({ cookie: `vmware-api-session-id=${value}` })
      const header = (value: string) => ({ 'vmware-api-session-id': value })
      assert.equal(await asks(header(id)), true)
      assert.equal(await asks(header(id), bySession('other')), true)
      assert.equal(await asks(header('other'), bySession(id)), false)
      assert.equal(await asks(cookie('other'), bySession(id)), true)
      assert.equal(await asks(cookie(id), bySession('other')), false)
      assert.equal(await asks(cookie(id)), true)
      assert.equal(await asks({}), false)
      assert.equal(await asks({}, { schemeId: 'com.vmware.vapi.std.security.no_authentication' }), false)
      assert.equal(await asks({}, { ...bySession(id), schemeId: 'com.vmware.vapi.std.security.oauth' }), false)
      assert.equal(await asks({}, userPass(administrator)), false)
      for (const sessionId of [1, null, [id], { SECRET: id }]) {
        assert.equal(await asks({}, { ...bySession(id), sessionId }), false)
      }
    },
  )

  test(
    `${database.kind}: a session ends when it was idle for two hours, and after a day in any case`,
    database,
    async () => {
      await using lab = await openLab(database)
      const idle = await signedIn(lab.a)
      lab.clock.advance({ seconds: 7199 })
      assert.equal((await idle.get(session)).status, 200)
      lab.clock.advance({ seconds: 7200 })
      assertRefused(await idle.get(session))
      assertRefused(await idle.get(session))

      const busy = await signedIn(lab.a)
      for (let hours = 0; hours < 23; hours++) {
        lab.clock.advance({ seconds: 3600 })
        assert.equal((await busy.get(session)).status, 200, `after ${hours} hours`)
      }
      lab.clock.advance({ seconds: 3600 })
      assertRefused(await busy.get(session))
    },
  )

  test(`${database.kind}: sessions outlive a restart`, database, async () => {
    await using lab = await openLab(database)
    const id = (await lab.a.as(administrator, labSsoPassword).post(session)).json
    await lab.restart()
    assert.equal((await withSession(lab.a, id).get(session)).status, 200)
  })

  test(`${database.kind}: too many sessions are answered 503, and signing out makes room`, database, async () => {
    await using lab = await openLab(database, { vcenterMaxSessions: '2' })
    const first = await signedIn(lab.a)
    await signedIn(lab.a)
    const refused = await lab.a.as(administrator, labSsoPassword).post(session)
    assert.equal(refused.status, 503)
    assert.equal(refused.json.error_type, 'SERVICE_UNAVAILABLE')
    const id = 'com.vmware.vapi.endpoint.failedToLoginMaxUserSessionCountReached'
    assert.equal(refused.json.messages[0].id, id)
    assert.equal((await lab.a.as(administrator, labSsoPassword).post(legacy)).status, 503)
    const overRpc = rpcErrorOf(await rpc(lab.a, service, 'create', {}, userPass(administrator)))
    assert.deepEqual([overRpc.name, overRpc.messages[0]?.id], ['service_unavailable', id])
    assert.equal((await first.delete(session)).status, 204)
    await signedIn(lab.a)
  })

  test(
    `${database.kind}: wrong passwords on all faces together lock a user, and locked reads like wrong`,
    database,
    async () => {
      await using lab = await openLab(database)
      const name = 'holouser@vsphere.local'
      const faces = Object.values(signIns)
      for (const signIn of faces)
        assert.deepEqual(await signIn(lab.a, name, 'Wrong-Lantern-1!').then(({ id }) => id), undefined)
      for (const signIn of faces) assert.equal((await signIn(lab.b, name, labSsoPassword)).id, undefined)
      assertRefused(await lab.a.as(name, labSsoPassword).post(session))
      lab.clock.advance({ seconds: 300 })
      assert.ok((await signIns.REST?.(lab.a, name, labSsoPassword))?.id)
    },
  )

  test(`${database.kind}: what is wrong with credentials is not told`, database, async () => {
    await using lab = await openLab(database)
    for (const authorization of [
      'Basic',
      'Basic !!!',
      `Basic ${Buffer.from('administrator').toString('base64')}`,
      `Basic ${Buffer.from('administrator@vsphere.local:').toString('base64')}`,
      `Basic ${Buffer.from(':VMware123!').toString('base64')}`,
      `Basic ${Buffer.from('nobody@vsphere.local:VMware123!').toString('base64')}`,
      `Basic ${Buffer.from('administrator@elsewhere.example:VMware123!').toString('base64')}`,
      'SIGN token="abc"',
      'Bearer abc',
    ]) {
      assertRefused(await lab.a.with({ headers: { authorization } }).post(session))
    }
    for (const body of [{}, { username: 1, password: 2 }, { username: 'administrator' }, [], 'x', null, 7]) {
      assertRefused(await lab.a.post(session, body))
    }
  })

  test(`${database.kind}: the audit log says who signed in on which face, and never how`, database, async () => {
    await using lab = await openLab(database)
    const nsxBefore = readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8')
    const ids: string[] = []
    for (const signIn of Object.values(signIns)) {
      ids.push((await signIn(lab.a, administrator, labSsoPassword)).id ?? '')
      await signIn(lab.a, 'holouser@vsphere.local', 'Wrong-Lantern-1!')
    }
    const [id = ''] = ids
    await withSession(lab.a, id).get(session)
    await lab.a.with({ headers: { cookie: `vmware-api-session-id=${id}` } }).get('/api/vcenter/nothing')
    await rpc(lab.a, service, 'delete', {}, bySession(id))
    while (!auditLog(lab).includes(' sign-out ')) await setTimeout(5)

    const log = auditLog(lab)
    for (const secret of [...ids, labSsoPassword, 'Wrong-Lantern-1!', 'Basic ']) {
      assert.equal(log.includes(secret), false, secret)
    }
    const lines = log.trim().split('\n')
    const signedInOn = (face: string, result: string, subject: string) =>
      lines.filter((line) =>
        [' sign-in ', `face="${face}"`, `result="${result}"`, `subject="${subject}"`].every((part) =>
          line.includes(part),
        ),
      ).length
    const admin = 'VSPHERE.LOCAL\\\\Administrator'
    for (const [face, times] of Object.entries({ rest: 2, legacy: 1, 'json-rpc': 2 })) {
      assert.equal(signedInOn(face, 'success', admin), times, face)
      assert.equal(signedInOn(face, 'unauthenticated', 'holouser@vsphere.local'), times, face)
    }
    assert.match(lines.at(-1) ?? '', /sign-out .*event="com\.vmware\.cis\.session\.delete" .*opID="op-1"/)
    assert.equal(readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8'), nsxBefore)
    const { json } = await lab.admin.post('/api/v1/administration/audit-logs', {})
    assert.equal(JSON.stringify(json).includes('cis.session'), false)
  })
}
