import { AccessError } from '../errors.ts'

/**
 * How accounts of a realm may sign in and what their passwords must be like.
 *
 * Periods are in seconds. `0` in a maximum, a period or a count switches its rule off.
 * @see NSX REST API 9.0, AuthenticationPolicyProperties
 */
export interface AuthPolicy {
  apiLockoutPeriod: number
  /** Failures count together when all of them fall into this period; 0 means that they count together however old they are. */
  apiResetPeriod: number
  apiMaxFailures: number
  cliLockoutPeriod: number
  cliMaxFailures: number
  minimumLength: number
  maximumLength: number
  /** Negative: at least so many of the class. Positive: each of the class, up to so many, shortens the minimum length by one. */
  lowerChars: number
  upperChars: number
  digits: number
  specialChars: number
  /** Characters that the old password does not have. */
  minimumUniqueChars: number
  /** Longest run of one character. */
  maxRepeats: number
  /** Longest run such as `12345` or `fedcb`. */
  maxSequence: number
  /** How many of the newest passwords may not be used again, the one in use being the first. */
  remembrance: number
  /** Kept and shown for clients that set it. What is stored is an argon2id hash whatever it says. */
  hashAlgorithm: HashAlgorithm
}

export const hashAlgorithms = ['sha512', 'sha256'] as const
export type HashAlgorithm = (typeof hashAlgorithms)[number]

export type NumericPolicyField = Exclude<keyof AuthPolicy, 'hashAlgorithm'>
export type PolicyGroup = 'authentication' | 'complexity'

export interface PolicyRange {
  group: PolicyGroup
  minimum: number
  maximum: number
  default: number
}

const authentication = (maximum: number, value: number): PolicyRange => ({
  group: 'authentication',
  minimum: 0,
  maximum,
  default: value,
})
export const complexity = (minimum: number, maximum: number, value: number): PolicyRange => ({
  group: 'complexity',
  minimum,
  maximum,
  default: value,
})

/** Lengths below this are never allowed, whatever the policy says. */
export const absoluteMinimumLength = 8

export type PolicyRanges = Readonly<Record<NumericPolicyField, PolicyRange>>

/** Of NSX 9.0. @see nsx-api.md 1.3; the upper bounds of minimumUniqueChars, maxSequence and remembrance are inferred. */
export const policyRanges: PolicyRanges = {
  apiLockoutPeriod: authentication(9000, 900),
  apiResetPeriod: authentication(9000, 900),
  apiMaxFailures: authentication(50, 5),
  cliLockoutPeriod: authentication(604_800, 900),
  cliMaxFailures: authentication(10, 5),
  minimumLength: complexity(absoluteMinimumLength, 128, 12),
  maximumLength: complexity(absoluteMinimumLength, 128, 128),
  lowerChars: complexity(-128, 128, -1),
  upperChars: complexity(-128, 128, -1),
  digits: complexity(-128, 128, -1),
  specialChars: complexity(-128, 128, -1),
  minimumUniqueChars: complexity(0, 128, 0),
  maxRepeats: complexity(0, 128, 0),
  maxSequence: complexity(0, 128, 0),
  remembrance: complexity(0, 100, 0),
}

const rangeEntries = Object.entries(policyRanges) as [NumericPolicyField, PolicyRange][]

/** Tells which of the fields belong to a group; `hashAlgorithm` is one of the complexity fields. */
export const authenticationFields = rangeEntries.filter(([, r]) => r.group === 'authentication').map(([name]) => name)

export function defaultsOf(ranges: PolicyRanges): AuthPolicy {
  const numbers = Object.fromEntries(Object.entries(ranges).map(([name, range]) => [name, range.default]))
  return { ...(numbers as Record<NumericPolicyField, number>), hashAlgorithm: 'sha512' }
}

export const defaultAuthPolicy: Readonly<AuthPolicy> = Object.freeze(defaultsOf(policyRanges))

/** The policy with the fields of some groups back at their defaults. */
export function resetGroups(policy: AuthPolicy, groups: readonly PolicyGroup[], ranges = policyRanges): AuthPolicy {
  const fields = Object.entries(ranges).filter(([, range]) => groups.includes(range.group))
  const defaults = Object.fromEntries(fields.map(([name, range]) => [name, range.default]))
  const hashAlgorithm = groups.includes('complexity') ? defaultAuthPolicy.hashAlgorithm : policy.hashAlgorithm
  return { ...policy, ...defaults, hashAlgorithm }
}

/** @throws {AccessError} `invalid_field` when the lengths leave no password that could be chosen. */
export function requirePossibleLengths({ minimumLength, maximumLength }: AuthPolicy): void {
  if (minimumLength <= maximumLength) return
  throw new AccessError(
    'invalid_field',
    `value ${minimumLength} of property minimum_password_length is greater than ${maximumLength} of property maximum_password_length`,
    { field: 'minimum_password_length' },
  )
}
