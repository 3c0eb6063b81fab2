import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '../config-error.ts'
import type { RelayRuleSettings } from '../config-relay.ts'
import { compileRules, type RelayRule } from './rules.ts'

const feature = 'policy_segment'
const rule = (methods: string[], path: string, more: Partial<RelayRule> = {}): RelayRule => {
  return { methods, path, feature, permission: 'read', ...more }
}
const configured = (more: Partial<Record<keyof RelayRuleSettings, unknown>> = {}) =>
  ({ methods: ['GET'], path: '/api/v1/x', feature, permission: 'read', ...more }) as RelayRuleSettings

test('the most specific template decides, segment by segment from the left', () => {
  const rules = compileRules([
    rule(['GET'], '/a/{x}'),
    rule(['GET', 'PUT'], '/a/b'),
    rule(['GET'], '/a/{x}/c'),
    rule(['GET'], '/a/b/{y}'),
    rule(['GET'], '/{x}/b/c/d'),
    rule(['DELETE'], '/a/{other}'),
  ])
  for (const [method, url, name] of [
    ['GET', '/a/b', 'GET /a/b'],
    ['GET', '/a/z', 'GET /a/{}'],
    ['GET', '/a/z/', 'GET /a/{}'],
    ['HEAD', '/a/z', 'GET /a/{}'],
    ['GET', '/a/z?x=1', 'GET /a/{}'],
    ['DELETE', '/a/z', 'DELETE /a/{}'],
    ['GET', '/a/b/c', 'GET /a/b/{}'],
    ['GET', '/a/z/c', 'GET /a/{}/c'],
    ['GET', '/a/b/c/d', 'GET /{}/b/c/d'],
    // No wider template speaks for a method that the most specific one does not have.
    ['DELETE', '/a/b', undefined],
    ['POST', '/a/z', undefined],
    ['OPTIONS', '/a/z', undefined],
    ['GET', '/a', undefined],
    ['GET', '/', undefined],
    ['GET', '/a/z/d', undefined],
    ['GET', '/a//', undefined],
    ['GET', '/A/b', undefined],
    ['GET', '/a/z/c/d', undefined],
    ['get', '/a/b', undefined],
  ] as const) {
    const ruling = rules.rule(method, url)
    assert.equal('rule' in ruling ? ruling.rule.name : undefined, name, `${method} ${url}`)
  }
})

test('a rule speaks of the action it names, and one without of calls that have none', () => {
  const rules = compileRules([rule(['POST'], '/a'), rule(['POST'], '/a', { action: 'do', permission: 'crud' })])
  for (const [query, permission] of [
    ['', 'read'],
    ['?x=1', 'read'],
    ['?reaction=1', 'read'],
    ['?action=do', 'crud'],
    ['?x=1&action=do', 'crud'],
    ['?action=other', undefined],
    ['?action=', undefined],
    ['?action', undefined],
    ['?Action=do', undefined],
    ['?action=do&action=other', undefined],
    ['?action=do;action=other', undefined],
    ['?action=do=x', undefined],
    ['?action=do%20', undefined],
    ['?action=do&_method=DELETE', undefined],
    ['?_METHOD=DELETE', undefined],
  ] as const) {
    const ruling = rules.rule('POST', `/a${query}`)
    assert.equal('rule' in ruling ? ruling.rule.permission : undefined, permission, query)
  }
})

test('a rule of the config file goes before the shipped one', () => {
  const rules = compileRules([rule(['GET'], '/api/v1/x')], [configured({ permission: 'crud' })])
  const ruling = rules.rule('GET', '/api/v1/x')
  assert.deepEqual('rule' in ruling && [ruling.rule.permission, ruling.rule.source], ['crud', 'configured'])
})

test('bodies that may hold objects of the policy tree are looked at unless a rule says otherwise', () => {
  const rules = compileRules([
    rule(['GET', 'PUT', 'PATCH', 'POST', 'DELETE'], '/policy/api/v1/infra/x'),
    rule(['PUT'], '/policy/api/v1/infra/y', { body: 'stream' }),
    rule(['PUT'], '/api/v1/x'),
  ])
  for (const [method, url, body] of [
    ['PUT', '/policy/api/v1/infra/x', 'objects'],
    ['PATCH', '/policy/api/v1/infra/x', 'objects'],
    ['POST', '/policy/api/v1/infra/x', 'objects'],
    ['GET', '/policy/api/v1/infra/x', 'stream'],
    ['DELETE', '/policy/api/v1/infra/x', 'stream'],
    ['PUT', '/policy/api/v1/infra/y', 'stream'],
    ['PUT', '/api/v1/x', 'stream'],
  ] as const) {
    const ruling = rules.rule(method, url)
    assert.equal('rule' in ruling && ruling.rule.body, body, `${method} ${url}`)
  }
})

test('a rule that is none is refused by its name', () => {
  for (const [more, message] of [
    [{ methods: [] }, /rules\[0\]\.methods: it names no method/],
    [{ methods: ['FETCH'] }, /rules\[0\]\.methods: FETCH/],
    [{ methods: ['get'] }, /rules\[0\]\.methods: get/],
    [{ path: 'api' }, /rules\[0\]\.path/],
    [{ path: '/a//b' }, /rules\[0\]\.path/],
    [{ path: '/a/../b' }, /rules\[0\]\.path/],
    [{ path: '/a/*' }, /rules\[0\]\.path/],
    [{ path: '/a/%41' }, /rules\[0\]\.path/],
    [{ path: '/a/{x}y' }, /rules\[0\]\.path/],
    [{ path: '/a?x=1' }, /rules\[0\]\.path/],
    [{ action: 'a b' }, /rules\[0\]\.action/],
    [{ feature: 'nonsense' }, /rules\[0\]\.feature: nonsense/],
    [{ feature: 'toString' }, /rules\[0\]\.feature: toString/],
    [{ permission: 'none' }, /rules\[0\]\.permission: none/],
    [{ permission: 'all' }, /rules\[0\]\.permission: all/],
  ] as const) {
    assert.throws(
      () => compileRules([], [configured(more)]),
      (error) => error instanceof ConfigError && message.test(error.message),
      JSON.stringify(more),
    )
  }
})

test('all rules that are none are told at once', () => {
  const rules = [configured({ methods: [] }), configured({}), configured({ feature: 'nonsense' })]
  assert.throws(() => compileRules([], rules), {
    name: 'ConfigError',
    message: 'relay.rules[0].methods: it names no method; relay.rules[2].feature: nonsense is not a feature',
  })
})
