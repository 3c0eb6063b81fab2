import assert from 'node:assert/strict'
import { test } from 'node:test'
import { largestBody, parseJson } from './body.ts'

const parse = (text: string) => parseJson(Buffer.from(text))
const malformed = (message?: string | RegExp) => ({
  name: 'RequestError',
  code: 'body_malformed',
  ...(message === undefined ? {} : { message }),
})

const nested = (levels: number) => `${'['.repeat(levels)}0${']'.repeat(levels)}`
const nestedObjects = (levels: number) => `${'{"a":'.repeat(levels)}0${'}'.repeat(levels)}`

test('an empty body is no body', () => {
  assert.equal(parse(''), undefined)
})

test('a JSON body is read as it stands', () => {
  const bodies: [string, unknown][] = [
    ['{"username":"svc1","full_name":"S"}', { username: 'svc1', full_name: 'S' }],
    [' \t\r\n[1, -0.5e3, true, null, "x"] ', [1, -500, true, null, 'x']],
    ['"用户 😀 \\u00e9 \\ud83d\\ude00"', '用户 😀 é 😀'],
    ['{"constructor":1,"prototype":2,"proto":3}', { constructor: 1, prototype: 2, proto: 3 }],
    ['{"a":1,"a":2}', { a: 2 }],
    ['{}', {}],
    ['null', null],
  ]
  for (const [text, value] of bodies) assert.deepEqual(parse(text), value)
})

test('what is not JSON is refused', () => {
  for (const text of [
    ' ',
    '\ufeff{}',
    '{',
    '{"a":1',
    '{"a":1}}',
    '{a:1}',
    "{'a':1}",
    '{"a":1,}',
    '[1,]',
    '{"a":01}',
    '{"a":+1}',
    '{"a":NaN}',
    '{"a":"\n"}',
    '{"a":"\\x41"}',
    '// a\n{}',
    'a=1&b=2',
    '<a/>',
    '\0',
  ]) {
    assert.throws(() => parse(text), malformed(), JSON.stringify(text))
  }
})

test('the reason of a refusal does not repeat the body, which may hold a password', () => {
  for (const text of [
    '{"password": Sallyport!Lab-2026}',
    'Sallyport!Lab-2026',
    '{"password":"Sallyport!Lab-2026"',
    '{"password":"Sallyport!Lab-2026\n"}',
  ]) {
    assert.throws(() => parse(text), malformed(/^(?![\s\S]*Sallyport)/), text)
  }
})

test('bytes that are not UTF-8 are refused', () => {
  for (const bytes of [
    [0xff],
    [0xe9],
    [0xc0, 0xaf],
    [0xe0, 0x80, 0xaf],
    [0xc3],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
  ]) {
    const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')])
    assert.throws(() => parseJson(body), malformed(), body.toString('hex'))
  }
  assert.throws(() => parseJson(Buffer.from('{"a":1}', 'utf16le')), malformed())
})

test('32 levels of nesting are read, more are refused', () => {
  for (const build of [nested, nestedObjects]) {
    assert.doesNotThrow(() => parse(build(32)))
    for (const levels of [33, 100, 20_000]) {
      assert.throws(() => parse(build(levels)), malformed('it is nested more than 32 levels deep'))
    }
  }
})

test('a property __proto__ is refused at any depth, and however it is spelt', () => {
  for (const text of [
    '{"__proto__":{"admin":true}}',
    '{"__proto__":1}',
    '[{"a":{"__proto__":null}}]',
    '{"\\u005f_proto__":{}}',
  ]) {
    assert.throws(() => parse(text), malformed('it has a property __proto__'), text)
  }
  assert.equal(({} as { admin?: boolean }).admin, undefined)
})

test('text that a database cannot keep is refused, in names and values', () => {
  for (const [text, message] of [
    ['"\\u0000"', 'it has a NUL character'],
    ['{"a":["x\\u0000y"]}', 'it has a NUL character'],
    ['{"x\\u0000":1}', 'it has a NUL character'],
    ['"\\ud83d"', 'it has half of a surrogate pair'],
    ['{"a":"\\ude00\\ud83d"}', 'it has half of a surrogate pair'],
    ['{"\\udfff":1}', 'it has half of a surrogate pair'],
  ] as const) {
    assert.throws(() => parse(text), malformed(message), text)
  }
})

test('the largest bodies there are can be read', () => {
  for (const text of [
    `[${'0,'.repeat(largestBody / 2 - 2)}0]`,
    `{"a":[${'[],'.repeat(largestBody / 3 - 10)}[]]}`,
    `{"a":"${'x'.repeat(largestBody - 8)}"}`,
    `{${Array.from({ length: 20_000 }, (_, at) => `"k${at}":0`).join()}}`,
  ]) {
    assert.doesNotThrow(() => parse(text), `${text.slice(0, 20)}... of ${text.length} bytes`)
  }
})
