import assert from 'node:assert/strict'
import { test } from 'node:test'
import { valueChanges } from '../../web/src/app/audit/value-changes.ts'

test('values stand side by side, those that changed first', () => {
  const before = { name: 'web', roles: [{ path: '/', role: 'auditor' }], old: 1 }
  const after = { name: 'web', roles: [{ path: '/', role: 'network_engineer' }], empty: [] }
  assert.deepEqual(valueChanges(before, after), [
    { path: 'roles[0].role', before: 'auditor', after: 'network_engineer', changed: true },
    { path: 'old', before: '1', after: undefined, changed: true },
    { path: 'empty', before: undefined, after: '[]', changed: true },
    { path: 'name', before: 'web', after: 'web', changed: false },
    { path: 'roles[0].path', before: '/', after: '/', changed: false },
  ])
})

test('what was made had no value, and what is gone has none', () => {
  assert.deepEqual(valueChanges(undefined, { id: 7 }), [{ path: 'id', before: undefined, after: '7', changed: true }])
  assert.deepEqual(valueChanges('a', undefined), [{ path: '', before: 'a', after: undefined, changed: true }])
  assert.deepEqual(valueChanges(undefined, undefined), [])
})

test('hostile objects are shown and take no time', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`)
  const [row] = valueChanges(undefined, deep)
  assert.ok(row && row.path.length < 50 && (row.after?.length ?? 0) > 5000)
  const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, n]))
  assert.equal(valueChanges(undefined, wide).length, 1)
  const proto = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": "x"}')
  assert.deepEqual(
    valueChanges(undefined, proto).map(({ path }) => path),
    ['__proto__.polluted', 'constructor'],
  )
})
