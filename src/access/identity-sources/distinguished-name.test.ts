import assert from 'node:assert/strict'
import { test } from 'node:test'
import { domainDn, isWithin, normalDn, parseDn } from './distinguished-name.ts'

const read = (text: string) => parseDn(text) ?? assert.fail(`${text} is no name`)

test('a distinguished name is read as RFC 4514 writes it', () => {
  for (const [text, normal] of [
    ['', ''],
    ['UID=jsmith,DC=example,DC=net', 'uid=jsmith,dc=example,dc=net'],
    ['OU=Sales+CN=J.  Smith , DC=example', 'cn=j. smith+ou=sales,dc=example'],
    ['CN=James \\"Jim\\" Smith\\, III,DC=example', 'cn=james \\"jim\\" smith\\, iii,dc=example'],
    ['CN=Lu\\C4\\8Di\\C4\\87', 'cn=lučić'],
    ['1.3.6.1.4.1.1466.0=x', '1.3.6.1.4.1.1466.0=x'],
    ['cn=trailing\\ ', 'cn=trailing'],
    ['cn=a=b', 'cn=a=b'],
    ['cn=\\2c', 'cn=\\,'],
    ['cn=\\\\', 'cn=\\\\'],
  ] as const) {
    assert.equal(normalDn(read(text)), normal, text)
    assert.equal(normalDn(read(normal)), normal, normal)
  }
})

test('what is no distinguished name is none', () => {
  for (const text of [
    'x',
    '=x',
    'cn=',
    'cn=a,',
    ',cn=a',
    'cn=a,,dc=b',
    'cn=a;dc=b',
    'cn="a"',
    'cn=a\\',
    'cn=a\0',
    '1=a',
  ]) {
    assert.equal(parseDn(text), undefined, text)
  }
})

test('an entry is within another when its last parts are that name, whatever the case', () => {
  for (const [name, base, within] of [
    ['ou=people,dc=corp,dc=example', 'DC=Corp, DC=Example', true],
    ['dc=corp,dc=example', 'dc=corp,dc=example', true],
    ['dc=example', 'dc=corp,dc=example', false],
    ['ou=people,dc=xcorp,dc=example', 'dc=corp,dc=example', false],
    ['cn=a\\,dc=corp\\,dc=example', 'dc=corp,dc=example', false],
    ['cn=anything', '', true],
  ] as const) {
    assert.equal(isWithin(read(name), read(base)), within, `${name} in ${base}`)
  }
  assert.equal(normalDn(domainDn('corp.Example')), 'dc=corp,dc=example')
})
