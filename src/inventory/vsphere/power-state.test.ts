import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AccessError } from '../../access/errors.ts'
import { powerStates } from './object.ts'
import { powerOperations, powerStateAfter } from './power-state.ts'

test('what an operation makes of a power state, or why it cannot', () => {
  const outcome = (operation: (typeof powerOperations)[number], state: (typeof powerStates)[number]) => {
    try {
      return powerStateAfter(operation, state, 'vm-1')
    } catch (error) {
      assert(error instanceof AccessError)
      assert.equal(error.details.objectId, 'vm-1')
      return error.code
    }
  }
  const table = Object.fromEntries(
    powerOperations.map((operation) => [operation, powerStates.map((state) => outcome(operation, state))]),
  )
  assert.deepEqual([...powerStates], ['poweredOn', 'poweredOff', 'suspended'])
  assert.deepEqual(table, {
    start: ['already_in_state', 'poweredOn', 'poweredOn'],
    stop: ['poweredOff', 'already_in_state', 'poweredOff'],
    suspend: ['suspended', 'wrong_state', 'already_in_state'],
    reset: ['poweredOn', 'wrong_state', 'wrong_state'],
  })
})
