import assert from 'node:assert/strict'
import { test } from 'node:test'
import { columns, customFeatures, isRow, letterOf, needOf, unprintedRoles } from '../callers/nsx-matrix.ts'
import type { Answer, Client } from '../client.ts'
import { databases, type Lab, openLab } from '../lab.ts'
import { routesOf } from '../routes.ts'

const password = 'Zk7!vbQp2$wLm'
const bindings = '/policy/api/v1/aaa/role-bindings'

/** Changes that are open to every account, whatever its roles: those of its own session and its own password. */
const ownChanges = ['/node/users?action=reset_own_password']
/** Calls that ask for the permission at any path, the rest being asked at the paths that are sent. */
const assigning = /\/aaa\/role-bindings(\/:bindingId)?$/

interface Call {
  method: string
  url: string
  action: string
  requires: unknown
  hidden: boolean
  readsByPost: boolean
}

const isNsx = (url: string) => /^\/(policy\/)?api\/v1\//.test(url)
const nameOf = ({ method, url, action }: Call) => `${method} ${url}${action}`

async function callsOf(lab: Lab): Promise<Call[]> {
  const routes = await routesOf(lab)
  return routes
    .filter(({ url }) => isNsx(url))
    .flatMap(({ method, url, config, schema }) =>
      [method].flat().map((one) => ({
        method: one,
        url,
        action: config?.action === undefined ? '' : `?action=${config.action}`,
        requires: config?.requires,
        hidden: schema?.hide === true,
        readsByPost: config?.readsByPost === true,
      })),
    )
}

/** Asks with ids that nothing has and a body that cannot be read: who is let in changes nothing. */
function send(client: Client, { method, url, action }: Call): Promise<Answer> {
  const path = `${url
    .replace(/:userid/g, '99999')
    .replace(/:\w+/g, 'none-such')
    .replace('*', 'none-such')}${action}`
  if (method === 'GET' || method === 'HEAD') return client.send(method, path)
  return client.send(method, path, '{', { 'content-type': 'application/json' })
}

const isRefusal = ({ status, text }: Answer) => status === 403 && /"error_code":401\b/.test(text)

const sqlite = databases[0] ?? assert.fail('no database')

test('every call may be made by exactly the roles that the matrix gives it to', sqlite, async () => {
  await using lab = await openLab(sqlite)
  const apiService = '/api/v1/cluster/api-service'
  const unlimited = { client_api_rate_limit: 0, client_api_concurrency_limit: 0, global_api_concurrency_limit: 0 }
  const stored = (await lab.admin.get(apiService)).json
  assert.equal((await lab.admin.put(apiService, { ...stored, ...unlimited })).status, 200)
  const role = await lab.admin.put('/policy/api/v1/aaa/roles/custom', { features: customFeatures })
  assert.equal(role.status, 200)
  await lab.admin.post('/api/v1/node/users/10003?action=activate', { password })
  const binding = `${bindings}/${(await lab.admin.get(`${bindings}?name=guestuser1`)).json.results[0].id}`
  // Thousands of answers; that each is as described is what other tests look at.
  const unchecked = { check: () => undefined }
  const caller = lab.a.as('guestuser1', password).with(unchecked)

  const calls = await callsOf(lab)
  const known = calls.filter(({ hidden }) => !hidden)
  const guarded = known.filter(({ requires }) => typeof requires === 'object')
  const open = known.filter(({ requires }) => typeof requires !== 'object')
  assert.ok(guarded.length > 80, `${guarded.length}`)

  // Nothing that changes something is open to every account but what is the account's own.
  const changes = open.filter(({ method, requires }) => method !== 'GET' && requires !== 'nothing')
  assert.deepEqual(
    changes.map(({ url, action }) => `${url}${action}`).filter((path) => !ownChanges.some((end) => path.endsWith(end))),
    [],
  )
  for (const { row } of guarded.map(needOf)) assert.ok(isRow(row), row)

  const wrong: string[] = []
  const walk = async (holder: string, allowed: (call: Call) => boolean) => {
    const answers = await Promise.all(guarded.map(async (call) => [call, await send(caller, call)] as const))
    for (const [call, answer] of answers) {
      const { status, text } = answer
      const let_in = !isRefusal(answer)
      if (let_in !== allowed(call) || (let_in && status === 403) || status >= 500) {
        wrong.push(`${holder}: ${nameOf(call)} ${status} ${text.slice(0, 120)}`)
      }
    }
  }
  const bindTo = async (...paths: [path: string, role: string][]) => {
    const had = (await lab.admin.get(binding)).json.roles_for_paths
    const removed = had.map((bound: object) => ({ ...bound, delete_path: true }))
    const added = paths.map(([path, role]) => ({ path, roles: [{ role }] }))
    const sent = { read_roles_for_paths: true, roles_for_paths: [...removed, ...added] }
    assert.equal((await lab.admin.put(binding, sent)).status, 200)
  }

  for (const role of [...columns, ...unprintedRoles]) {
    await bindTo(['/', role])
    await walk(role, (call) => {
      const { row, letters } = needOf(call)
      return letters.includes(letterOf(row, role))
    })
    const reads = open.filter(({ method, requires }) => method === 'GET' && requires !== 'nothing')
    for (const [at, answer] of (await Promise.all(reads.map((call) => send(caller, call)))).entries()) {
      if (isRefusal(answer)) wrong.push(`${role}: ${nameOf(reads[at] as Call)} is for every account`)
    }
  }
  // Rights at a path are none elsewhere, whatever the role.
  await bindTo(['/orgs/default', 'enterprise_admin'])
  await walk('enterprise_admin at /orgs/default', ({ url, action }) => assigning.test(url) && action === '')
  assert.deepEqual(wrong, [])

  // Strangers are let in nowhere, not even to what is not built.
  const closed = calls.filter(({ requires }) => requires !== 'nothing')
  const strangers = await Promise.all(closed.map((call) => send(lab.a.with(unchecked), call)))
  for (const [at, { status, text }] of strangers.entries()) {
    const call = closed[at] as Call
    const refused = status === 403 && (call.method === 'HEAD' || /"error_code" : 403\b/.test(text))
    assert.ok(refused, `${nameOf(call)} ${status} ${text}`)
  }
  // And all of this has changed nothing.
  assert.deepEqual((await lab.admin.get('/policy/api/v1/aaa/roles/custom')).json, role.json)
  assert.equal((await lab.admin.get(bindings)).json.result_count, 4)
})

/** The feature and permission that the vendor's page of exactly this call prints. @see NSX REST API 9.1 */
const documented = `
  DELETE /api/v1/aaa/role-bindings/{} users_role_assignments crud
  DELETE /api/v1/aaa/roles/{} users_custom_role crud
  POST /api/v1/aaa/roles/{}?action=clone users_custom_role crud
  GET /api/v1/aaa/user-info users_configuration none
  GET /api/v1/node/aaa/auth-policy system_administration read
  PUT /api/v1/node/aaa/auth-policy system_administration crud
  GET /api/v1/node/aaa/providers/vidm users_configuration read
  PUT /api/v1/node/aaa/providers/vidm users_configuration crud
  PUT /api/v1/node/services/http system_administration crud
  POST /api/v1/node/services/http?action=start system_administration crud
  POST /api/v1/node/services/http?action=stop system_administration crud
  GET /api/v1/node/users system_administration_passwd_mgmt read
  GET /api/v1/node/users/{} system_administration read
  PUT /api/v1/node/users/{} system_administration_passwd_mgmt crud
  DELETE /api/v1/node/users/{} system_administration crud
  POST /api/v1/node/users/{}/ssh-keys?action=add_ssh_key system_administration crud
  POST /api/v1/node/users/{}/ssh-keys?action=remove_ssh_key system_administration crud
  POST /api/v1/node/users/{}?action=activate system_administration crud
  POST /api/v1/node/users/{}?action=deactivate system_administration crud
  POST /api/v1/node/users/{}?action=reset_password system_administration_passwd_mgmt crud
  POST /api/v1/node/users?action=create_user system_administration crud
  POST /api/v1/node/users?action=reset_own_password system_administration_passwd_mgmt none
  DELETE /api/v1/trust-management/certificates/{} trust_certificates crud
  DELETE /api/v1/trust-management/principal-identities/{} trust_principal_identities crud
  DELETE /api/v1/trust-management/token-principal-identities/{} trust_principal_identities crud
  DELETE /policy/api/v1/aaa/role-bindings/{} users_role_assignments crud
  PUT /policy/api/v1/aaa/roles/{} users_custom_role crud
  DELETE /policy/api/v1/aaa/roles/{} users_custom_role crud
  POST /policy/api/v1/aaa/roles/{}?action=clone users_custom_role crud
  GET /policy/api/v1/aaa/user-info users_configuration none
  GET /policy/api/v1/infra/segments policy_segment read
  DELETE /policy/api/v1/infra/tier-1s/{} policy_t1 crud`

/** Where two of the vendor's documents disagree, and the other one is followed. */
const otherwise: Record<string, unknown> = {
  // nsx-api.md 1.1: any account may read the policy that its own password has to obey.
  'GET /api/v1/node/aaa/auth-policy': 'sign-in',
}

test('a call asks for the feature and permission that its own page prints', sqlite, async () => {
  await using lab = await openLab(sqlite)
  const calls = new Map(
    (await callsOf(lab)).map((call) => [
      `${call.method} ${call.url.replace(/:\w+/g, '{}')}${call.action}`,
      call.requires,
    ]),
  )
  for (const row of documented.trim().split('\n')) {
    const [method, path, feature, permission] = row.trim().split(' ')
    const call = `${method} ${path}`
    const requires = calls.get(call)
    if (call in otherwise) assert.equal(requires, otherwise[call], call)
    else if (permission === 'none') assert.ok(requires === 'sign-in' || requires === 'own-password', call)
    else assert.partialDeepStrictEqual(requires, { feature, permission }, call)
  }
})
