import type { NumericPolicyField } from '../../access/passwords/auth-policy.ts'

/** Fields of the authentication policy by the words that name them. @see nsx-api.md 10.1 */
export const lockoutFields = {
  api: {
    'lockout-period': 'apiLockoutPeriod',
    'lockout-reset-period': 'apiResetPeriod',
    'max-auth-failures': 'apiMaxFailures',
  },
  cli: { 'lockout-period': 'cliLockoutPeriod', 'max-auth-failures': 'cliMaxFailures' },
} as const satisfies Record<string, Record<string, NumericPolicyField>>

export type Side = keyof typeof lockoutFields

/** Whether a field is a time, in seconds. */
export const isPeriod = (word: string) => word.endsWith('period')
