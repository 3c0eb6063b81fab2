import assert from 'node:assert/strict'
import { test } from 'node:test'
import { objectNumberOf, uuidOf } from './uuid.ts'

const [here, elsewhere] = ['3e9852e4-034e-4a74-92ce-891f2d880a4f', 'b14832cd-585a-4646-a17a-986e6bb9cc1d']

test('an object has one UUID for ever, which leads back to it in its own vCenter alone', () => {
  const uuid = uuidOf(here, 'vm-1234567')
  assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(uuidOf(here, 'vm-1234567'), uuid)
  assert.notEqual(uuidOf(here, 'vm-1234568'), uuid)
  assert.notEqual(uuidOf(elsewhere, 'vm-1234567'), uuid)
  assert.equal(objectNumberOf(here, uuid.toUpperCase()), 1234567)
  assert.equal(objectNumberOf(elsewhere, uuid), undefined)
  for (const text of ['', 'x', uuid.slice(0, -1), `${uuid}0`, `${uuid.slice(0, -1)}g`]) {
    assert.equal(objectNumberOf(here, text), undefined)
  }
})
