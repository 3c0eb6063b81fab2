import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AccessError } from '../../../access/errors.ts'
import { RequestError } from '../../request-error.ts'
import { readFields, readValue } from './read.ts'
import { legacyJson, type Rendering, restJson, rpcJson } from './rendering.ts'
import { t, type VapiType } from './types.ts'
import { writeValue } from './write.ts'

const Kind = t.enumeration('com.example.kind', 'USER', 'GROUP')
const Inner = t.structure('com.example.inner', { kind: Kind, note: t.optional(t.string) })
const Outer = t.structure('com.example.outer', {
  name: t.string,
  id: t.id,
  secret: t.secret,
  count: t.integer,
  ratio: t.double,
  on: t.boolean,
  at: t.datetime,
  inner: Inner,
  maybe: t.optional(Inner),
  names: t.set(t.string),
  list: t.list(t.integer),
  map: t.map(t.boolean),
  object: t.dynamicId,
})

const value = {
  name: 'n',
  id: 'i',
  secret: 's',
  count: 7,
  ratio: 17,
  on: true,
  at: Date.UTC(2026, 10, 25, 12, 0, 0, 5),
  inner: { kind: 'USER' as const, note: 'x' },
  names: ['b', 'a'],
  list: [1, 1],
  map: new Map([['k', false]]),
  object: { type: 'Datacenter', id: 'datacenter-3' },
}

const written: Record<string, [rendering: Rendering, json: string]> = {
  '/api': [
    restJson,
    '{"name":"n","id":"i","secret":"s","count":7,"ratio":17.0,"on":true,"at":"2026-11-25T12:00:00.005Z","inner":{"kind":"USER","note":"x"},"names":["b","a"],"list":[1,1],"map":{"k":false},"object":{"type":"Datacenter","id":"datacenter-3"}}',
  ],
  '/rest': [
    legacyJson,
    '{"name":"n","id":"i","secret":"s","count":7,"ratio":17.0,"on":true,"at":"2026-11-25T12:00:00.005Z","inner":{"kind":"USER","note":"x"},"names":["b","a"],"list":[1,1],"map":[{"key":"k","value":false}],"object":{"type":"Datacenter","id":"datacenter-3"}}',
  ],
  'JSON-RPC': [
    rpcJson,
    '{"STRUCTURE":{"com.example.outer":{"name":"n","id":"i","secret":{"SECRET":"s"},"count":7,"ratio":17.0,"on":true,"at":"2026-11-25T12:00:00.005Z","inner":{"STRUCTURE":{"com.example.inner":{"kind":"USER","note":{"OPTIONAL":"x"}}}},"maybe":{"OPTIONAL":null},"names":["b","a"],"list":[1,1],"map":[{"STRUCTURE":{"map-entry":{"key":"k","value":false}}}],"object":{"STRUCTURE":{"com.vmware.vapi.std.dynamic_ID":{"type":"Datacenter","id":"datacenter-3"}}}}}}',
  ],
}

for (const [face, [rendering, json]] of Object.entries(written)) {
  test(`${face}: a value is written as the face has it, and read as it was`, () => {
    assert.equal(JSON.stringify(writeValue(Outer, value, rendering)), json)
    assert.deepEqual(readValue(Outer, JSON.parse(json), rendering, 'spec'), value)
  })
}

const cases: [face: string, type: VapiType, json: unknown, error: string][] = []
const refusedOn = (face: string, type: VapiType, json: unknown, error: string) => cases.push([face, type, json, error])

for (const face of Object.keys(written)) {
  for (const json of [null, 1, true, [], {}, ['x']]) refusedOn(face, t.string, json, 'x: expected text, got')
  for (const json of ['1', 1.5, Number.POSITIVE_INFINITY, 2 ** 53, true, null, {}])
    refusedOn(face, t.integer, json, 'x: expected an integer, got')
  for (const json of ['1', Number.POSITIVE_INFINITY, null]) refusedOn(face, t.double, json, 'x: expected a number, got')
  for (const json of ['true', 1, null]) refusedOn(face, t.boolean, json, 'x: expected a boolean, got')
  for (const json of ['user', 'USER ', '', 1, 'constructor']) refusedOn(face, Kind, json, 'x: expected')
  for (const json of ['2026', '2026-13-01T00:00:00Z', '25 Nov 2026', 1, '2026-11-25T12:00:00']) {
    refusedOn(face, t.datetime, json, 'x: expected')
  }
  for (const json of ['a', {}, null]) refusedOn(face, t.list(t.string), json, 'x: expected a list, got')
  refusedOn(face, t.list(t.string), ['a', 1], 'x[1]: expected text, got 1')
  refusedOn(face, t.set(t.string), ['a', 'b', 'a'], 'x: it has the same member twice')
}
for (const face of ['/api', '/rest']) {
  for (const json of ['a', [], null, 1]) refusedOn(face, Inner, json, 'x: expected a structure, got')
  refusedOn(face, Inner, {}, 'x.kind: the field is missing')
  refusedOn(face, Inner, { kind: 'USER', note: 1 }, 'x.note: expected text, got 1')
  refusedOn(face, Inner, { kind: 'USER', extra: 1 }, 'x.extra: there is no such field')
  refusedOn(face, Inner, { kind: 'USER', constructor: 1 }, 'x.constructor: there is no such field')
  const same = { type: 'a', id: 'b' }
  refusedOn(face, t.set(t.dynamicId), [same, { id: 'b', type: 'a' }], 'x: it has the same member twice')
}
refusedOn(
  '/rest',
  t.map(t.string),
  [
    { key: 'a', value: 'b' },
    { key: 'a', value: 'c' },
  ],
  'x: it has the same member twice',
)
refusedOn('/rest', t.map(t.string), { a: 'b' }, 'x: expected a list')
refusedOn('/api', t.map(t.string), [], 'x: expected a structure')
const rpcInner = (fields: unknown, name = 'com.example.inner') => ({ STRUCTURE: { [name]: fields } })
for (const json of ['a', null, { kind: 'USER' }, { STRUCTURE: {}, x: 1 }, { OPTIONAL: null }]) {
  refusedOn('JSON-RPC', Inner, json, 'x: expected {"STRUCTURE": ...}, got')
}
refusedOn('JSON-RPC', Inner, { STRUCTURE: {} }, 'x: expected a structure of one name')
refusedOn('JSON-RPC', Inner, { STRUCTURE: { a: {}, b: {} } }, 'x: expected a structure of one name')
refusedOn('JSON-RPC', Inner, rpcInner([]), 'x: expected a structure, got a list')
refusedOn('JSON-RPC', Inner, rpcInner({ kind: 'USER', note: 'x' }), 'x.note: expected {"OPTIONAL": ...}, got a string')
refusedOn('JSON-RPC', Inner, rpcInner({ kind: 'USER', note: null }), 'x.note: expected {"OPTIONAL": ...}, got null')
refusedOn('JSON-RPC', Inner, rpcInner({ kind: 'USER', note: { OPTIONAL: 1 } }), 'x.note: expected text, got 1')
refusedOn('JSON-RPC', t.secret, 'x', 'x: expected {"SECRET": ...}, got a string')

test('what is not of its type is refused by the name of the field', () => {
  for (const [face, type, json, error] of cases) {
    const [rendering] = written[face] as [Rendering, string]
    assert.throws(
      () => readValue(type, json, rendering, 'x'),
      (thrown: Error) => {
        assert.ok(thrown instanceof AccessError || thrown instanceof RequestError, `${thrown.stack}`)
        assert.ok(thrown.message.startsWith(error), `${face} ${JSON.stringify(json)}: ${thrown.message}`)
        return true
      },
    )
  }
})

test('an error never shows a text that was given', () => {
  assert.throws(() => readValue(t.integer, 'hunter2', restJson, 'x'), {
    message: 'x: expected an integer, got a string',
  })
  assert.throws(
    () => readValue(t.secret, 'hunter2', rpcJson, 'x'),
    (error: Error) => !error.message.includes('hunter2'),
  )
})

test('optionals may be left out or null on REST, and be wrapped or left out on JSON-RPC', () => {
  const fields = { a: t.optional(t.string) }
  for (const json of [{}, { a: null }]) assert.deepEqual(readFields(fields, json, restJson, ''), {})
  for (const json of [{}, { a: { OPTIONAL: null } }]) assert.deepEqual(readFields(fields, json, rpcJson, ''), {})
  assert.deepEqual(readFields(fields, { a: { OPTIONAL: 'x' } }, rpcJson, ''), { a: 'x' })
})

test('a structure is read on JSON-RPC whatever name it is given', () => {
  assert.deepEqual(readValue(Inner, rpcInner({ kind: 'USER' }, 'com.example.Inner'), rpcJson, 'x'), { kind: 'USER' })
})

test('times are read with any fraction and offset', () => {
  for (const text of ['2026-11-25T12:00:00Z', '2026-11-25T12:00:00.000Z', '2026-11-25T13:00:00.000000+01:00']) {
    assert.equal(readValue(t.datetime, text, restJson, 'x'), Date.UTC(2026, 10, 25, 12))
  }
})

test('a map keeps keys that objects have of themselves', () => {
  const read = readValue(t.map(t.string), JSON.parse('{"constructor":"a","__proto__":"b"}'), restJson, 'x')
  assert.deepEqual(
    [...read],
    [
      ['constructor', 'a'],
      ['__proto__', 'b'],
    ],
  )
  assert.equal(JSON.stringify(writeValue(t.map(t.string), read, restJson)), '{"constructor":"a","__proto__":"b"}')
})
