import assert from 'node:assert/strict'
import { test } from 'node:test'
import { domainOf, issuersOf, maySecretStay, requireUsableVidm, type VidmSettings } from './vidm-settings.ts'

const settings: VidmSettings = {
  enabled: true,
  loadBalancer: false,
  hostName: 'vidm.corp.example',
  clientId: 'nsx',
  thumbprint: 'ab'.repeat(32),
  nodeHostName: 'nsxmgr-a.corp.example',
}

test('a host may have a port and the provider a path', () => {
  const colons = Array.from({ length: 32 }, () => 'AB').join(':')
  for (const change of [
    {},
    { hostName: 'vidm' },
    { hostName: '127.0.0.1:8443' },
    { hostName: '[::1]:8443/realms/lab' },
    { hostName: 'vidm.corp.example/SAAS/auth' },
    { nodeHostName: 'localhost:8443' },
    { thumbprint: colons },
    { thumbprint: 'AB'.repeat(32) },
  ]) {
    assert.doesNotThrow(() => requireUsableVidm({ ...settings, ...change }, true), JSON.stringify(change))
  }
})

test('what is no host, no hash or no secret is refused by the name of its field', () => {
  const refused = (field: string, change: Partial<VidmSettings>, hasSecret = true) =>
    assert.throws(
      () => requireUsableVidm({ ...settings, ...change }, hasSecret),
      { code: 'invalid_field', message: new RegExp(field) },
      JSON.stringify(change),
    )
  const noHosts = [
    '',
    ' ',
    'a b',
    'https://vidm',
    'user@vidm',
    'vidm?x',
    'vidm#x',
    'vidm\\x',
    'vidm:0x50',
    'vidm:99999',
  ]
  for (const host of [...noHosts, '-vidm', 'vidm\n', '127.1', '0x7f.0.0.1', '2130706433', 'vídm', '[::1', '..']) {
    refused('host_name', { hostName: host })
    refused('node_host_name', { nodeHostName: host })
  }
  refused('node_host_name', { nodeHostName: 'nsxmgr-a/path' })
  for (const thumbprint of ['', 'ab', 'ab'.repeat(20), 'zz'.repeat(32), 'ab'.repeat(33)])
    refused('thumbprint', { thumbprint })
  refused('client_id', { clientId: 'a\nb' })
  refused('client_secret', {}, false)
  assert.doesNotThrow(() => requireUsableVidm({ ...settings, enabled: false }, false))
})

test('a secret goes to nobody but whom it was given for', () => {
  assert(maySecretStay(settings, { ...settings, enabled: false, nodeHostName: 'other', loadBalancer: true }))
  for (const change of [{ hostName: 'evil.example' }, { clientId: 'other' }, { thumbprint: 'cd'.repeat(32) }]) {
    assert(!maySecretStay(settings, { ...settings, ...change }))
  }
})

test("without a path the description is at vIDM's, or at the host", () => {
  const hrefs = (hostName: string) => issuersOf({ ...settings, hostName }).map(({ href }) => href)
  assert.deepEqual(hrefs('vidm:8443'), ['https://vidm:8443/SAAS/auth', 'https://vidm:8443/'])
  assert.deepEqual(hrefs('vidm/'), ['https://vidm/'])
  assert.deepEqual(hrefs('idp:8443/realms/lab'), ['https://idp:8443/realms/lab'])
  assert.equal(domainOf({ ...settings, hostName: 'idp:8443/realms/lab' }), 'idp')
})
