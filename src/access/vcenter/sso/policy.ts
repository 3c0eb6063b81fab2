import { AccessError } from '../../errors.ts'
import type { LockoutRule } from '../../sign-in/lockout.ts'

/**
 * How users of vCenter's own domain sign in and what their passwords must be like.
 *
 * @see vcenter-api.md 8, "password rule"
 */
export interface SsoPolicy {
  minimumLength: number
  maximumLength: number
  /** At least so many characters of the class. */
  minimumUppercase: number
  minimumLowercase: number
  minimumDigits: number
  minimumSpecial: number
  /** Longest run of one character; 0: any. */
  maximumIdenticalAdjacent: number
  /** How many of the newest passwords may not be used again, the one in use being the first. */
  remembrance: number
  /** Days until a password must be changed; 0: never. */
  passwordLifetime: number
  /** Failed sign-ins that lock an account; 0: never locked. */
  maxFailures: number
  /** Seconds into which they must all fall; 0: however old they are. */
  failureInterval: number
  /** Seconds; 0: never locked. */
  lockoutPeriod: number
}

export interface SsoPolicyRange {
  minimum: number
  maximum: number
  default: number
}

const range = (minimum: number, maximum: number, value: number): SsoPolicyRange => ({
  minimum,
  maximum,
  default: value,
})

/** The defaults are those of the sheet and, where it is silent, of vCenter's administration guide. Bounds are [inferred]. */
export const ssoPolicyRanges: Record<keyof SsoPolicy, SsoPolicyRange> = {
  minimumLength: range(8, 128, 8),
  maximumLength: range(8, 128, 20),
  minimumUppercase: range(0, 32, 1),
  minimumLowercase: range(0, 32, 1),
  minimumDigits: range(0, 32, 1),
  minimumSpecial: range(0, 32, 1),
  maximumIdenticalAdjacent: range(0, 128, 3),
  remembrance: range(0, 24, 5),
  passwordLifetime: range(0, 9999, 90),
  maxFailures: range(0, 50, 5),
  failureInterval: range(0, 86_400, 180),
  lockoutPeriod: range(0, 86_400, 300),
}

const entries = Object.entries(ssoPolicyRanges) as [keyof SsoPolicy, SsoPolicyRange][]

export const defaultSsoPolicy: Readonly<SsoPolicy> = Object.freeze(
  Object.fromEntries(entries.map(([name, { default: value }]) => [name, value])) as unknown as SsoPolicy,
)

export const lockoutRuleOf = ({ maxFailures, failureInterval, lockoutPeriod }: SsoPolicy): LockoutRule => ({
  maxFailures,
  resetPeriod: failureInterval,
  lockoutPeriod,
})

/** @throws {AccessError} `invalid_field` when no password could be chosen any more. */
export function requireSatisfiable(policy: SsoPolicy): void {
  const { minimumLength, maximumLength } = policy
  if (minimumLength > maximumLength) {
    throw new AccessError('invalid_field', `minimum_length: ${minimumLength} is greater than maximum_length`, {
      field: 'minimum_length',
    })
  }
  const characters = policy.minimumUppercase + policy.minimumLowercase + policy.minimumDigits + policy.minimumSpecial
  if (characters > maximumLength) {
    throw new AccessError(
      'invalid_field',
      `maximum_length: ${maximumLength} leaves no room for ${characters} characters`,
      {
        field: 'maximum_length',
      },
    )
  }
}
