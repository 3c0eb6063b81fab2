import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerHeaders, requestHeaders } from './headers.ts'

const caller = { name: 'jane', requestId: 'r-1' }
const asked = 'https://nsx.example/policy/api/v1/infra/segments?x=1'

test('what says how to read and answer a message goes on, everything else stays, and ours come last', () => {
  const headers = requestHeaders(
    {
      accept: 'application/json',
      'content-type': 'text/plain',
      'x-nsx-euser': 'root',
      authorization: 'Basic eA==',
      cookie: 'a=b',
      'x-anything': '1',
    },
    caller,
    ['authorization', 'Basic ours'],
  )
  assert.deepEqual(headers, [
    'accept',
    'application/json',
    'content-type',
    'text/plain',
    'x-nsx-euser',
    'jane',
    'x-nsx-ereqid',
    'r-1',
    'authorization',
    'Basic ours',
  ])
})

test('whatever Connection names is not passed on, and it cannot name ours', () => {
  const headers = requestHeaders(
    { connection: 'close, Accept , x-nsx-euser,authorization', accept: 'x/y', range: 'bytes=0-1' },
    caller,
    ['authorization', 'Basic ours'],
  )
  assert.deepEqual(headers.slice(0, 2), ['range', 'bytes=0-1'])
  assert(headers.includes('x-nsx-euser') && headers.includes('authorization'))
})

test('a name outside ASCII is encoded', () => {
  assert(requestHeaders({}, { ...caller, name: 'jörg\r\nx: y' }, []).includes('j%C3%B6rg%0D%0Ax%3A%20y'))
})

test('headers of an answer keep their bytes and their repetitions', () => {
  assert.deepEqual(answerHeaders({ etag: '"é"', vary: ['a', 'b'], 'content-length': ['2', '2'] }, asked), {
    etag: '"é"',
    vary: ['a', 'b'],
    'content-length': '2',
  })
})

test('a header that is none makes the whole answer none', () => {
  for (const headers of [
    { 'x-a': '1\r\nset-cookie: x' },
    { 'x-a': ['1', '1\n'] },
    { 'x-a': '\0' },
    { 'x-a': '\x7f' },
    { 'x-a': '\u0100' },
    { 'x a': '1' },
    { '': '1' },
    { 'x:': '1' },
    { 'content-length': ['1', '2'] },
  ]) {
    assert.equal(answerHeaders(headers, asked), undefined, JSON.stringify(headers))
  }
})

test('what Connection names goes, wherever it stands; a length stays', () => {
  assert.deepEqual(
    answerHeaders({ 'x-b': '1', connection: ['x-b', 'X-A, content-length'], 'x-a': '1', 'content-length': '2' }, asked),
    { 'content-length': '2' },
  )
})

test('a redirect leads to the same upstream by its path, or nowhere', () => {
  for (const [location, target] of [
    ['/a?b#c', '/a?b#c'],
    ['b', '/policy/api/v1/infra/b'],
    ['?y=2', '/policy/api/v1/infra/segments?y=2'],
    ['https://nsx.example/a', '/a'],
    ['https://NSX.example:443/a', '/a'],
    ['https://nsx.example:8443/a', undefined],
    ['https://nsx.example@evil.example/', undefined],
    ['http://nsx.example/a', undefined],
    ['//evil.example/a', undefined],
    ['https://nsx.example//evil.example/a', undefined],
    ['/\\evil.example/a', undefined],
    ['javascript:x', undefined],
    ['https://', undefined],
  ] as const) {
    assert.equal(answerHeaders({ location }, asked)?.location, target, location)
  }
})
