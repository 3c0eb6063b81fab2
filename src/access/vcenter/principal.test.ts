import assert from 'node:assert/strict'
import { test } from 'node:test'
import { displayName, parsePrincipal } from './principal.ts'

test('a principal is written with its domain in upper case, and read in both ways that people write it', () => {
  assert.equal(displayName({ name: 'Administrator', domain: 'vsphere.local' }), 'VSPHERE.LOCAL\\Administrator')
  assert.equal(displayName({ name: 'root', domain: 'localos' }), 'root')
  assert.equal(displayName({ name: 'CORP\\admin', domain: 'localos' }), 'LOCALOS\\CORP\\admin', 'nobody of CORP')
  assert.equal(displayName({ name: 'admin@corp', domain: 'localos' }), 'LOCALOS\\admin@corp')
  for (const [text, name, domain] of [
    ['VSPHERE.LOCAL\\Administrator', 'Administrator', 'VSPHERE.LOCAL'],
    ['administrator@vsphere.local', 'administrator', 'vsphere.local'],
    ['first@last@corp.example', 'first@last', 'corp.example'],
    ['CORP\\first@last', 'first@last', 'CORP'],
    ['CORP\\first\\last', 'first\\last', 'CORP'],
    ['root', 'root', 'localos'],
    ['\\root', 'root', 'localos'],
    ['root@', 'root', 'localos'],
    ['', '', 'localos'],
  ] as const) {
    assert.deepEqual(parsePrincipal(text), { name, domain }, text)
  }
})
