import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  isBaseWithinDomain,
  type LdapServer,
  type LdapSourceConfig,
  longestName,
  mayKeepPassword,
  meansOthers,
  parseLdapUrl,
  splitName,
} from './ldap-source.ts'

test('an LDAP URL says where the server is and nothing else', () => {
  for (const [url, address] of [
    ['ldap://dc.corp.example', { host: 'dc.corp.example', port: 389, secure: false }],
    ['LDAPS://DC/', { host: 'DC', port: 636, secure: true }],
    ['ldaps://10.0.0.1:1636', { host: '10.0.0.1', port: 1636, secure: true }],
    ['ldap://[2001:db8::1]:390', { host: '2001:db8::1', port: 390, secure: false }],
    ['ldapi://dc', undefined],
    ['ldap://', undefined],
    ['ldap://dc:', undefined],
    ['ldap://dc:0', undefined],
    ['ldap://dc:65536', undefined],
    ['ldap://dc/dc=corp', undefined],
    ['ldap://dc?x', undefined],
    ['ldap://a@dc', undefined],
    ['ldap://dc\n', undefined],
    ['ldap://[dc]', undefined],
    ['ldap://2001:db8::1', undefined],
    [' ldap://dc', undefined],
  ] as const) {
    assert.deepEqual(parseLdapUrl(url), address, url)
  }
})

test('a name is split at its last @, and what no directory can know is no name', () => {
  for (const [name, parts] of [
    ['bob@Corp.Example', { user: 'bob', domain: 'corp.example' }],
    ['a@b@c', { user: 'a@b', domain: 'c' }],
    ['bob@', { user: 'bob', domain: '' }],
    ['@corp.example', undefined],
    ['bob', undefined],
    ['', undefined],
    ['b\0b@corp.example', undefined],
    ['b\nb@corp.example', undefined],
    ['b\ud800@corp.example', undefined],
    [`${'x'.repeat(longestName - 2)}@c`, { user: 'x'.repeat(longestName - 2), domain: 'c' }],
    [`${'x'.repeat(longestName - 1)}@c`, undefined],
  ] as const) {
    assert.deepEqual(splitName(name), parts, name)
  }
})

const server: LdapServer = {
  url: 'ldap://dc.corp.example',
  useStarttls: true,
  certificates: [],
  enabled: true,
  bindIdentity: 'cn=reader',
}

test('a stored bind password goes only to the server and identity it was given for, no less protected', () => {
  for (const [change, keeps] of [
    [{}, true],
    [{ enabled: false, certificates: ['x'] }, true],
    [{ url: 'LDAP://DC.corp.example' }, true],
    [{ url: 'ldap://dc.corp.example:390' }, false],
    [{ url: 'ldaps://dc.corp.example' }, false],
    [{ bindIdentity: 'cn=other' }, false],
    [{ useStarttls: false }, false],
  ] as const) {
    assert.equal(mayKeepPassword(server, { ...server, ...change } as LdapServer), keeps, JSON.stringify(change))
  }
  assert.equal(mayKeepPassword({ ...server, useStarttls: false }, server), true)
})

const source: LdapSourceConfig = {
  type: 'ActiveDirectoryIdentitySource',
  displayName: 'corp',
  description: undefined,
  tags: undefined,
  domainName: 'corp.example',
  alternativeDomainNames: ['corp.test'],
  baseDn: 'dc=corp,dc=example',
  servers: [server],
  groupCacheTtl: undefined,
  resolveNestedGroups: undefined,
}

test('names mean others once kind, domains or base change, and not for anything else', () => {
  for (const [change, others] of [
    [{}, false],
    [{ displayName: 'x', description: 'y', groupCacheTtl: 1, resolveNestedGroups: true }, false],
    [{ servers: [{ ...server, enabled: false }] }, false],
    [{ domainName: 'CORP.example', baseDn: 'DC=corp,dc=example' }, false],
    [{ type: 'OpenLdapIdentitySource' }, true],
    [{ domainName: 'other.example' }, true],
    [{ alternativeDomainNames: [] }, true],
    [{ baseDn: 'ou=people,dc=corp,dc=example' }, true],
  ] as const) {
    const after = { ...source, ...change } as LdapSourceConfig
    assert.equal(meansOthers(source, after), others, JSON.stringify(change))
  }
})

test("Active Directory's base is within its domain's tree; another directory's is where it is", () => {
  for (const [baseDn, within] of [
    ['dc=corp,dc=example', true],
    ['OU=People, DC=Corp, DC=Example', true],
    ['dc=example', false],
    ['dc=corp,dc=example,dc=org', false],
    ['dc=xcorp,dc=example', false],
    ['nonsense', false],
  ] as const) {
    assert.equal(isBaseWithinDomain({ ...source, baseDn }), within, baseDn)
    assert.equal(isBaseWithinDomain({ ...source, type: 'OpenLdapIdentitySource', baseDn }), true)
  }
})
