import { Type } from 'typebox'
import {
  type AuthPolicy,
  hashAlgorithms,
  type NumericPolicyField,
  type PolicyRanges,
} from '../../access/passwords/auth-policy.ts'

/** How the policy's numbers are called on the wire. */
export const wireNames: Record<NumericPolicyField, string> = {
  apiLockoutPeriod: 'api_failed_auth_lockout_period',
  apiResetPeriod: 'api_failed_auth_reset_period',
  apiMaxFailures: 'api_max_auth_failures',
  cliLockoutPeriod: 'cli_failed_auth_lockout_period',
  cliMaxFailures: 'cli_max_auth_failures',
  digits: 'digits',
  lowerChars: 'lower_chars',
  maxRepeats: 'max_repeats',
  maxSequence: 'max_sequence',
  maximumLength: 'maximum_password_length',
  minimumLength: 'minimum_password_length',
  minimumUniqueChars: 'minimum_unique_chars',
  remembrance: 'password_remembrance',
  specialChars: 'special_chars',
  upperChars: 'upper_chars',
}
export const policyFields = Object.entries(wireNames) as [NumericPolicyField, string][]

/** The schemas of the numbers, by their names on the wire. */
export const policyNumbers = (ranges: PolicyRanges) =>
  Object.fromEntries(
    policyFields.map(([name, wire]) => {
      const { minimum, maximum, default: value } = ranges[name]
      return [wire, Type.Integer({ minimum, maximum, default: value })]
    }),
  )
export const hash_algorithm = Type.Enum([...hashAlgorithms])

/** What a body gives of a policy. */
export const sentPolicy = (sent: Record<string, unknown>): Partial<AuthPolicy> =>
  Object.fromEntries(
    policyFields.filter(([, wire]) => sent[wire] !== undefined).map(([name, wire]) => [name, sent[wire]]),
  )
