import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isReservedUsername, requireUsername } from './username.ts'

test("a user name is a letter followed by up to 31 letters, digits, '.', '_' or '-'", () => {
  for (const name of ['a', 'Z', 'svc1', 'guestuser1', 'a.b_c-d', 'a--', 'x'.repeat(32)]) {
    assert.doesNotThrow(() => requireUsername(name), name)
  }
})

test('any other user name is refused by name', () => {
  for (const name of [
    '',
    'x'.repeat(33),
    '1abc',
    '_abc',
    '-abc',
    '.abc',
    '@abc',
    // Behind it NSX reads a domain.
    'ops@corp.example',
    ' abc',
    'abc ',
    'a b',
    'abc\n',
    'abc\r\nroot',
    'abc\0',
    'a/b',
    'a\\b',
    'a[b]',
    'a^b',
    'a:b',
    'a;b',
    'a"b',
    "a'b",
    'a$b',
    'a%41',
    'josé',
    'аdmin',
    'ａdmin',
    '用户',
  ]) {
    assert.throws(
      () => requireUsername(name),
      { name: 'AccessError', code: 'invalid_field', message: /^value [\s\S]* of property username is not a letter/ },
      JSON.stringify(name),
    )
  }
})

test('root, admin and audit are reserved in any case', () => {
  for (const name of ['root', 'admin', 'audit', 'Root', 'ADMIN', 'auDit']) assert.ok(isReservedUsername(name), name)
  for (const name of ['root1', 'administrator', 'auditor', 'guestuser1', '']) assert.ok(!isReservedUsername(name), name)
})
