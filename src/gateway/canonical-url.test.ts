import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalUrl } from './canonical-url.ts'

const host = 'nsxmgr-a:8443'

test('a target in its one spelling stays as it is', () => {
  for (const target of [
    '/',
    '/api/v1/node/users',
    '/api/v1/node/users/',
    '/api/v1/node/users/10002?action=reset_password',
    '/policy/api/v1/infra/segments/seg-1_a.b~c?page_size=10&included_fields=id,path',
    '/api/v1/spec/openapi/nsx_api.yaml',
    '/a/...',
    '/a/..b',
    '/a/b..',
    '/a/.b.c',
    '/a?',
    '/?a',
    '/a?b=/c//d/../e',
    '/a?b=?',
    '/a?b;c=%3B%2F%5C\\',
    '/a/%20b%2Bc+d',
    '/a/%C3%A9%F0%9F%98%80',
    '/a/user@corp.example:x(1)!',
    '/a/%3F%23%25',
    '/a?b=%26%3D',
    '/rest/com/vmware/cis/authz/permission/id:username%3DCORP%5Cann%3Bdoc%3Durn:acl:global:permissions',
    '/api/vcenter/authorization/permissions/a%5Cb%3Bc',
  ]) {
    assert.deepEqual(canonicalUrl(target, host), { url: target })
  }
})

test('needless percent-encoding is undone, and hexadecimal is upper case', () => {
  for (const [target, url] of [
    ['/%61pi/v1/n%6Fde', '/api/v1/node'],
    ['/a/%7Eb%2Dc%5Fd%2Ee', '/a/~b-c_d.e'],
    ['/a/%c3%a9', '/a/%C3%A9'],
    ['/a/b%2bc', '/a/b%2Bc'],
    ['/a?%61ction=re%73et', '/a?action=reset'],
    ['/a?b=%2f%3b', '/a?b=%2F%3B'],
    ['/a?b=%2e%2e', '/a?b=..'],
  ] as const) {
    assert.deepEqual(canonicalUrl(target, host), { url })
  }
})

test('nothing is decoded twice', () => {
  for (const target of ['/a/%252e%252e/b', '/a/%252F', '/a/%25%32%66', '/a/%2500', '/a/%25252e', '/a?b=%252f']) {
    const { url } = canonicalUrl(target, host) as { url: string }
    assert.equal(decodeURIComponent(url), decodeURIComponent(target))
    assert.match(url, /%25/)
  }
})

test('what could be read in two ways is refused, with the reason', () => {
  const reasons: Record<string, string[]> = {
    'it has an empty segment': ['//', '//evil.example/a', '/a//b', '/a//', '/a///b', '//?a', '/a//?b'],
    'it has a dot segment': [
      '/.',
      '/..',
      '/./',
      '/../',
      '/a/./b',
      '/a/../b',
      '/a/..',
      '/a/../',
      '/a/..?b',
      '/a/%2e/b',
      '/a/%2E%2e/b',
      '/a/.%2e/b',
      '/a/%2e.',
      '/%2e%2e/%2e%2e/etc/passwd',
    ],
    'it has an encoded slash or a backslash': [
      '/a%2fb',
      '/rest/a%2fb',
      '/rest/a\\b',
      '/restful/a%5Cb',
      '/api/vcenter%5C',
      '/api/vcenters/a%5Cb',
      '/a%2Fb',
      '/a/..%2fb',
      '/%2f',
      '/a%5cb',
      '/a%5Cb',
      '/a\\b',
      '/a/..\\b',
      '/\\evil.example',
    ],
    "it has ';' parameters": ['/a;b', '/a;jsessionid=1/b', '/a/..;/b', '/a%3bb', '/a%3Bb', '/;'],
    'it has a fragment': ['/a#b', '/#', '/a?b#c'],
    'it has an incomplete percent-encoding': ['/%', '/a%2', '/a%zz', '/a%u0041', '/a%%32%65', '/a?b=%', '/a%2%65'],
    'it is not UTF-8': [
      '/a/%c0%af',
      '/a/%c0%ae%c0%ae/b',
      '/a/%e0%80%af',
      '/a/%f0%80%80%af',
      '/a/%c1%9c',
      '/a/%ff',
      '/a/%80',
      '/a/%c3',
      '/a/%c3/%a9',
      '/a/%ed%a0%80',
      '/a/%f4%90%80%80',
      '/a/%c3?b=%a9',
      '/a?b=%c0%af',
    ],
    'it has control characters': ['/a%00', '/a%0a', '/a%0D%0Ab', '/a%1f', '/a%7F', '/a?b=%0d%0aSet-Cookie:x', '/a?%00'],
    'it has characters that must be encoded': [
      '/a b',
      '/a\tb',
      '/a\r\nHost: evil.example',
      '/a\nb',
      '/a\0',
      '/a\x7f',
      '/é',
      '/a?b=é',
      '/\u2215a',
      '/a\u2028',
      '/a\uff0fb',
    ],
    'it is not a path': [
      '',
      '*',
      'a/b',
      '?a',
      host,
      'http://nsxmgr-a:8443/a',
      'ftp://nsxmgr-a:8443/a',
      'https:/a',
      'https://nsxmgr-a:8443?a',
      'https://nsxmgr-a:8443#a',
      'javascript:alert(1)',
      ' /a',
    ],
    'it names another host': [
      'https://evil.example/a',
      'https:///a',
      'https://nsxmgr-a/a',
      'https://nsxmgr-a:443/a',
      'https://admin@nsxmgr-a:8443/a',
      'https://nsxmgr-a:8443@evil.example/a',
      'https://nsxmgr-a:8443.evil.example/a',
      'https://nsxmgr-a:8443\\@evil.example/a',
      'https://nsxmgr-a:8443%2f/a',
    ],
  }
  for (const [refused, targets] of Object.entries(reasons)) {
    for (const target of targets) assert.deepEqual(canonicalUrl(target, host), { refused }, JSON.stringify(target))
  }
})

test('the absolute form of the host that is asked is brought to its path', () => {
  for (const [target, url] of [
    ['https://nsxmgr-a:8443/api/v1/node', '/api/v1/node'],
    ['HTTPS://NSXMGR-A:8443/%61pi?b=c', '/api?b=c'],
    ['https://nsxmgr-a:8443', '/'],
    ['https://nsxmgr-a:8443/', '/'],
  ] as const) {
    assert.deepEqual(canonicalUrl(target, host), { url })
  }
  assert.deepEqual(canonicalUrl('https://nsxmgr-a:8443//a', host), { refused: 'it has an empty segment' })
  assert.deepEqual(canonicalUrl('https://nsxmgr-a:8443/../a', host), { refused: 'it has a dot segment' })
  assert.deepEqual(canonicalUrl('https://nsxmgr-a:8443/a', 'NSXMGR-A:8443'), { url: '/a' })
  assert.deepEqual(canonicalUrl('https://nsxmgr-a:8443/a', undefined), { refused: 'it names another host' })
})

test('very long targets are answered like short ones', () => {
  const many = 100_000
  for (const target of [
    `/${'a'.repeat(many)}`,
    '/a'.repeat(many),
    `/a${'.a'.repeat(many)}`,
    `/a?${'b=c&'.repeat(many)}`,
    `/a${'%C3%A9'.repeat(many)}`,
  ]) {
    assert.deepEqual(canonicalUrl(target, host), { url: target })
  }
  for (const [target, refused] of [
    [`${'/a'.repeat(many)}!//`, 'it has an empty segment'],
    [`/a${'.a'.repeat(many)}!;`, "it has ';' parameters"],
    [`/${'a'.repeat(many)} `, 'it has characters that must be encoded'],
    [`/${'%2e'.repeat(many)}/..`, 'it has a dot segment'],
    [`https://${'a'.repeat(many)}/`, 'it names another host'],
  ] as const) {
    assert.deepEqual(canonicalUrl(target, host), { refused })
  }
})

test('what is accepted is its own one spelling, says what the target said, and hides nothing in its path', () => {
  const piece = fc.constantFrom(
    ...['/', '/', '/', 'a', 'Z', '9', '.', '..', '%2e', '%2E', '%2f', '%5C', '\\', ';', '%3b', '%', '%25', '%252e'],
    ...[
      '%252f',
      '%41',
      '%7e',
      '%c3%a9',
      '%C3',
      '%A9',
      '%c0%af',
      '%00',
      '%0a',
      '%7f',
      '%20',
      '+',
      '?',
      '#',
      '&',
      '=',
      ':',
    ],
    ...['@', ' ', '\r', '\n', 'é', 'https:', `https://${host}`, '~', '-', '_', '%3F', '%23', "'", '"', '[', '*'],
  )
  const target = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`),
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.webUrl({ withQueryParameters: true }).map((url) => new URL(url).pathname + new URL(url).search),
    fc.string({ unit: 'binary-ascii' }).map((text) => `/${text}`),
  )
  let accepted = 0
  fc.assert(
    fc.property(target, (given) => {
      const result = canonicalUrl(given, host)
      if ('refused' in result) return
      accepted++
      const { url } = result
      const path = url.split('?', 1)[0] as string
      assert.deepEqual(canonicalUrl(url, host), { url })
      assert.match(url, /^\/[\x21-\x7e]*$/)
      assert.doesNotMatch(path, /\/\/|\\|;|#|%2f|%5c|%3b|%[01]|%7f/i)
      const segments = decodeURIComponent(path).split('/')
      assert.ok(!segments.includes('.') && !segments.includes('..'))
      assert.equal(decodeURIComponent(url), decodeURIComponent(given.replace(/^https:\/\/[^/]*/, '') || '/'))
    }),
    { numRuns: 2000 },
  )
  assert.ok(accepted > 200, `${accepted} were accepted`)
})
