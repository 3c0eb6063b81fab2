import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agreeWithCedar } from '../../../../test/vcenter/cedar.ts'

/** `npm run conformance cedar` asks 20 000. */
const questions = 1200

test('the algorithm and the index answer what Cedar answers to the same rules said another way', () => {
  const allowed = agreeWithCedar(questions, 3)
  // Neither answer is the rare one.
  assert(allowed > questions / 10 && allowed < questions * 0.9, `${allowed} of ${questions} were allowed`)
})
