import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRemoteName, personOf } from './person-of-claims.ts'

const claims = { sub: '7f', exp: 0 }
const nameOf = (more: object, given?: string) => personOf({ ...claims, ...more }, 'vidm.example', given)?.name

test('a person is called name@domain', () => {
  assert.equal(nameOf({ preferred_username: 'jdoe@corp.example' }), 'jdoe@corp.example')
  assert.equal(nameOf({ preferred_username: 'jdoe@corp.example' }, 'alias@corp.example'), 'jdoe@corp.example')
  assert.equal(nameOf({}, 'jdoe@corp.example'), 'jdoe@corp.example')
  assert.equal(nameOf({ sub: 'jdoe@corp.example' }), 'jdoe@corp.example')
  assert.equal(nameOf({ preferred_username: 'JDoe' }, 'jdoe@corp.example'), 'jdoe@corp.example')
  assert.equal(nameOf({ preferred_username: 'other' }, 'jdoe@corp.example'), 'other@vidm.example')
})

test('nobody is called as a local user is', () => {
  assert.equal(nameOf({ preferred_username: 'admin' }), 'admin@vidm.example')
  assert.equal(nameOf({ sub: 'admin' }), 'admin@vidm.example')
})

test('a name that cannot be read is none', () => {
  for (const name of [
    '',
    ' ',
    'a b@c',
    'a\n@c',
    'a\0@c',
    'a\u200b@c',
    '\u202eadmin@c',
    7,
    {},
    ['a@b'],
    `${'x'.repeat(255)}@c`,
  ]) {
    assert.equal(nameOf({ preferred_username: name }), undefined, String(name))
  }
})

test('groups are the strings among them, each once', () => {
  const groupsOf = (more: object) => personOf({ ...claims, ...more }, 'vidm.example')?.groups
  assert.deepEqual(groupsOf({}), [])
  assert.deepEqual(groupsOf({ groups: 'admins' }), [])
  assert.deepEqual(groupsOf({ groups: ['a', 7, null, ['b'], 'a', 'c', 'x'.repeat(256)] }), ['a', 'c'])
  assert.deepEqual(groupsOf({ group_names: ['a'] }), ['a'])
})

test('a remote name is spelt in one way only', () => {
  for (const name of ['jdoe@corp.example', 'J.Doe+x@corp', 'jö@corp.example']) assert(isRemoteName(name), name)
  const none = ['', 'jdoe', '@corp', 'jdoe@', 'a@b@c', ' jdoe@corp', 'jdoe@corp ', 'jdoe@corp\u00a0', 'jdoe@corp.']
  for (const name of [
    ...none,
    'j\u200bdoe@corp',
    'ｊdoe@corp',
    'jo\u0308@corp',
    'jdoe@cörp',
    `${'x'.repeat(255)}@corp`,
  ]) {
    assert(!isRemoteName(name), JSON.stringify(name))
  }
})
