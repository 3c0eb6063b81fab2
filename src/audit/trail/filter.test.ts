import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditRecord } from '../record.ts'
import { facetsOf, operationOf, outcomeOf, surfaces } from './facets.ts'
import { type AuditFilter, createMatcher } from './filter.ts'

const record: AuditRecord = {
  at: 1000,
  host: 'nsxmgr-a',
  pid: 7,
  kind: 'call',
  user: 'Admin',
  source: '10.0.0.15',
  requestId: '0d0f4a5e-55a0-4a7e-8a43-3f2f0f8d7e10',
  method: 'PUT',
  url: '/policy/api/v1/infra/segments/seg1',
  status: 200,
  bytes: 2,
  agent: 'curl/8.5.0',
  micros: 9,
  module: 'Policy',
  operation: 'PatchInfraSegment',
  write: true,
  entity: 'seg1',
  before: { display_name: 'say "hello"' },
}

function matches(filter: Partial<AuditFilter>, changes: Partial<AuditRecord> = {}): boolean {
  const changed = { ...record, ...changes }
  const matcher = createMatcher({ surfaces, ...filter })
  const facets = facetsOf(changed)
  return (
    matcher.user(facets.user) &&
    matcher.operation(facets.operation) &&
    matcher.source(facets.source) &&
    matcher.class(facets) &&
    matcher.read(JSON.stringify(changed)) !== undefined
  )
}

test('names are compared whatever their case, and an asterisk stands for any characters', () => {
  for (const [user, expected] of [
    ['admin', true],
    ['ADMIN', true],
    ['adm', false],
    ['adm*', true],
    ['*min', true],
    ['a*m*n', true],
    ['*', true],
    ['**', true],
    ['a*', true],
    ['admin*admin', false],
    ['ad*dmin', false],
    ['*x*', false],
  ] as const) {
    assert.equal(matches({ user }), expected, user)
  }
})

test('a pattern that is made to be slow is not', () => {
  const began = performance.now()
  assert.equal(matches({ user: `${'a*'.repeat(60)}b` }, { user: 'a'.repeat(128) }), false)
  assert.ok(performance.now() - began < 100)
})

test('names are compared by their first 128 characters', () => {
  assert.ok(matches({ user: 'x'.repeat(128) }, { user: 'x'.repeat(64 * 1024) }))
})

test('all that is asked must hold', () => {
  assert.ok(matches({ user: 'admin', operation: '*segment', source: '10.*', outcomes: ['success'], write: true }))
  for (const filter of [
    { user: 'audit' },
    { operation: 'x' },
    { source: '11.*' },
    { outcomes: ['denied'] as const },
    { kinds: ['sign-in'] as const },
    { write: false },
    { surfaces: ['vcenter'] as const },
    { surfaces: [] },
    { exceptOperation: 'PatchInfraSegment' },
  ]) {
    assert.equal(matches({ user: 'admin', ...filter }), false, JSON.stringify(filter))
  }
})

test('a time range holds its beginning and not its end', () => {
  assert.ok(matches({ from: 1000, to: 1001 }))
  assert.ok(!matches({ from: 1001 }))
  assert.ok(!matches({ to: 1000 }))
})

test('a text is found in what a record tells, whatever its case, and not in the names of its fields', () => {
  for (const text of ['SEG1', 'say "hello"', 'display_name', '0d0f4a5e', 'curl/8.5', 'Policy', '200']) {
    assert.ok(matches({ text }), text)
  }
  for (const text of ['requestId', 'micros', 'seg2', 'say \\"hello']) assert.ok(!matches({ text }), text)
  assert.ok(matches({ text: '\u202enimda' }, { user: '\u202enimda' }))
  assert.ok(matches({ text: 'a\tb' }, { user: 'a\tb' }))
})

test('the outcome of a call is success, denial, failure, or known to nobody', () => {
  for (const [changes, expected] of [
    [{ status: 200 }, 'success'],
    [{ status: 401 }, 'denied'],
    [{ status: 403 }, 'denied'],
    [{ status: 404 }, 'failure'],
    [{ status: 500, error: 'NoPermission' }, 'denied'],
    [{ status: 500, error: 'NotFound' }, 'failure'],
    [{ status: 200, outcome: 'cut-off' }, 'unknown'],
  ] as const) {
    assert.equal(outcomeOf({ ...record, ...changes }), expected)
  }
})

test('what has no name is called by its command, or by method and path', () => {
  const { operation: _, ...nameless } = record
  for (const [changes, expected] of [
    [{ operation: 'LOGIN' }, 'LOGIN'],
    [{ method: 'GET', url: '/api/v1/node/users?secret=1' }, 'GET /api/v1/node/users'],
    [
      { method: 'POST', url: '/api/v1/node/users?x=1&action=create_user' },
      'POST /api/v1/node/users?action=create_user',
    ],
    [{ kind: 'console-command', method: 'SSH', url: 'get users' }, 'get users'],
    [{ kind: 'console-start', method: 'SSH', url: '' }, 'console-start'],
  ] as [Partial<AuditRecord>, string][]) {
    assert.equal(operationOf({ ...nameless, ...changes }), expected)
  }
})
