import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSignInFlows, flowLife, localPath } from './sign-in-flows.ts'

const realm = 'cluster'

test('a flow is good once, in its browser, in its realm and for five minutes', () => {
  let now = 0
  const flows = createSignInFlows(() => now)
  const begin = () => flows.begin(realm, '10.0.0.1', '/x')

  const { flow, browser } = begin()
  assert.equal(flows.take(realm, flow.state, browser)?.verifier, flow.verifier)
  assert.equal(flows.take(realm, flow.state, browser), undefined)

  const other = begin()
  assert.equal(flows.take(realm, other.flow.state, browser), undefined)
  assert.equal(flows.take(realm, other.flow.state, other.browser), undefined, 'another browser has used it up')

  const elsewhere = begin()
  assert.equal(flows.take('edge', elsewhere.flow.state, elsewhere.browser), undefined)

  const late = begin()
  const later = begin()
  now += flowLife - 1
  assert(flows.take(realm, late.flow.state, late.browser))
  now += 1
  assert.equal(flows.take(realm, later.flow.state, later.browser), undefined)

  const forgotten = begin()
  flows.forgetRealm(realm)
  assert.equal(flows.take(realm, forgotten.flow.state, forgotten.browser), undefined)
})

test('secrets are 256 bits and no two are alike', () => {
  const flows = createSignInFlows(() => 0)
  const both = [flows.begin(realm, 'a', '/'), flows.begin(realm, 'a', '/')]
  const secrets = both.flatMap(({ flow, browser }) => [flow.state, flow.nonce, flow.verifier, browser])
  assert.equal(new Set(secrets).size, 8)
  for (const secret of secrets) assert.equal(Buffer.from(secret, 'base64url').length, 32)
})

test('one address that begins without end pushes out its own flows only, and there is an end to all', () => {
  const flows = createSignInFlows(() => 0)
  const mine = flows.begin(realm, 'mine', '/')
  const first = flows.begin(realm, 'attacker', '/')
  for (let i = 0; i < 5000; i++) flows.begin(realm, 'attacker', '/')
  assert.equal(flows.take(realm, first.flow.state, first.browser), undefined)
  assert(flows.take(realm, mine.flow.state, mine.browser))

  const oldest = flows.begin(realm, 'mine', '/')
  const many = Array.from({ length: 2000 }, (_, at) => flows.begin(realm, `source ${at}`, '/'))
  assert.equal(flows.take(realm, oldest.flow.state, oldest.browser), undefined)
  assert.equal(many.filter(({ flow, browser }) => flows.take(realm, flow.state, browser)).length, 1000)
})

test('only a path on this server is one', () => {
  for (const path of ['/', '/docs', '/a/b?c=d&e=%2F%2Fevil#f', '/a//b', '/a:b@c']) assert.equal(localPath(path), path)
  assert.equal(localPath('/a/../b'), '/b')
  for (const path of [
    ...['', 'docs', '//evil', '//evil/', '/\\evil', '\\\\evil', '\\/evil', 'https://evil', 'javascript:alert(1)'],
    ...['/\t/evil', '/\n/evil', '\t//evil', ' //evil', '/.//evil', '/a/..//evil', '/%0d%0a\r\nset-cookie: x', '/é'],
    `/${'x'.repeat(3000)}`,
  ]) {
    assert.equal(localPath(path), undefined, JSON.stringify(path))
  }
})
