import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSignInName, requirePrincipalName } from './user-name.ts'

test('a user signs in as user@domain, as DOMAIN\\user, or without a domain', () => {
  for (const [text, name, domain] of [
    ['administrator@vsphere.local', 'administrator', 'vsphere.local'],
    ['VSPHERE.LOCAL\\Administrator', 'Administrator', 'VSPHERE.LOCAL'],
    ['Administrator', 'Administrator', 'vsphere.local'],
    ['a@b@corp.example', 'a@b', 'corp.example'],
    ['CORP.EXAMPLE\\a@b', 'a@b', 'CORP.EXAMPLE'],
    ['a\\b\\c', 'b\\c', 'a'],
    ['', '', 'vsphere.local'],
    ['@', '', ''],
    ['\\', '', ''],
    ['user@', 'user', ''],
  ] as const) {
    assert.deepEqual(parseSignInName(text), { name, domain }, text)
  }
})

test('users and groups of our own are called by letters, digits and some signs', () => {
  for (const name of ['a', 'holodeck-vmadmin', '_x', '9', 'SystemConfiguration.Administrators', 'x'.repeat(64)]) {
    assert.doesNotThrow(() => requirePrincipalName(name), name)
  }
  for (const name of ['', '-a', '.a', 'a b', 'a@b', 'a\\b', 'a/b', 'ä', 'a\0', 'a\n', 'x'.repeat(65)]) {
    assert.throws(() => requirePrincipalName(name), { code: 'invalid_field', details: { field: 'name', value: name } })
  }
})
