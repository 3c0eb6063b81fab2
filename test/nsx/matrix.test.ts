import assert from 'node:assert/strict'
import { test } from 'node:test'
import { features } from '../../src/access/roles/features.ts'
import type { Answer, Client } from '../client.ts'
import { databases, type Lab, openLab } from '../lab.ts'
import { routesOf } from '../routes.ts'

const password = 'Zk7!vbQp2$wLm'
const bindings = '/policy/api/v1/aaa/role-bindings'

/** As NSX's guide prints it (the audit logs' row is inferred), with a column for a custom role of the test's own. */
const printed = `
                           EA Aud NE NO SE SO CA CO SBC custom
  Local Users              F  R   N  N  N  N  N  N  N   N
  User Role Assignments    F  R   N  N  N  N  F  R  N   N
  Roles                    F  R   F  R  F  F  F  R  N   R
  Authentication Providers F  R   F  R  F  F  R  R  N   N
  System Administration    F  R   R  R  R  R  R  R  N   N
  Certificates             F  R   N  N  F  R  N  N  N   N
  Support Bundle           F  N   N  N  N  N  N  N  F   N
  Audit Logs               F  R   N  N  N  N  N  N  N   N
  Segments                 F  R   F  R  R  R  F  R  N   F
  Tier-1 Gateways          F  R   F  R  R  R  F  R  N   N`
const columns = [
  'enterprise_admin',
  'auditor',
  'network_engineer',
  'network_op',
  'security_engineer',
  'security_op',
  'cloud_admin',
  'cloud_auditor',
  'support_bundle_collector',
  'custom',
]
/** Roles that the guide's rows do not print, and no role at all that exists: they may nothing. */
const others = [
  'lb_admin',
  'lb_auditor',
  'vpn_admin',
  'gi_partner_admin',
  'netx_partner_admin',
  'org_admin',
  'project_admin',
  'vpc_admin',
]
/** What the custom role asks for, more than it gets: Local Users is not for custom roles. */
const customFeatures = [
  { feature: 'policy_segment', permission: 'crud' },
  { feature: 'system_roles', permission: 'read' },
  { feature: 'system_administration_passwd_mgmt', permission: 'crud' },
]

type Letter = 'F' | 'R' | 'N'
const [, ...rows] = printed.trim().split('\n')
const matrix = new Map(
  rows.map((row) => {
    const [, name = '', letters = ''] = /^\s*(.*?)\s+([FRN](?:\s+[FRN])*)$/.exec(row) ?? []
    return [name, letters.split(/\s+/) as Letter[]]
  }),
)
const letterOf = (row: string, role: string): Letter => matrix.get(row)?.[columns.indexOf(role)] ?? 'N'

/** Which row a call falls under, by its path. Calls of other areas fall under that of the feature they declare. */
const areas: [pattern: RegExp, row: string][] = [
  [/\/node\/users(\/|$)/, 'Local Users'],
  [/\/aaa\/(roles|roles-with-feature-permissions|features-with-properties)(\/|$)/, 'Roles'],
  [/\/aaa\/role-bindings(\/|$)/, 'User Role Assignments'],
  [/\/infra\/segments(\/|$)/, 'Segments'],
  [/\/infra\/tier-1s(\/|$)/, 'Tier-1 Gateways'],
  [/\/administration\/audit-logs$/, 'Audit Logs'],
  [/\/aaa\/(providers|ldap-identity-sources)(\/|$)/, 'Authentication Providers'],
  [/^\/api\/v1\/(cluster|transport-nodes)(?!\/.*\/node\/)(\/|$)/, 'System Administration'],
  [/\/node\/aaa\/auth-policy$/, 'System Administration'],
]
/** Reading that a GET cannot carry. */
const readingPosts = [
  '/administration/audit-logs',
  '/aaa/roles?action=validate',
  '/aaa/ldap-identity-sources/:sourceId/search',
]
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

/** What a call needs, from the tables above and not from what it declares, where they have it. */
function needOf({ method, url, action, requires, readsByPost }: Call): { row: string; letters: Letter[] } {
  const { feature, permission } = requires as { feature: keyof typeof features; permission: string }
  const row = areas.find(([pattern]) => pattern.test(url))?.[1]
  const path = `${url}${action}`
  const reads = method === 'GET' || readingPosts.some((end) => path.endsWith(end)) || (!row && readsByPost)
  const readable = row ? reads : reads && permission === 'read'
  return { row: row ?? features[feature], letters: readable ? ['F', 'R'] : ['F'] }
}

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
  for (const { row } of guarded.map(needOf)) assert.ok(matrix.has(row), row)

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

  for (const role of [...columns, ...others]) {
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
