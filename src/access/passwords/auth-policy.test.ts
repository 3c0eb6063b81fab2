import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type AuthPolicy,
  authenticationFields,
  defaultAuthPolicy,
  hashAlgorithms,
  policyRanges,
  resetGroups,
} from './auth-policy.ts'

const expected = [
  ['apiLockoutPeriod', 'authentication', 0, 9000, 900],
  ['apiResetPeriod', 'authentication', 0, 9000, 900],
  ['apiMaxFailures', 'authentication', 0, 50, 5],
  ['cliLockoutPeriod', 'authentication', 0, 604_800, 900],
  ['cliMaxFailures', 'authentication', 0, 10, 5],
  ['minimumLength', 'complexity', 8, 128, 12],
  ['maximumLength', 'complexity', 8, 128, 128],
  ['lowerChars', 'complexity', -128, 128, -1],
  ['upperChars', 'complexity', -128, 128, -1],
  ['digits', 'complexity', -128, 128, -1],
  ['specialChars', 'complexity', -128, 128, -1],
  ['minimumUniqueChars', 'complexity', 0, 128, 0],
  ['maxRepeats', 'complexity', 0, 128, 0],
  ['maxSequence', 'complexity', 0, 128, 0],
  ['remembrance', 'complexity', 0, 100, 0],
] as const

const authentication = [
  'apiLockoutPeriod',
  'apiResetPeriod',
  'apiMaxFailures',
  'cliLockoutPeriod',
  'cliMaxFailures',
] as const

/** No field is at its default. */
const changed: Readonly<AuthPolicy> = Object.freeze({
  apiLockoutPeriod: 1,
  apiResetPeriod: 2,
  apiMaxFailures: 3,
  cliLockoutPeriod: 4,
  cliMaxFailures: 6,
  minimumLength: 20,
  maximumLength: 60,
  lowerChars: 1,
  upperChars: 2,
  digits: 3,
  specialChars: 4,
  minimumUniqueChars: 5,
  maxRepeats: 6,
  maxSequence: 7,
  remembrance: 8,
  hashAlgorithm: 'sha256',
})

test('every field of the auth policy has its range and its default', () => {
  assert.deepEqual(
    Object.entries(policyRanges).map(([name, { group, minimum, maximum, default: value }]) => [
      name,
      group,
      minimum,
      maximum,
      value,
    ]),
    expected,
  )
  assert.deepEqual(hashAlgorithms, ['sha512', 'sha256'])
  assert.deepEqual(defaultAuthPolicy, {
    ...Object.fromEntries(expected.map(([name, , , , value]) => [name, value])),
    hashAlgorithm: 'sha512',
  })
})

test('the api and cli fields are the authentication fields', () => {
  assert.deepEqual(authenticationFields, authentication)
})

test('reset-auth-policies returns the five authentication fields to their defaults and no other', () => {
  assert.deepEqual(resetGroups(changed, ['authentication']), {
    ...changed,
    apiLockoutPeriod: 900,
    apiResetPeriod: 900,
    apiMaxFailures: 5,
    cliLockoutPeriod: 900,
    cliMaxFailures: 5,
  })
})

test('reset-pwd-complexity returns the eleven password fields to their defaults and no other', () => {
  assert.deepEqual(resetGroups(changed, ['complexity']), {
    ...defaultAuthPolicy,
    apiLockoutPeriod: 1,
    apiResetPeriod: 2,
    apiMaxFailures: 3,
    cliLockoutPeriod: 4,
    cliMaxFailures: 6,
  })
})

test('reset-all returns every field to its default', () => {
  assert.deepEqual(resetGroups(changed, ['authentication', 'complexity']), defaultAuthPolicy)
  assert.deepEqual(resetGroups(changed, []), changed)
})
