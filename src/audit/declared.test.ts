import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { showDeclared, showNamed } from './declared.ts'

const schema = Type.Object({
  name: Type.String(),
  kind: Type.Optional(Type.Enum(['A', 'B'])),
  count: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  list: Type.Optional(Type.Array(Type.Object({ id: Type.String() }))),
  words: Type.Optional(Type.Record(Type.String(), Type.String())),
  hidden: Type.Optional(Type.String({ writeOnly: true })),
  password: Type.Optional(Type.String()),
  _links: Type.Optional(Type.Unknown()),
})

test('what is declared is shown', () => {
  for (const body of [
    { name: 'x', kind: 'A', count: 3 },
    { name: 'x', list: [{ id: '1' }, { id: '2' }], count: null },
  ]) {
    assert.deepEqual(showDeclared(schema, body), body)
  }
  assert.deepEqual(showDeclared(schema, { words: { hue: 'red' } }), { words: { hue: 'red' } })
})

test('of what is not declared, or not of such a kind, there is the name', () => {
  for (const [body, shown] of [
    [
      { passwrod: 'x', apiKey: 'y', name: 'z' },
      { passwrod: '*****', apiKey: '*****', name: 'z' },
    ],
    [{ extra: { name: 'x' } }, { extra: '*****' }],
    [
      { name: { deep: 'x' }, kind: ['x'], count: 'x' },
      { name: '*****', kind: '*****', count: '*****' },
    ],
    [{ list: [{ id: '1', pass: 'x' }] }, { list: [{ id: '1', pass: '*****' }] }],
    [{ list: { id: 'x' } }, { list: '*****' }],
    [{ _links: 'x' }, { _links: '*****' }],
    [[{ name: 'x' }], '*****'],
    ['x', '*****'],
  ]) {
    assert.deepEqual(showDeclared(schema, body), shown)
  }
  assert.deepEqual(showDeclared(undefined, { name: 'x' }), { name: '*****' })
})

test('a secret is masked though it is declared', () => {
  assert.deepEqual(showDeclared(schema, { password: 'x', hidden: 'y' }), { password: '*****', hidden: '*****' })
  assert.deepEqual(showDeclared(schema, { name: 'ldap://a:b@host' }), { name: 'ldap://*****@host' })
})

test('a name that does not look like one may be a secret', () => {
  for (const name of ['Sallyport!Lab-2026', 'hunter2', 'two words', 'a'.repeat(41), '']) {
    assert.deepEqual(showDeclared(schema, { [name]: 'x' }), { '*****': '*****' })
    assert.deepEqual(showDeclared(schema, { words: { [name]: 'x' } }), { words: { '*****': '*****' } })
    assert.deepEqual(showNamed(['name'], { [name]: 'x' }), { '*****': '*****' })
  }
})

test('a body without a schema shows the fields that are named, whatever they are in', () => {
  const names = ['userInfo', 'email', 'entry', 'password']
  assert.deepEqual(
    showNamed(names, { userInfo: { email: 'a@b', password: 'x', pass: 'y', entry: [{ email: 'c' }, { key: 'z' }] } }),
    { userInfo: { email: 'a@b', password: '*****', pass: '*****', entry: [{ email: 'c' }, { key: '*****' }] } },
  )
})
