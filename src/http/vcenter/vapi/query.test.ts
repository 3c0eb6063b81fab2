import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonOfQuery, type Query, queryPlaces } from './query.ts'
import { t } from './types.ts'

const Filter = t.structure('com.example.filter', {
  names: t.optional(t.set(t.string)),
  is_system: t.optional(t.boolean),
  kind: t.optional(t.enumeration('com.example.kind', 'A', 'B')),
})
const Iterate = t.structure('com.example.iterate', { page_size: t.optional(t.integer), marker: t.optional(t.string) })
const input = { filter: t.optional(Filter), iterate: t.optional(Iterate), force: t.optional(t.boolean) }
const all = ['filter', 'iterate', 'force']

test('the fields of a structure stand in the query alone, a sequence repeats its name', () => {
  const places = queryPlaces(input, all, true)
  const cases: [query: Query, json: object][] = [
    [{}, {}],
    [{ names: 'a' }, { filter: { names: ['a'] } }],
    [{ names: ['a', 'b'] }, { filter: { names: ['a', 'b'] } }],
    [
      { is_system: 'true', page_size: '10' },
      { filter: { is_system: true }, iterate: { page_size: 10 } },
    ],
    [
      { force: 'false', marker: '1' },
      { force: false, iterate: { marker: '1' } },
    ],
    // What cannot be is left to the reader to refuse.
    [
      { is_system: 'yes', page_size: 'ten' },
      { filter: { is_system: 'yes' }, iterate: { page_size: 'ten' } },
    ],
    [{ page_size: ['1', '2'] }, { iterate: { page_size: [1, 2] } }],
    [{ page_size: '0x10' }, { iterate: { page_size: '0x10' } }],
  ]
  for (const [query, json] of cases) assert.deepEqual(jsonOfQuery(places, query), json)
})

test('on /rest they stand behind the name of the structure, and may be numbered', () => {
  const places = queryPlaces(input, all, false)
  assert.deepEqual(jsonOfQuery(places, { 'filter.names': ['a', 'b'], 'iterate.page_size': '2', force: 'true' }), {
    filter: { names: ['a', 'b'] },
    iterate: { page_size: 2 },
    force: true,
  })
  assert.deepEqual(jsonOfQuery(places, { 'filter.names.1': 'a', 'filter.names.2': 'b' }), {
    filter: { names: ['a', 'b'] },
  })
})

test('a parameter that is no input is refused, whatever it is called', () => {
  for (const flat of [true, false]) {
    const places = queryPlaces(input, all, flat)
    for (const name of ['filter', 'x', '__proto__', 'constructor', 'filter.x', 'names.', 'filter.names.x', 'kind.1']) {
      assert.throws(
        () => jsonOfQuery(places, { [name]: 'a' }),
        { message: `${name}: there is no such parameter` },
        name,
      )
    }
  }
})

test('a declaration whose inputs cannot stand in a query does not start the server', () => {
  assert.throws(
    () => queryPlaces({ a: t.optional(Filter), b: t.optional(Filter) }, ['a', 'b'], true),
    /two inputs are names/,
  )
  assert.throws(() => queryPlaces({ a: t.list(t.dynamicId) }, ['a'], true), /a cannot be written in a query/)
  assert.throws(() => queryPlaces({}, ['a'], true), /no input a/)
})
