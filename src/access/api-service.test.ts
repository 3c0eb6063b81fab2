import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ApiServiceConfig,
  defaultApiService,
  isHostAndPort,
  isImmune,
  requireUsableApiService,
} from './api-service.ts'
import { AccessError } from './errors.ts'

const suites = [
  'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_RSA_WITH_AES_128_CBC_SHA',
  'TLS_RSA_WITH_AES_128_CBC_SHA256',
  'TLS_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_RSA_WITH_AES_256_CBC_SHA',
  'TLS_RSA_WITH_AES_256_CBC_SHA256',
  'TLS_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
]

/** `TLSv1.2` is on, `-TLSv1.2` is off. */
const switches = (...names: string[]) =>
  names.map((name) => ({ name: name.replace(/^-/, ''), enabled: !name.startsWith('-') }))

function flawOf(changes: Partial<ApiServiceConfig>): string | undefined {
  try {
    requireUsableApiService({ ...defaultApiService, ...changes })
    return undefined
  } catch (error) {
    assert.ok(error instanceof AccessError)
    assert.equal(error.code, 'invalid_field')
    return error.message
  }
}

test('the API service starts with the defaults of NSX', () => {
  assert.deepEqual(defaultApiService, {
    sessionTimeout: 1800,
    connectionTimeout: 30,
    redirectHost: '',
    clientApiRateLimit: 100,
    clientApiConcurrencyLimit: 40,
    globalApiConcurrencyLimit: 199,
    basicAuthenticationEnabled: true,
    cookieBasedAuthenticationEnabled: true,
    lockoutImmuneAddresses: [],
    protocolVersions: switches('-TLSv1.1', 'TLSv1.2', 'TLSv1.3'),
    cipherSuites: switches(...suites),
    loggingLevel: 'INFO',
  })
  assert.equal(flawOf({}), undefined)
})

test('enabled protocol versions leave no gap, and one stays enabled', () => {
  const gap = 'property protocol_versions must not leave a gap between enabled versions'
  const none = 'property protocol_versions must keep one enabled'
  for (const [names, flaw] of [
    [['TLSv1.1', 'TLSv1.2', 'TLSv1.3'], undefined],
    [['TLSv1.1', 'TLSv1.2', '-TLSv1.3'], undefined],
    [['TLSv1.1', 'TLSv1.2'], undefined],
    [['TLSv1.3', 'TLSv1.2', 'TLSv1.1'], undefined],
    [['-TLSv1.1', '-TLSv1.2', 'TLSv1.3'], undefined],
    [['TLSv1.1'], undefined],
    [['TLSv1.2'], undefined],
    [['TLSv1.3'], undefined],
    [['TLSv1.1', '-TLSv1.2', 'TLSv1.3'], gap],
    [['TLSv1.3', 'TLSv1.1'], gap],
    [['-TLSv1.1', '-TLSv1.2', '-TLSv1.3'], none],
    [[], none],
    [['TLSv1.2', 'TLSv1.2'], 'value TLSv1.2 of property protocol_versions appears twice'],
    [['TLSv1.2', '-TLSv1.2'], 'value TLSv1.2 of property protocol_versions appears twice'],
  ] as const) {
    assert.equal(flawOf({ protocolVersions: switches(...names) }), flaw, names.join())
  }
})

test('one cipher suite stays enabled, and none appears twice', () => {
  const [first = '', second = ''] = suites
  for (const [names, flaw] of [
    [[first], undefined],
    [[`-${first}`, second], undefined],
    [[`-${first}`, `-${second}`], 'property cipher_suites must keep one enabled'],
    [[], 'property cipher_suites must keep one enabled'],
    [[first, second, `-${first}`], `value ${first} of property cipher_suites appears twice`],
  ] as const) {
    assert.equal(flawOf({ cipherSuites: switches(...names) }), flaw, names.join())
  }
})

test('one way to sign in stays enabled', () => {
  for (const [basic, cookie, usable] of [
    [true, true, true],
    [true, false, true],
    [false, true, true],
    [false, false, false],
  ] as const) {
    const flaw = flawOf({ basicAuthenticationEnabled: basic, cookieBasedAuthenticationEnabled: cookie })
    if (usable) assert.equal(flaw, undefined)
    else assert.match(flaw ?? '', /basic_authentication_enabled and cookie_based_authentication_enabled/)
  }
})

test('what is immune to lockout are IP addresses', () => {
  for (const address of [
    '10.0.0.15',
    '255.255.255.255',
    '::1',
    '2001:db8::15',
    '2001:DB8:0:0:0:0:0:15',
    '::ffff:10.0.0.15',
  ]) {
    assert.equal(flawOf({ lockoutImmuneAddresses: ['127.0.0.1', address] }), undefined, address)
  }
  for (const address of [
    '',
    'localhost',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '10.0.0.0/8',
    '10.0.0.1:443',
    '[::1]',
    '::1::',
    ' ::1',
  ]) {
    assert.equal(
      flawOf({ lockoutImmuneAddresses: ['127.0.0.1', address] }),
      `value ${address} of property lockout_immune_addresses is not an IP address`,
    )
  }
})

test('an immune address is immune however it is spelt', () => {
  const config = { ...defaultApiService, lockoutImmuneAddresses: ['2001:DB8:0::15', '10.0.0.7'] }
  for (const address of ['2001:db8::15', '2001:db8:0:0:0:0:0:15', '10.0.0.7']) assert.ok(isImmune(config, address))
  for (const address of ['2001:db8::16', '10.0.0.70', '', 'unknown']) assert.ok(!isImmune(config, address))
})

test('redirect_host is a host, with a port or without, and nothing else', () => {
  for (const host of [
    'nsx',
    'nsx.corp.example',
    'nsx_1.corp',
    '10.0.0.7',
    '10.0.0.7:8443',
    '[2001:db8::7]',
    '[::1]:8443',
  ]) {
    assert.ok(isHostAndPort(host), host)
    assert.equal(flawOf({ redirectHost: host }), undefined)
  }
  for (const host of [
    ' ',
    'a b',
    'nsx/',
    '//elsewhere',
    'https://nsx',
    'user@elsewhere',
    'nsx:',
    'nsx:0',
    'nsx:65536',
    'nsx:x',
    'nsx\r\nset-cookie: a=b',
    'nsx\n',
    '-nsx',
    '.nsx',
    '::1',
    '[nsx]',
    '[::1',
    '[10.0.0.7]',
    'nsx?x',
    'nsx#x',
    'nsx\\elsewhere',
    'é.example',
  ]) {
    assert.equal(
      flawOf({ redirectHost: host }),
      `value ${host} of property redirect_host is not a host name or address`,
    )
  }
})
