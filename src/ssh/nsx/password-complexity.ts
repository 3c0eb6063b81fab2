import type { AuthPolicy, NumericPolicyField } from '../../access/passwords/auth-policy.ts'

/** The password rules by the words that name them, in the order in which the console asks for them. @see nsx-api.md 10.1 */
export const complexityFields: Record<string, { field: NumericPolicyField; asked: string }> = {
  'minimum-password-length': { field: 'minimumLength', asked: 'Minimum password length' },
  'maximum-password-length': { field: 'maximumLength', asked: 'Maximum password length' },
  'lower-chars': { field: 'lowerChars', asked: 'Lower characters' },
  'upper-chars': { field: 'upperChars', asked: 'Upper characters' },
  digits: { field: 'digits', asked: 'Numeric characters' },
  'special-chars': { field: 'specialChars', asked: 'Special characters' },
  'minimum-unique-chars': { field: 'minimumUniqueChars', asked: 'Minimum unique characters' },
  'max-repeats': { field: 'maxRepeats', asked: 'Allowed similar consecutives' },
  'max-sequence': { field: 'maxSequence', asked: 'Allowed monotonic sequence' },
  'password-remembrance': { field: 'remembrance', asked: 'Password remembrance' },
}

export const hashAlgorithmAsked = 'Hash algorithm'

function classRule(value: number, name: string): string[] {
  if (value < 0) return [`- minimum ${-value} ${name} characters`]
  return value > 0 ? [`- maximum ${value} ${name} characters that shorten the minimum length by one each`] : []
}

const rule = (value: number, text: (value: number) => string): string[] => (value > 0 ? [text(value)] : [])

/** The rules in force, a line each; what is not set is not printed. */
export function complexityLines(policy: AuthPolicy): string[] {
  return [
    `- minimum ${policy.minimumLength} characters in length`,
    `- maximum ${policy.maximumLength} characters in length`,
    ...classRule(policy.lowerChars, 'lowercase'),
    ...classRule(policy.upperChars, 'uppercase'),
    ...classRule(policy.digits, 'numeric'),
    ...classRule(policy.specialChars, 'special'),
    ...rule(policy.minimumUniqueChars, (n) => `- minimum ${n} unique characters`),
    ...rule(policy.maxRepeats, (n) => `- maximum ${n} consecutive repeated characters`),
    ...rule(policy.maxSequence, (n) => `- maximum ${n} characters in monotonic sequence`),
    ...rule(policy.remembrance, (n) => `- maximum ${n} passwords remembered`),
    '- default password complexity rules as enforced by the Linux PAM module',
  ]
}
