import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNumberedIds } from './numbered-ids.ts'

test('ids of every form have their own number, and what looks like one has none', () => {
  const ids = createNumberedIds()
  // 'Aa' and 'BB' have the same sum.
  const known = ['vm-1', 'vm-10', 'vm-01', 'vm-0', 'vm-00', 'Aa-1', 'BB-1', 'BB-2', 'resgroup-v1', 'resgroup-1']
  known.push('GlobalAcl', '17', '', 'vm-1-2', 'vm-9999999', 'vm-12345678901234567890', 'vm-1٣', 'été-5', 'a1b2')
  for (const [at, id] of known.entries()) ids.set(id, at + 1)
  for (const [at, id] of known.entries()) assert.equal(ids.get(id), at + 1, id)
  for (const id of [
    'vm-2',
    'vm-001',
    'vm-1 ',
    ' vm-1',
    'VM-1',
    'vm1',
    'vm-',
    'vm-1.0',
    'Aa-2',
    'BB-3',
    'AaBB-1',
    'host-1',
  ]) {
    assert.equal(ids.get(id), 0, id)
  }
  ids.clear()
  for (const id of known) assert.equal(ids.get(id), 0, id)
})
