import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskSecrets, maskUrl } from './mask.ts'

const secretNames = [
  'password',
  'old_password',
  'j_password',
  'client_secret',
  'secret',
  'private_key',
  'tls_key_pem',
  'passphrase',
  'token',
]

test('the value of every field with a secret name is masked, whatever its case, its kind and its depth', () => {
  for (const name of [...secretNames, 'Password', 'OLD_PASSWORD', 'Client_Secret']) {
    for (const value of ['Sallyport!Lab-2026', '', 42, true, null, ['a', 'b'], { inner: 'Sallyport!Lab-2026' }]) {
      assert.deepEqual(maskSecrets({ [name]: value }), { [name]: '*****' })
      assert.deepEqual(maskSecrets([1, { deep: [{ [name]: value, kept: 1 }] }]), [
        1,
        { deep: [{ [name]: '*****', kept: 1 }] },
      ])
    }
  }
})

test('nothing else is masked', () => {
  for (const value of [
    undefined,
    null,
    'password',
    0,
    false,
    [],
    {},
    ['password', 'Sallyport!Lab-2026'],
    {
      username: 'svc1',
      password_change_frequency: 90,
      password_reset_required: false,
      minimum_password_length: 12,
      password_remembrance: 0,
      last_password_change: 3,
    },
  ]) {
    assert.deepEqual(maskSecrets(value), value)
  }
})

test('a private key is masked wherever it was pasted, and what should be a certificate unless it is one', () => {
  const certificate = '-----BEGIN CERTIFICATE-----\nMIIB+/==\n-----END CERTIFICATE-----\n'
  const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n'
  for (const [value, masked] of [
    [{ name: key }, { name: '*****' }],
    [[`see: ${key}`], ['see: *****']],
    [{ certificate_pem: certificate + certificate }, { certificate_pem: certificate + certificate }],
    [{ certificate_pem: certificate + key }, { certificate_pem: '*****' }],
    [{ pem_encoded: 'MIIE' }, { pem_encoded: '*****' }],
    [{ pem_encoded: [certificate] }, { pem_encoded: '*****' }],
  ]) {
    assert.deepEqual(maskSecrets(value), masked)
  }
})

test('masking makes a copy and leaves the value as it is', () => {
  const body = { username: 'svc1', list: [{ password: 'Sallyport!Lab-2026' }] }
  const masked = maskSecrets(body)
  assert.deepEqual(body, { username: 'svc1', list: [{ password: 'Sallyport!Lab-2026' }] })
  assert.deepEqual(masked, { username: 'svc1', list: [{ password: '*****' }] })
})

test('a field named like the prototype is a field like any other', () => {
  const masked = maskSecrets(JSON.parse('{"__proto__": {"password": "Sallyport!Lab-2026"}}')) as object
  assert.equal(JSON.stringify(masked), '{"__proto__":{"password":"*****"}}')
  assert.equal(Object.getPrototypeOf(masked), Object.prototype)
})

test('the value of every query parameter with a secret name is masked', () => {
  for (const [url, masked] of [
    ['/api/v1/node/users?password=x', '/api/v1/node/users?password=*****'],
    ['/a?j_username=admin&j_password=a%2Bb&x=1', '/a?j_username=admin&j_password=*****&x=1'],
    ['/a?PASSWORD=x', '/a?PASSWORD=*****'],
    ['/a?password=x=y', '/a?password=*****'],
    ['/a?password=x?y', '/a?password=*****'],
    ['/a?password=x&password=y', '/a?password=*****&password=*****'],
    ['?password=x', '?password=*****'],
  ] as const) {
    assert.equal(maskUrl(url), masked)
  }
})

test('percent-encoding does not hide the secret name of a query parameter', () => {
  for (const [url, masked] of [
    ['/a?p%61ssword=x', '/a?p%61ssword=*****'],
    ['/a?x=1&%70%41SSWORD=x', '/a?x=1&%70%41SSWORD=*****'],
  ] as const) {
    assert.equal(maskUrl(url), masked)
  }
})

test('the rest of a URL stays as it is', () => {
  for (const url of [
    '/api/v1/node/users',
    '/api/v1/node/users?action=create_user',
    '/password/x',
    '/a?',
    '/a?&&',
    '/a?b',
    '/a?passwords=x&page_size=10',
    '/a?x=password=y',
    '/a?x=%',
    '',
  ]) {
    assert.equal(maskUrl(url), url)
  }
})

test('a private key is masked wherever it was put', () => {
  for (const kind of ['', 'RSA ', 'EC ', 'ENCRYPTED ', 'OPENSSH ']) {
    const pem = `-----BEGIN ${kind}PRIVATE KEY-----\nAAAA\n-----END ${kind}PRIVATE KEY-----\n`
    assert.deepEqual(maskSecrets({ level: pem, tls_ca_pem: `certificate\n${pem}`, list: [pem] }), {
      level: '*****',
      tls_ca_pem: '*****',
      list: ['*****'],
    })
  }
  const certificate = { tls_cert_pem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }
  assert.deepEqual(maskSecrets(certificate), certificate)
})
