import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskSecrets, maskText, maskUrl } from './mask.ts'

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
  'apiKey',
  'api_key',
  'API-Key',
  'accessKey',
  'authorization',
  'pin',
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

const declared = new Set(['page_size', 'password', 'names', 'url'])

test('of a query there is what is declared, if it is no secret; of the rest, the names that look like names', () => {
  for (const [url, masked] of [
    ['/a?page_size=10&names.1=x&names.2=y', '/a?page_size=10&names.1=x&names.2=y'],
    ['/a?api_key=x;apiKey=y&passwrod=z', '/a?api_key=*****;apiKey=*****&passwrod=*****'],
    ['/a?password=x&p%61ssword=y&PASSWORD=z', '/a?password=*****&p%61ssword=*****&PASSWORD=*****'],
    ['/a?password=x=y?z', '/a?password=*****'],
    ['/a?Sallyport!Lab-2026', '/a?*****'],
    ['/a?Sallyport!Lab-2026=1', '/a?*****=*****'],
    [`/a?${'a'.repeat(41)}=1`, '/a?*****=*****'],
    ['/a?url=https%3A%2F%2Fadmin%3Asecret%40host%2F', '/a?url=*****'],
    ['/a?x=%', '/a?x=*****'],
    ['/a?', '/a?'],
    ['/a?&&', '/a?&&'],
    ['/a?b', '/a?b'],
    ['', ''],
  ] as const) {
    assert.equal(maskUrl(url, declared), masked)
  }
})

test('who signs in with a URL is masked, however the URL begins', () => {
  for (const url of [
    'https://a:b@host/x',
    'HTTPS://a:b@host/x',
    '//a:b@host/x',
    '\\\\a:b@host/x',
    'https:\\\\a:b@host/x',
  ]) {
    assert.match(maskUrl(url, declared), /^(https:)?[\\/]{2}\*{5}@host\/x$/i)
  }
  assert.equal(maskUrl('admin:secret@host:443', declared), '*****@host:443')
  assert.equal(maskUrl('/x/a@b', declared), '/x/a@b')
})

test('in any text the secrets are masked that can be told in it', () => {
  for (const [text, masked] of [
    ['ldaps://cn=x:secret@host/dc', 'ldaps://*****@host/dc'],
    ['curl/8 (Authorization: Basic YWRtaW46c2VjcmV0)', 'curl/8 (Authorization: ***** *****'],
    ['x api_key=abc&y=1', 'x api_key=*****&y=1'],
    ['Bearer abc.def', 'Bearer *****'],
    ['curl/8.5.0 (x86_64; rv:1)', 'curl/8.5.0 (x86_64; rv:1)'],
  ] as const) {
    assert.equal(maskText(text), masked)
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
