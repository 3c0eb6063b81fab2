import assert from 'node:assert/strict'
import { test } from 'node:test'
import { domainName, parseUserName, requireCliName } from './names.ts'

test('a CLI user is a lower-case letter and up to 31 lower-case letters, digits and underscores', () => {
  for (const name of ['api', 'api_username', 'web_gui_user', 'a', 'a1', `a${'b'.repeat(31)}`]) requireCliName(name)
  for (const name of ['', '1a', '_a', 'a-b', 'a.b', 'a b', 'a\n', 'ä', 'a@b', `a${'b'.repeat(32)}`, 'root', 'nobody']) {
    assert.throws(() => requireCliName(name), { code: 'invalid_field' }, name)
  }
})

test('a capital letter is named as what is wrong', () => {
  for (const name of ['Api', 'aPi', 'API']) assert.throws(() => requireCliName(name), /has a capital letter/)
})

test('a name at a domain is shown as DOMAIN\\name and found whatever its case', () => {
  assert.deepEqual(parseUserName('JDoe@lab.example'), { shown: 'LAB.EXAMPLE\\JDoe', key: 'lab.example\\jdoe' })
  assert.deepEqual(parseUserName('a@b@c'), { shown: 'C\\a@b', key: 'c\\a@b' })
  assert.deepEqual(parseUserName('api'), { shown: 'api', key: 'api' })
  assert.deepEqual(domainName('JDoe', 'lab.example'), parseUserName('JDoe@LAB.example'))
})

test('what is no name is refused', () => {
  for (const text of ['', '@', 'a@', '@b', 'a\\b', 'a/b', 'a\0', 'a\n@b', '\ud800', 'a'.repeat(256)]) {
    assert.throws(() => parseUserName(text), { code: 'invalid_field' }, JSON.stringify(text))
  }
})
