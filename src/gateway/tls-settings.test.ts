import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cipherSuiteNames, defaultApiService, protocolNames } from '../access/api-service.ts'
import { tlsSettings } from './tls-settings.ts'

const switches = (names: readonly string[]) => names.map((name) => ({ name, enabled: true }))
const settings = (key: 'rsa' | 'ec' | 'other', versions: readonly string[], suites: readonly string[]) =>
  tlsSettings({ protocolVersions: switches(versions), cipherSuites: switches(suites) }, [key])

const tls13 = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256'

test("with NSX's defaults and an ECDSA certificate, its one suite of TLS 1.2 and those of TLS 1.3 are served", () => {
  assert.deepEqual(tlsSettings(defaultApiService, ['ec']), {
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: `${tls13}:ECDHE-ECDSA-AES256-GCM-SHA384`,
  })
})

test('with an RSA certificate forward secrecy and authenticated encryption are preferred, however suites are listed', () => {
  assert.deepEqual(tlsSettings(defaultApiService, ['rsa']), {
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: `${tls13}:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES128-SHA:AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA`,
  })
})

test('with certificates of both keys all suites are served, and ECDSA, which costs the least, is preferred', () => {
  const { ciphers } = tlsSettings(defaultApiService, ['ec', 'rsa']) ?? {}
  assert.ok(ciphers?.startsWith(`${tls13}:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:`))
  assert.equal(ciphers?.split(':').length, cipherSuiteNames.length)
})

test('with a certificate of another key TLS 1.3 is what is sure to work', () => {
  const found = settings('other', ['TLSv1.2', 'TLSv1.3'], cipherSuiteNames)
  assert.deepEqual(found, { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', ciphers: tls13 })
})

test('a version is served when it is enabled and has a suite that the certificate can do', () => {
  const [oldRsa, newRsa, ecdsa, newest] = [
    'TLS_RSA_WITH_AES_128_CBC_SHA',
    'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
    'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
    'TLS_AES_128_GCM_SHA256',
  ]
  const all = protocolNames
  for (const [key, versions, suites, served] of [
    ['rsa', all, [oldRsa], 'TLSv1.1 TLSv1.2 AES128-SHA:@SECLEVEL=0'],
    ['rsa', ['TLSv1.1'], [oldRsa, newRsa, newest], 'TLSv1.1 TLSv1.1 AES128-SHA:@SECLEVEL=0'],
    ['rsa', ['TLSv1.2'], [oldRsa], 'TLSv1.2 TLSv1.2 AES128-SHA'],
    ['rsa', ['TLSv1.1'], [newRsa, newest], undefined],
    ['rsa', ['TLSv1.3'], [oldRsa, newRsa], undefined],
    ['rsa', ['TLSv1.2'], [newest], undefined],
    ['rsa', ['TLSv1.2', 'TLSv1.3'], [ecdsa], undefined],
    ['rsa', all, [newest], 'TLSv1.3 TLSv1.3 TLS_AES_128_GCM_SHA256'],
    ['ec', all, [oldRsa, newRsa], undefined],
    ['ec', ['TLSv1.1'], cipherSuiteNames, undefined],
    ['ec', all, [oldRsa, ecdsa], 'TLSv1.2 TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384'],
    ['ec', ['TLSv1.2'], [ecdsa, newest], 'TLSv1.2 TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384'],
    ['ec', ['TLSv1.3'], [ecdsa, newest], 'TLSv1.3 TLSv1.3 TLS_AES_128_GCM_SHA256'],
    ['ec', ['TLSv1.2'], ['TLS_ECDSA_WITH_AES_256_GCM_SHA384', ecdsa], 'TLSv1.2 TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384'],
    ['other', ['TLSv1.2'], cipherSuiteNames, undefined],
  ] as const) {
    const found = settings(key, versions, suites)
    const shown = found && `${found.minVersion} ${found.maxVersion} ${found.ciphers}`
    assert.equal(shown, served, `${key}: ${versions} with ${suites}`)
  }
})

test('what is named and not enabled is not served', () => {
  const off = (name: string) => ({ name, enabled: false })
  const found = tlsSettings(
    {
      protocolVersions: [off('TLSv1.2'), ...switches(['TLSv1.3'])],
      cipherSuites: [off('TLS_AES_256_GCM_SHA384'), ...switches(['TLS_AES_128_GCM_SHA256'])],
    },
    ['ec'],
  )
  assert.deepEqual(found, { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256' })
})
