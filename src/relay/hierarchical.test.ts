import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { objectsOf, repeatedName } from './hierarchical.ts'
import { placeOfChild } from './nsx-places.ts'
import { nsxRules } from './nsx-rules.ts'
import { compileRules } from './rules.ts'

const { template } = compileRules(nsxRules)
const infra = '/policy/api/v1/infra'
const read = (body: unknown, path = infra) => objectsOf(body, path, path === infra, { template, placeOfChild })
const of = (type: string, id: string | undefined, more: object = {}, wrapper: object = {}) => ({
  resource_type: `Child${type}`,
  [type]: { resource_type: type, ...(id === undefined ? {} : { id }), ...more },
  ...wrapper,
})
const root = (...children: unknown[]) => ({ resource_type: 'Infra', children })
const paths = (body: unknown, path?: string) => {
  const objects = read(body, path)
  return 'changes' in objects ? objects.changes.map(({ method, path }) => `${method} ${path.slice(infra.length)}`) : []
}

test('every object of a body is told with its own path, however deep it is', () => {
  const body = root(
    of('Domain', 'default', {
      children: [
        of('Group', 'a group', { expression: [{ resource_type: 'Condition', value: 'x' }] }),
        of('SecurityPolicy', 'p', { rules: [{ resource_type: 'Rule', id: 'r' }], children: [of('Rule', 'r1')] }),
      ],
    }),
    of('Tier1', 't', { children: [of('LocaleServices', 'l', { children: [of('Tier1Interface', 'i')] })] }),
    of('Segment', 's', {}, { marked_for_delete: true }),
    { resource_type: 'ChildResourceReference', id: 't0', target_type: 'Tier0', children: [of('PrefixList', 'x')] },
  )
  assert.deepEqual(paths(body), [
    'PATCH /domains/default',
    'PATCH /domains/default/groups/a%20group',
    'PATCH /domains/default/security-policies/p',
    'PATCH /domains/default/security-policies/p/rules/r1',
    'PATCH /tier-1s/t',
    'PATCH /tier-1s/t/locale-services/l',
    'PATCH /tier-1s/t/locale-services/l/interfaces/i',
    'DELETE /segments/s',
    'PATCH /tier-0s/t0/prefix-lists/x',
  ])
})

test('the only object of its kind is found at its own place', () => {
  const bgp = (id?: string) =>
    root(of('Tier0', 't', { children: [of('LocaleServices', 'l', { children: [of('BgpRoutingConfig', id)] })] }))
  assert.equal(paths(bgp()).at(-1), 'PATCH /tier-0s/t/locale-services/l/bgp')
  assert.equal(paths(bgp('bgp')).at(-1), 'PATCH /tier-0s/t/locale-services/l/bgp')
  assert('refused' in read(bgp('other')))
})

test('an object that is sent to its own path may say where it is, and no more than that', () => {
  const path = `${infra}/domains/default/groups/g`
  assert.deepEqual(read({ id: 'g', path: '/infra/domains/default/groups/g', expression: [] }, path), { changes: [] })
  assert.deepEqual(read([{ any: 'list' }], path), { changes: [] })
  assert.deepEqual(read(undefined, path), { changes: [] })
  for (const body of [
    { path: '/infra/domains/default/groups/h' },
    { parent_path: '/infra/domains/other' },
    { relative_path: 'h' },
    { id: 'h' },
    { children: [of('SecurityPolicy', 'p')] },
    { children: {} },
    { expression: [{ children: [] }] },
    { expression: [{ deep: [{ resource_type: 'ChildSecurityPolicy' }] }] },
    [{ children: [of('SecurityPolicy', 'p')] }],
  ]) {
    assert('refused' in read(body, path), JSON.stringify(body))
  }
})

test('whatever is not known for certain refuses the whole', () => {
  for (const body of [
    undefined,
    null,
    [],
    'text',
    {},
    root(),
    root(null),
    root([]),
    root({}),
    root({ resource_type: 'Segment', Segment: { id: 's' } }),
    root({ resource_type: 'ChildSegment' }),
    root({ resource_type: 'ChildSegment', Segment: [] }),
    root({ resource_type: 'ChildSegment', Segment: { id: 's' }, Tier1: { id: 't' } }),
    root(of('Segment', '')),
    root(of('Segment', '.')),
    root(of('Segment', '..')),
    root(of('Segment', 'a/b')),
    root(of('Segment', 'a%2fb')),
    root(of('Segment', 'a\\b')),
    root(of('Segment', 'a;b')),
    root(of('Segment', 'a\u0000')),
    root(of('Segment', 'x'.repeat(256))),
    root({ resource_type: 'ChildSegment', Segment: { id: 7 } }),
    root(of('Segment', 's', {}, { id: 't' })),
    root(of('Segment', 's', {}, { children: [of('Tier1', 't')] })),
    root(of('Segment', 's', { marked_for_delete: false }, { marked_for_delete: true })),
    root(of('Segment', 's', {}, { marked_for_delete: 'true' })),
    root(of('Nonsense', 'x')),
    root(of('constructor', 'x')),
    root(of('Group', 'g')),
    root({ resource_type: 'ChildResourceReference', id: 'default', target_type: 'Domain' }),
    root({
      resource_type: 'ChildResourceReference',
      id: 'd',
      target_type: 'Domain',
      children: [of('Group', 'g')],
      x: 1,
    }),
    root({ resource_type: 'ChildResourceReference', id: '../x', target_type: 'Domain', children: [of('Group', 'g')] }),
    { ...root(of('Segment', 's')), resource_type: 'Domain' },
    { ...root(of('Segment', 's')), id: 'x', path: '/other' },
    { ...root(of('Segment', 's')), display_name: 'renamed' },
    { ...root(of('Segment', 's')), tags: [] },
  ]) {
    assert('refused' in read(body), JSON.stringify(body))
  }
})

test('a name that comes twice is found however it is spelled, and nothing else is', () => {
  for (const [text, name] of [
    ['{"a":1,"a":2}', 'a'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['{"a":{"b":[{"c":1,"d":{},"c":[]}]}}', 'c'],
    ['{"a":"\\"","a":1}', 'a'],
    ['{"a":"\\\\","a":1}', 'a'],
    ['{ "" : 1 , "" : 2 }', ''],
    ['{"a":"a","b":{"a":1},"c":[{"a":1},{"a":1},"a","a"]}', undefined],
    ['["a","a",{"b":"b"}]', undefined],
    ['{"a":",\\"a\\":{"}', undefined],
    ['"a"', undefined],
    ['{}', undefined],
  ] as const) {
    assert.equal(repeatedName(text), name, text)
  }
  fc.assert(fc.property(fc.json(), (text) => repeatedName(JSON.stringify(JSON.parse(text))) === undefined))
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), (name, value) => {
      const text = `[{${JSON.stringify(name)}:${JSON.stringify(value)},"x${'y'.repeat(9)}":0,${JSON.stringify(name)}:1}]`
      return repeatedName(text) === name
    }),
  )
})
