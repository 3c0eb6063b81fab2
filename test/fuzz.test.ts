import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { sql } from 'kysely'
import { openExistingDatabase } from '../src/store/database.ts'
import { makeCertificate } from './certificates.ts'
import type { Answer, Client } from './client.ts'
import { databases, labPassword, openLab } from './lab.ts'

const requestsEach = { sqlite: 200, postgres: 60 }
const connections = 64

interface Schema {
  type?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  items?: Schema
  minItems?: number
  properties?: Record<string, Schema>
  required?: string[]
}

interface Operation {
  method: string
  template: string
  parameters: { name: string; in: string; schema: Schema }[]
  body: Schema | undefined
  form: boolean
}

interface Described {
  parameters?: Operation['parameters']
  requestBody?: { content: Record<string, { schema: Schema }> }
}

interface Request {
  method: string
  path: string
  body?: string | Buffer
  headers: Record<string, string>
}

/** Strings that some code somewhere takes for something else. */
const strings = [
  ...['', ' ', '0', '-1', '1e3', '1e999', 'NaN', 'null', 'true', '[]', '{}', '*', '.', '..', '/', '../../etc/passwd'],
  ...[
    '\0',
    '\r\nx: y',
    '\u202e',
    '\ud800',
    '\udc00\ud800',
    'é',
    'e\u0301',
    '😀'.repeat(70),
    '\ufeff',
    '%00',
    '%2f',
    '%',
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', "' or 1=1 --", '"; drop table account; --'],
  ...['{{7*7}}', '<script>', '(a+)+$', '[', '\\', 'a'.repeat(256), 'a'.repeat(1025), 'a'.repeat(20_000)],
]
const numbers = [
  0,
  -0,
  1,
  -1,
  0.5,
  7,
  1000,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  -(2 ** 63),
  1e21,
  1e308,
  5e-324,
]
const nested = (depth: number): unknown => JSON.parse(`${'[{"a":'.repeat(depth)}0${'}]'.repeat(depth)}`)
const others = [
  null,
  true,
  false,
  [],
  {},
  [[]],
  [null],
  [0],
  [''],
  [{}],
  { a: 1 },
  { length: -1 },
  nested(3),
  nested(40),
]

/** Strings that match the patterns there are. */
const matching = [
  ...['127.0.0.1', 'auditor', '/', '/infra/tier-1s/test_t1', '/infra/tier-0s/t0', 'ssh-ed25519', '7', 'audit=true'],
]

/** Strings that one field or another is glad of. */
const good = [
  'Fuzzed!Password-12x',
  'AAAAC3NzaC1lZDI1NTE5AAAAIN3Qz8Jq5G0l2O0o0mWc9d4pRrYb1m5h0b3Xl9u6m0aX',
  '10.7.0.1/24',
  '2001:db8::1/64',
  '/infra/tier-1s/test_t1',
  '7-9',
]

const contentTypes = [
  ...['', 'text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'],
  ...['application/json; charset=utf-16', 'application/json, text/plain', 'APPLICATION/JSON', 'json', '/', ';', '*/*'],
  ...['application/jsonx', 'application/merge-patch+json', 'application/json;'.padEnd(300, 'x')],
]

/** Random requests of an operation; the same seed makes the same. */
function generator(seed: number, known: Record<string, string[]>) {
  let state = seed
  // Mulberry32
  function random(): number {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count: number) => Math.floor(random() * count)
  const chance = (share: number) => random() < share
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T
  const poison = (): unknown => pick([strings, numbers, others])[below(40)] ?? pick(strings)

  function sample(schema: Schema): unknown {
    if (schema.const !== undefined) return schema.const
    if (schema.enum) return pick(schema.enum)
    if (schema.anyOf) return sample(pick(schema.anyOf))
    switch (schema.type) {
      case 'object': {
        const wanted = Object.entries(schema.properties ?? {}).filter(
          ([name, inner]) => schema.required?.includes(name) || (Object.keys(inner).length > 1 && chance(0.3)),
        )
        return Object.fromEntries(wanted.map(([name, inner]) => [name, sample(inner)]))
      }
      case 'array':
        return Array.from({ length: (schema.minItems ?? 0) + below(2) }, () => sample(schema.items ?? {}))
      case 'integer':
        return chance(0.2)
          ? (schema.minimum ?? 0)
          : Math.min(schema.maximum ?? 50, Math.max(schema.minimum ?? 0, below(50)))
      // What would keep this run from signing in again stays as it is.
      case 'boolean':
        return true
      case 'string':
        if (schema.pattern) return matching.find((text) => new RegExp(schema.pattern ?? '').test(text)) ?? ''
        return chance(0.3) ? pick(good) : `fuzz-${below(1000)}`.padEnd(schema.minLength ?? 0, 'x')
      default:
        return poison()
    }
  }

  /** A value that would do but for one place in it. */
  function poisoned(value: unknown): unknown {
    if (value === null || typeof value !== 'object' || Object.keys(value).length === 0 || chance(0.1)) return poison()
    const copy = structuredClone(value) as Record<string, unknown>
    const name = !Array.isArray(copy) && chance(0.1) ? String(pick(strings)) : pick(Object.keys(copy))
    copy[name] = chance(0.3) ? poisoned(copy[name]) : poison()
    return copy
  }

  /** Text that is nearly the given one. */
  function garbled(text: string): string | Buffer {
    const at = below(text.length + 1)
    const insert = (what: string) => text.slice(0, at) + what + text.slice(at)
    const first = (member: string) => text.replace('{', `{${member}${text === '{}' ? '' : ','}`)
    return pick([
      () => text.slice(0, at),
      () => insert(pick(strings)),
      () => insert(pick(['NaN', '-', '1e999', '0x1', '//', "'", ',', ':', '}', ']', '\\u0000', '\\ud800', '\\x'])),
      () => first(`"__proto__":{"${pick(['admin', 'username', 'password'])}":1}`),
      () => first(`"constructor":{"prototype":{"admin":true}}`),
      () => text.replace(/"(\w+)":/, (member, name) => `${member}${JSON.stringify(pick(strings))},"${name}":`),
      () => text + text,
      () => `\ufeff${text}`,
      () => '['.repeat(below(100_000)),
      () => `${text.slice(0, -1)},"x":${'{"x":'.repeat(60)}1${'}'.repeat(60)}}`,
      () => text + ' '.repeat(chance(0.1) ? 300_000 : 2000),
      () => Buffer.from(text, 'utf16le'),
      () =>
        Buffer.concat([Buffer.from(text.slice(0, at)), Buffer.from([0x80 + below(128)]), Buffer.from(text.slice(at))]),
      () => Buffer.from(Array.from({ length: below(200) }, () => below(256))),
    ])()
  }

  function query({ parameters, template }: Operation): string {
    const asked = parameters.filter((parameter) => parameter.in === 'query' && chance(0.4))
    const pairs = asked.map(({ name, schema }) => [name, String(chance(0.5) ? sample(schema) : poison())])
    if (chance(0.1)) pairs.push([String(pick(strings)), String(poison())])
    if (chance(0.05)) pairs.push(...pairs)
    const text = pairs.map((pair) => pair.map((part = '') => encode(part)).join('=')).join('&')
    return text === '' ? '' : `${template.includes('?') ? '&' : '?'}${text.slice(0, 10_000)}`
  }

  function encode(text: string): string {
    return chance(0.05)
      ? pick(['%', '%ff', '%c0%af', '%00', '%0a', '%2e%2e', '+', ';', '='])
      : encodeURIComponent(text.toWellFormed())
  }

  return function next(operation: Operation): Request {
    const { method, template, body: schema, form } = operation
    const path = template.replace(/\{(\w+)\}/g, (_, name) => {
      return chance(0.2)
        ? encode(String(chance(0.5) ? pick(strings) : pick(numbers))).slice(0, 5000)
        : pick(known[name]!)
    })
    const request: Request = { method, path: path + query(operation), headers: {} }
    if (!schema && !form && chance(0.8)) return request
    request.headers['content-type'] = form ? 'application/x-www-form-urlencoded' : 'application/json'
    if (chance(0.1)) request.headers['content-type'] = pick(contentTypes)
    if (form && chance(0.7)) {
      const field = () => `${pick(['j_username', 'j_password', '', 'x'])}=${encode(String(poison()))}`
      request.body = Array.from({ length: below(4) }, field).join(pick(['&', '&', ';', '&&']))
      return request
    }
    const value = sample(schema ?? {})
    const text = JSON.stringify(chance(0.1) ? value : chance(0.15) ? poison() : poisoned(value))
    request.body = chance(0.3) ? garbled(text) : text
    return request
  }
}

/** What reads everything stored but what refusals are bound to leave: the audit journal, counts of failed sign-ins, times of use. */
async function openStored(lab: Awaited<ReturnType<typeof openLab>>) {
  const db = await openExistingDatabase(lab.server.services.config.database)
  const plain = db.withoutPlugins()
  const tables = (await plain.introspection.getTables()).map(({ name }) => name)
  const kept = tables.filter((name) => !name.startsWith('audit_') && name !== 'lockout')
  assert(kept.includes('account') && kept.includes('policy_object'))
  return {
    async read(): Promise<string[]> {
      const tablesRows = await Promise.all(
        kept.map(async (name) => {
          const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(plain)
          // Sessions that have grown idle may go at any time.
          const lasting = name === 'session' ? rows.filter((row) => row.created_at === lab.clock.now) : rows
          return lasting.map((row) => `${name} ${JSON.stringify({ ...row, used_at: undefined })}`)
        }),
      )
      return tablesRows.flat().sort()
    },
    [Symbol.asyncDispose]: () => db.destroy(),
  }
}

/** Limits are among what is set at random. */
const isLimited = ({ status, text }: Answer) => status === 503 && /"error_code" : 10[34]\b/.test(text)

/** What the operation before has set of them must not keep the next from being asked. */
async function liftLimits(lab: Awaited<ReturnType<typeof openLab>>): Promise<void> {
  const { json } = await lab.admin.get('/api/v1/cluster/api-service')
  const limits = { client_api_rate_limit: 0, client_api_concurrency_limit: 0, global_api_concurrency_limit: 0 }
  lab.clock.advance({ seconds: 1 })
  const answer = await lab.admin.put('/api/v1/cluster/api-service', { ...json, ...limits })
  assert.equal(answer.status, 200, answer.text)
}

async function sendAll(client: Client, requests: readonly Request[], width: number): Promise<Answer[]> {
  const answers: Answer[] = []
  const queue = requests.entries()
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const [index, { method, path, body, headers }] of queue) {
        const answer = await client.send(method, path, body, headers)
        const shown = `${method} ${path.slice(0, 300)} ${JSON.stringify(headers)} ${String(body).slice(0, 1000)}`
        // The directory of the only identity source is not there.
        const unreachable = answer.status === 503 && answer.json.error_code === 36509
        assert(
          answer.status < 500 || answer.status === 501 || unreachable || isLimited(answer),
          `${shown}\n${answer.status} ${answer.text}`,
        )
        answers[index] = answer
      }
    }),
  )
  return answers
}

for (const database of databases) {
  test(
    `${database.kind}: whatever is sent, nothing breaks, and what is refused changes nothing`,
    database,
    async (t) => {
      const seed = Number(process.env.SALLYPORT_FUZZ_SEED ?? randomInt(2 ** 31))
      t.diagnostic(`SALLYPORT_FUZZ_SEED=${seed}`)
      await using lab = await openLab(database)
      const bindings = (await lab.admin.get('/policy/api/v1/aaa/role-bindings')).json.results
      const identities = '/api/v1/trust-management'
      const certificates: { id: string }[] = []
      for (const name of ['fuzz', 'spare']) {
        const pem_encoded = (await makeCertificate(name)).cert
        const { json } = await lab.admin.post(`${identities}/certificates?action=import`, { pem_encoded })
        certificates.push(json.results[0])
      }
      const named = { name: 'fuzz', node_id: 'n1' }
      const identity = { ...named, certificate_id: certificates[0]!.id }
      const made = await lab.admin.post(`${identities}/principal-identities`, identity)
      const token = await lab.admin.post(`${identities}/token-principal-identities`, { ...named, node_id: 'n2' })
      const corp = await lab.admin.put('/policy/api/v1/aaa/ldap-identity-sources/corp', {
        resource_type: 'OpenLdapIdentitySource',
        domain_name: 'corp.example',
        base_dn: 'dc=corp,dc=example',
        // Nobody listens there.
        ldap_servers: [{ url: 'ldap://127.0.0.1:1' }],
      })
      assert.equal(corp.status, 200)
      const next = generator(seed, {
        certificateId: certificates.map(({ id }) => id),
        principalIdentityId: [made.json.id, token.json.id],
        clusterNodeId: lab.managerIds,
        transportNodeId: lab.edgeIds,
        userid: ['0', '10002', '10003', '10004', '10005'],
        role: ['auditor', 'enterprise_admin'],
        bindingId: bindings.map(({ id }: { id: string }) => id),
        id: ['seg1', 'test_t1', 'fuzz'],
        exporterName: ['127.0.0.1', 'siem'],
        sourceId: ['corp', 'fuzz'],
      })
      await using stored = await openStored(lab)
      const operations = await describedOperations(lab.a)
      assert(operations.length > 80)
      let refusals = 0
      for (const operation of operations) {
        const { method, template } = operation
        // Failures of the operation before are forgotten, and its session may have ended.
        lab.clock.advance({ seconds: 9001 })
        await liftLimits(lab)
        const { client, answer } = await lab.a.signIn('admin', labPassword)
        assert.equal(answer.status, 200, `after ${template}: ${answer.text}`)
        const width = template.includes('audit-logs') ? 2 : connections

        let requests = Array.from({ length: requestsEach[database.kind] }, () => next(operation))
        for (let changed = true; changed; ) {
          const before = await stored.read()
          const answers = await sendAll(client, requests, width)
          const refused = requests.filter((_, index) => answers[index]!.status >= 400)
          changed = (method !== 'GET' || template.includes('/session/')) && refused.length < requests.length
          const after = changed ? before : await stored.read()
          const [had, has] = [new Set(before), new Set(after)]
          const difference = [before.filter((row) => !has.has(row)), after.filter((row) => !had.has(row))]
          assert.deepEqual(difference, [[], []], `${method} ${template}`)
          requests = refused
        }
        refusals += requests.length
      }
      assert(refusals > operations.length * requestsEach[database.kind] * 0.3, `only ${refusals} were refused`)
      const { json } = await lab.admin.post('/api/v1/administration/audit-logs', { log_filter: ' 500 ' })
      assert.equal(json.results.length, 0)
    },
  )
}

/** Every call of the API's own description; searches of the audit log come first, while it is short, deletions last. */
async function describedOperations(client: Client): Promise<Operation[]> {
  const { paths } = (await client.get('/api/v1/spec/openapi/nsx_api.json')).json
  const operations = Object.entries<Record<string, Described>>(paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      template,
      parameters,
      body: requestBody?.content['application/json']?.schema,
      form: template === '/api/session/create',
    })),
  )
  const rank = ({ method, template }: Operation) => (template.includes('audit-logs') ? 0 : method === 'DELETE' ? 2 : 1)
  return operations.sort((a, b) => rank(a) - rank(b))
}
