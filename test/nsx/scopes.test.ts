import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../client.ts'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'

/** Who may, each including those before it: admin, an auditor, and everyone who is signed in. */
type May = 'admin' | 'auditor' | 'everyone'

interface Row {
  call: string
  /** N: `/api/v1`, C: `/api/v1/cluster/{cluster-node-id}`, T: `/api/v1/transport-nodes/{transport-node-id}` */
  scopes: 'NCT' | 'NC'
  may: May
  status: number
  body?: unknown
}

const key = {
  label: 'laptop',
  type: 'ssh-ed25519',
  value: 'AAAAC3NzaC1lZDI1NTE5AAAAIN3Qz8Jq5G0l2O0o0mWc9d4pRrYb1m5h0b3Xl9u6m0aX',
}
const activation = { password: 'Bp3&mkFs9*qVc' }
const ownPassword = Symbol('the old password and a new one, each time')

/** Every call of the node API on authentication policy and users, in an order in which each can be made. */
const rows: Row[] = [
  { call: 'GET /node', scopes: 'NCT', may: 'everyone', status: 200 },
  { call: 'PUT /node', scopes: 'NCT', may: 'admin', status: 200, body: { cli_timeout: 300 } },
  { call: 'GET /node/services/ssh', scopes: 'NCT', may: 'everyone', status: 200 },
  {
    call: 'PUT /node/services/ssh',
    scopes: 'NCT',
    may: 'admin',
    status: 200,
    body: { service_name: 'ssh', service_properties: { root_login: false } },
  },
  { call: 'GET /node/services/ssh/status', scopes: 'NCT', may: 'everyone', status: 200 },
  { call: 'POST /node/services/ssh?action=restart', scopes: 'NCT', may: 'admin', status: 200 },
  { call: 'DELETE /node/services/ssh?action=clear_banner', scopes: 'NCT', may: 'admin', status: 200 },
  { call: 'GET /node/aaa/auth-policy', scopes: 'NCT', may: 'everyone', status: 200 },
  { call: 'PUT /node/aaa/auth-policy', scopes: 'NCT', may: 'admin', status: 202, body: { max_repeats: 9 } },
  { call: 'POST /node/aaa/auth-policy?action=reset-all', scopes: 'NCT', may: 'admin', status: 202 },
  { call: 'POST /node/aaa/auth-policy?action=reset-auth-policies', scopes: 'NCT', may: 'admin', status: 202 },
  { call: 'POST /node/aaa/auth-policy?action=reset-pwd-complexity', scopes: 'NCT', may: 'admin', status: 202 },
  { call: 'GET /node/users', scopes: 'NCT', may: 'auditor', status: 200 },
  { call: 'GET /node/users?internal=true', scopes: 'NCT', may: 'auditor', status: 200 },
  {
    call: 'POST /node/users?action=create_user',
    scopes: 'NC',
    may: 'admin',
    status: 201,
    body: { username: 'robot' },
  },
  { call: 'POST /node/users?action=create_audit_user', scopes: 'NC', may: 'admin', status: 409, body: {} },
  {
    call: 'POST /node/users?action=reset_own_password',
    scopes: 'NC',
    may: 'everyone',
    status: 200,
    body: ownPassword,
  },
  { call: 'GET /node/users/{userid}', scopes: 'NCT', may: 'everyone', status: 200 },
  { call: 'PUT /node/users/{userid}', scopes: 'NCT', may: 'admin', status: 200, body: { full_name: 'Robot' } },
  { call: 'POST /node/users/{userid}?action=activate', scopes: 'NC', may: 'admin', status: 200, body: activation },
  {
    call: 'POST /node/users/{userid}?action=reset_password',
    scopes: 'NCT',
    may: 'admin',
    status: 200,
    body: activation,
  },
  { call: 'POST /node/users/{userid}?action=deactivate', scopes: 'NC', may: 'admin', status: 200 },
  {
    call: 'POST /node/users/{userid}/ssh-keys?action=add_ssh_key',
    scopes: 'NCT',
    may: 'admin',
    status: 200,
    body: key,
  },
  { call: 'GET /node/users/{userid}/ssh-keys', scopes: 'NCT', may: 'everyone', status: 200 },
  {
    call: 'POST /node/users/{userid}/ssh-keys?action=remove_ssh_key',
    scopes: 'NCT',
    may: 'admin',
    status: 200,
    body: { label: 'laptop' },
  },
  { call: 'DELETE /node/users/{userid}', scopes: 'NCT', may: 'admin', status: 200 },
]

interface Caller {
  name: May | 'nobody'
  client: Client
  password: string
}

/** admin, audit, a guest as network engineer, and nobody: each in a session, for their passwords change on the way. */
async function openSessions(lab: Lab): Promise<Caller[]> {
  const users = '/api/v1/node/users'
  const [audit, engineer] = ['Zk7!vbQp2$wLm', 'Rw5#tgHn8%xJd']
  await lab.admin.post(`${users}/10002?action=activate`, { password: audit })
  await lab.admin.post(`${users}/10003?action=activate`, { password: engineer })
  const [binding] = (await lab.admin.get('/api/v1/aaa/role-bindings?name=guestuser1')).json.results
  await lab.admin.put(`/api/v1/aaa/role-bindings/${binding.id}`, {
    roles_for_paths: [{ path: '/', roles: [{ role: 'network_engineer' }] }],
  })
  const caller = async (name: May, username: string, password: string) => {
    const { answer, client } = await lab.a.signIn(username, password)
    assert.equal(answer.status, 200)
    return { name, client, password }
  }
  return [
    { name: 'nobody', client: lab.a, password: '' },
    await caller('everyone', 'guestuser1', engineer),
    await caller('auditor', 'audit', audit),
    await caller('admin', 'admin', labPassword),
  ]
}

const allowed: Record<May, Caller['name'][]> = {
  admin: ['admin'],
  auditor: ['auditor', 'admin'],
  everyone: ['everyone', 'auditor', 'admin'],
}

let changes = 0

function send({ call, body }: Row, scope: string, userid: number, caller: Caller) {
  const [method = '', path = ''] = call.split(' ')
  const url = `${scope}${path.replace('{userid}', String(userid))}`
  const given = body === ownPassword ? { old_password: caller.password, password: `Tn6+zdJr4=gXw${++changes}x` } : body
  const json = given === undefined ? undefined : JSON.stringify(given)
  return caller.client.send(method, url, json, json === undefined ? {} : { 'content-type': 'application/json' })
}

for (const database of databases) {
  test(`${database.kind}: every call exists in its scopes, for those who may make it`, database, async () => {
    await using lab = await openLab(database)
    const callers = await openSessions(lab)
    const scopes = [
      { letter: 'N', prefix: '/api/v1', href: '' },
      { letter: 'C', prefix: `/api/v1/cluster/${lab.managerIds[0]}`, href: `/cluster/${lab.managerIds[0]}` },
      { letter: 'C', prefix: `/api/v1/cluster/${lab.managerIds[1]}`, href: `/cluster/${lab.managerIds[1]}` },
      {
        letter: 'T',
        prefix: `/api/v1/transport-nodes/${lab.edgeIds[0]}`,
        href: `/transport-nodes/${lab.edgeIds[0]}`,
      },
    ]
    for (const { letter, prefix, href } of scopes) {
      let userid = 10004
      if (letter === 'T') {
        const given = { password: 'Zk7!vbQp2$wLm', old_password: '' }
        const admin = callers.at(-1) as Caller
        assert.equal((await admin.client.put(`${prefix}/node/users/${userid}`, given)).status, 200)
      }
      for (const row of rows) {
        if (!row.scopes.includes(letter)) continue
        for (const caller of callers) {
          const answer = await send(row, prefix, userid, caller)
          const what = `${row.call} at ${prefix} as ${caller.name}: ${answer.status} ${answer.text}`
          if (!allowed[row.may].includes(caller.name)) {
            assert.equal(answer.status, 403, what)
            assert.equal(answer.json.error_code, caller.name === 'nobody' ? 403 : 401, what)
            continue
          }
          assert.equal(answer.status, row.status, what)
          if (row.body === ownPassword) caller.password = `Tn6+zdJr4=gXw${changes}x`
          if (answer.text !== '' && answer.status < 300) {
            assert.ok(answer.json._self.href.startsWith(`${href}/node`), what)
          }
          if (answer.status === 201) userid = answer.json.userid
        }
      }
    }
  })

  test(`${database.kind}: transport nodes neither create users nor activate them`, database, async () => {
    await using lab = await openLab(database)
    const callers = await openSessions(lab)
    const scope = `/api/v1/transport-nodes/${lab.edgeIds[0]}`
    const before = (await lab.admin.get(`${scope}/node/users`)).text
    const missing = rows.filter(({ scopes }) => scopes === 'NC')
    assert.equal(missing.length, 5)
    for (const row of missing) {
      for (const caller of callers) {
        const { status, json } = await send(row, scope, 10003, caller)
        if (caller.name === 'nobody') assert.equal(status, 403)
        else assert.ok([400, 404, 405].includes(status), `${row.call} as ${caller.name}: ${status}`)
        assert.equal(json.error_code, caller.name === 'nobody' ? 403 : status === 400 ? 255 : status)
      }
    }
    assert.equal((await lab.admin.get(`${scope}/node/users`)).text, before)
  })

  test(`${database.kind}: nodes that do not exist are not found by those who may look`, database, async () => {
    await using lab = await openLab(database)
    const callers = await openSessions(lab)
    const [nobody, engineer, , admin] = callers as [Caller, Caller, Caller, Caller]
    const scopes = [
      { letter: 'C', prefix: '/api/v1/cluster', ids: ['8f2c4c1e-0000-4000-8000-000000000000', lab.edgeIds[0]] },
      { letter: 'T', prefix: '/api/v1/transport-nodes', ids: ['no-such-node', lab.managerIds[0]] },
    ]
    for (const { letter, prefix, ids } of scopes) {
      for (const id of ids) {
        for (const row of rows.filter((r) => r.scopes.includes(letter))) {
          const answer = await send(row, `${prefix}/${id}`, 10003, admin)
          assert.equal(answer.status, 404, `${row.call} at ${id}`)
          assert.deepEqual(answer.json, {
            httpStatus: 'NOT_FOUND',
            error_code: 600,
            module_name: 'common-services',
            error_message: `The requested object : ${id} could not be found. Object identifiers are case sensitive.`,
          })
          assert.equal((await send(row, `${prefix}/${id}`, 10003, nobody)).json.error_code, 403)
          if (row.may !== 'everyone') {
            assert.equal((await send(row, `${prefix}/${id}`, 10003, engineer)).json.error_code, 401)
          }
        }
      }
    }
  })

  test(`${database.kind}: a path of the manual answers no other method`, database, async () => {
    await using lab = await openLab(database)
    const paths: [path: string, allowed: string][] = [
      ['/node/aaa/auth-policy', 'GET, POST, PUT'],
      ['/node/users', 'GET, POST'],
      ['/node/users/10003', 'DELETE, GET, POST, PUT'],
      ['/node/users/10003/ssh-keys', 'GET, POST'],
    ]
    for (const scope of ['/api/v1', `/api/v1/cluster/${lab.managerIds[1]}`]) {
      for (const [path, allow] of paths) {
        for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter((m) => !allow.includes(m))) {
          const answer = await lab.admin.send(method, `${scope}${path}`)
          assert.equal(answer.status, 405, `${method} ${path}`)
          assert.equal(answer.headers.allow, allow)
          assert.equal(answer.json.error_message, `Request method '${method}' not supported`)
          assert.equal((await lab.a.send(method, `${scope}${path}`)).status, 403)
        }
      }
    }
    assert.equal((await lab.admin.get(`/api/v1/transport-nodes/${lab.edgeIds[0]}/node/users`)).json.result_count, 5)
  })
}
