import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ConfigError } from '../config-error.ts'
import { readRelaySettings } from '../config-relay.ts'
import { createRelayPolicy } from './relay.ts'
import { refusesCaller } from './upstream-session.ts'

const credential = { user: 'svc', password: 'secret' }
const upstream = (more: object = {}) => ({
  name: 'a',
  url: 'https://nsx.example',
  paths: ['/api/v1/x'],
  credential,
  ...more,
})
const policyOf = (value: unknown, environment = {}) => {
  const settings = readRelaySettings(value, environment)
  assert(settings)
  return createRelayPolicy(settings)
}

test('the longest prefix says where a call goes, whole segments counting; what is ours stays', () => {
  const policy = policyOf({
    upstreams: [
      upstream({ paths: ['/api/v1', '/policy/api/v1/infra'] }),
      upstream({ name: 'b', paths: ['/policy/api/v1/infra/segments'] }),
    ],
  })
  for (const [url, name] of [
    ['/api/v1', 'a'],
    ['/api/v1/logical-switches?x=/policy', 'a'],
    ['/policy/api/v1/infra', 'a'],
    ['/policy/api/v1/infra?x', 'a'],
    ['/policy/api/v1/infra/segments', 'b'],
    ['/policy/api/v1/infra/segments/', 'b'],
    ['/policy/api/v1/infra/segments/x', 'b'],
    ['/policy/api/v1/infra/segments-x', 'a'],
    ['/policy/api/v1/infrastructure', undefined],
    ['/policy/api/v1', undefined],
    ['/api/v1x', undefined],
    ['/api/session/create', undefined],
    ['/api/v1/aaa', undefined],
    ['/api/v1/aaa/roles', undefined],
    ['/api/v1/node/users', undefined],
    ['/api/v1/nodes', 'a'],
    ['/api/v1/cluster/x/node/users', undefined],
    ['/api/v1/cluster/api-service', undefined],
    ['/policy/api/v1/cluster/api-service', undefined],
    ['/api/v1/transport-nodes/x/node/aaa/auth-policy', undefined],
    ['/api/v1/transport-nodes/x', 'a'],
    ['/api/v1/transport-nodes/x/state', 'a'],
    ['/health', undefined],
  ] as const) {
    assert.equal(policy.upstream(url), name, url)
  }
})

test('settings that are wrong are refused by their names', () => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-settings-'))
  try {
    writeFileSync(join(dir, 'empty'), '\n')
    for (const [value, message] of [
      [[], /^relay: it must have/],
      [{ upstreams: [] }, /^relay\.upstreams: it names no upstream/],
      [{ upstream: [] }, /^relay: it has an unknown setting upstream/],
      [{ upstreams: 'x' }, /^relay\.upstreams: it must be a list/],
      [{ upstreams: [upstream(), upstream({ paths: ['/api/v1/y'] })] }, /two are named a/],
      [{ upstreams: [upstream(), upstream({ name: 'b' })] }, /two paths are \/api\/v1\/x/],
      [{ upstreams: [upstream({ extra: 1 })] }, /upstreams\[0\]: it has an unknown setting extra/],
      [{ upstreams: [upstream({ name: 'a b' })] }, /upstreams\[0\]\.name/],
      [{ upstreams: [upstream({ url: 'http://nsx.example' })] }, /url: it must begin with https/],
      [{ upstreams: [upstream({ url: 'https://u:p@nsx.example' })] }, /url: credentials belong/],
      [{ upstreams: [upstream({ url: 'https://nsx.example/x' })] }, /url: it must be https:\/\/host/],
      [{ upstreams: [upstream({ ca: join(dir, 'none') })] }, /\.ca: cannot read/],
      [{ upstreams: [upstream({ paths: [] })] }, /paths: it names no path/],
      [{ upstreams: [upstream({ paths: ['/'] })] }, /paths\[0\]/],
      [{ upstreams: [upstream({ paths: ['/api'] })] }, /is not under/],
      [{ upstreams: [upstream({ paths: ['/api/session'] })] }, /is not under/],
      [{ upstreams: [upstream({ paths: ['/docs'] })] }, /is not under/],
      [{ upstreams: [upstream({ paths: ['/api/v1/../x'] })] }, /is not a path/],
      [{ upstreams: [upstream({ paths: ['/api/v1/x/'] })] }, /is not a path/],
      [{ upstreams: [upstream({ paths: ['/api/v1/aaa'] })] }, /what Sallyport itself is there for/],
      [{ upstreams: [upstream({ paths: ['/policy/api/v1/aaa/roles'] })] }, /what Sallyport itself is there for/],
      [{ upstreams: [upstream({ paths: ['/api/v1/node/users'] })] }, /what Sallyport itself is there for/],
      [{ upstreams: [upstream({ paths: ['/api/v1/cluster/x/node'] })] }, /what Sallyport itself is there for/],
      [{ upstreams: [upstream({ credential: undefined })] }, /needs a credential or a clientCertificate/],
      [{ upstreams: [upstream({ credential: { user: 'u' } })] }, /needs one of password/],
      [{ upstreams: [upstream({ credential: { ...credential, passwordFile: 'x' } })] }, /needs one of password/],
      [{ upstreams: [upstream({ credential: { user: 'u', passwordVariable: 'NOT_SET' } })] }, /there is no password/],
      [{ upstreams: [upstream({ credential: { user: 'u', passwordFile: join(dir, 'empty') } })] }, /no password/],
      [{ upstreams: [upstream({ credential: { ...credential, kind: 'token' } })] }, /kind: token/],
      [{ upstreams: [upstream({ credential: { ...credential, user: 'a:b' } })] }, /user: it has a ':'/],
      [{ upstreams: [upstream({ connections: 0 })] }, /connections: 0/],
      [{ upstreams: [upstream({ connections: 1.5 })] }, /connections: 1.5/],
      [{ upstreams: [upstream({ answerTimeout: 0 })] }, /answerTimeout: 0/],
      [{ upstreams: [upstream({ bodyTimeout: '5' })] }, /bodyTimeout: 5/],
      [{ upstreams: [upstream()], largestTree: 1 }, /largestTree: 1/],
      [{ upstreams: [upstream()], rules: [{ methods: 'GET' }] }, /rules\[0\]\.methods: it must be a list/],
      [{ upstreams: [upstream()], rules: [{ methods: ['GET'] }] }, /rules\[0\]\.path: it is missing/],
    ] as const) {
      assert.throws(
        () => policyOf(value),
        (error) => error instanceof ConfigError && message.test(error.message) && !error.message.includes('secret'),
        `${JSON.stringify(value)} ${message}`,
      )
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

test('a password may stand in a file or in the environment', () => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-settings-'))
  try {
    writeFileSync(join(dir, 'password'), 'from a file\n')
    for (const [source, environment, password] of [
      [{ passwordFile: join(dir, 'password') }, {}, 'from a file'],
      [{ passwordVariable: 'NSX_PASSWORD' }, { NSX_PASSWORD: 'from outside' }, 'from outside'],
    ] as const) {
      const value = { upstreams: [upstream({ credential: { user: 'svc', ...source } })] }
      assert.equal(readRelaySettings(value, environment)?.upstreams[0]?.credential?.password, password)
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

test('an answer that knows nobody is told from one that forbids', () => {
  for (const [status, body, expected] of [
    [401, '', true],
    [403, '{"error_code":403}', true],
    [403, '{"error_code":"403"}', true],
    [403, '{"error_code":98}', true],
    [403, '{"error_code":401}', false],
    [403, 'no JSON', false],
    [403, 'null', false],
    [200, '{"error_code":403}', false],
    [404, '{"error_code":403}', false],
  ] as const) {
    assert.equal(refusesCaller(status, Buffer.from(body)), expected, `${status} ${body}`)
  }
})
