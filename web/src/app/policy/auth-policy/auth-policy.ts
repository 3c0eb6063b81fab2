import type { Values } from '../draft.ts'
import { counted, duration, type NumberRule } from '../number-rule.ts'

/** How many wrong passwords lock an account, and for how long. `api_…`: managers only. @see nsx-api.md 1.3 */
export const lockoutRules: readonly NumberRule[] = [
  {
    name: 'api_max_auth_failures',
    label: 'Wrong passwords that lock the API',
    unit: 'failures',
    minimum: 0,
    maximum: 50,
    default: 5,
    meaning: 'Counted for one account from one address, on each manager by itself.',
    zero: 'the API is never locked',
  },
  {
    name: 'api_failed_auth_reset_period',
    label: 'They must all fall within',
    unit: 'seconds',
    minimum: 0,
    maximum: 9000,
    default: 900,
    meaning: 'When so much time has passed since the first one, the count begins anew.',
    zero: 'they count together however old they are',
  },
  {
    name: 'api_failed_auth_lockout_period',
    label: 'The API stays locked for',
    unit: 'seconds',
    minimum: 0,
    maximum: 9000,
    default: 900,
    meaning: 'While it is locked, the right password is refused too, in the same words as a wrong one.',
    zero: 'the API is never locked',
  },
  {
    name: 'cli_max_auth_failures',
    label: 'Wrong passwords that lock the console',
    unit: 'failures',
    minimum: 0,
    maximum: 10,
    default: 5,
    meaning: 'On SSH consoles, for one account from one address.',
    zero: 'consoles are never locked',
  },
  {
    name: 'cli_failed_auth_lockout_period',
    label: 'The console stays locked for',
    unit: 'seconds',
    minimum: 0,
    maximum: 604_800,
    default: 900,
    meaning: 'Any attempt meanwhile, even with the right password, makes it begin anew.',
    zero: 'consoles are never locked',
  },
]

const sign =
  'Below 0: at least so many. Above 0: each one, up to so many, makes the minimum length one shorter. 0: they do not matter.'
const kind = (name: string, label: string, what: string): NumberRule => ({
  name,
  label,
  unit: 'characters',
  minimum: -128,
  maximum: 128,
  default: -1,
  meaning: `${what} ${sign}`,
})

/** What new passwords must be like. @see nsx-api.md 1.3, 1.4 */
export const passwordRules: readonly NumberRule[] = [
  {
    name: 'minimum_password_length',
    label: 'Minimum length',
    unit: 'characters',
    minimum: 8,
    maximum: 128,
    default: 12,
    meaning: 'Below 8 is never allowed, whatever makes it shorter.',
  },
  {
    name: 'maximum_password_length',
    label: 'Maximum length',
    unit: 'characters',
    minimum: 8,
    maximum: 128,
    default: 128,
    meaning: 'At least the minimum length.',
  },
  kind('lower_chars', 'Lower-case letters', 'Such as a to z.'),
  kind('upper_chars', 'Upper-case letters', 'Such as A to Z.'),
  kind('digits', 'Digits', '0 to 9.'),
  kind('special_chars', 'Other characters', 'Whatever is neither letter nor digit.'),
  {
    name: 'max_repeats',
    label: 'Longest run of one character',
    unit: 'characters',
    minimum: 0,
    maximum: 128,
    default: 0,
    meaning: 'Such as the three a of baaad.',
    zero: 'any',
  },
  {
    name: 'max_sequence',
    label: 'Longest sequence',
    unit: 'characters',
    minimum: 0,
    maximum: 128,
    default: 0,
    meaning: 'Such as 12345 or fedcb.',
    zero: 'any',
  },
  {
    name: 'minimum_unique_chars',
    label: 'Characters that the old password does not have',
    unit: 'characters',
    minimum: 0,
    maximum: 128,
    default: 0,
    meaning: 'Asked of those who give their old password with the new one.',
    zero: 'none is needed',
  },
  {
    name: 'password_remembrance',
    label: 'Passwords that may not be used again',
    unit: 'passwords',
    minimum: 0,
    maximum: 100,
    default: 0,
    meaning: 'The newest ones of the account, the one in use being the first.',
    zero: 'any may be used again',
  },
]

export const allRules = [...lockoutRules, ...passwordRules]

const labels: Record<string, string> = {
  ...Object.fromEntries(allRules.map(({ name, label }) => [name, label])),
  hash_algorithm: 'Hash algorithm',
}
export const labelOf = (name: string): string => labels[name] ?? name

export function textOf(name: string, value: unknown): string {
  const rule = allRules.find((one) => one.name === name)
  if (!rule) return String(value)
  const unit = rule.unit === 'seconds' ? ` (${duration(Number(value))})` : ''
  const zero = value === 0 && rule.zero !== undefined ? ` (${rule.zero})` : ''
  return `${value} ${rule.unit}${zero || unit}`
}

/** The resets and what each brings back. @see nsx-api.md 1.1 */
export const resets = [
  { action: 'reset-auth-policies', title: 'Reset the lockout rules', rules: lockoutRules, hash: false },
  { action: 'reset-pwd-complexity', title: 'Reset the password rules', rules: passwordRules, hash: true },
  { action: 'reset-all', title: 'Reset everything', rules: allRules, hash: true },
] as const
export type Reset = (typeof resets)[number]

/** What the policy is after a reset. */
export const afterReset = (policy: Values, { rules, hash }: Reset): Values => ({
  ...policy,
  ...Object.fromEntries(rules.map(({ name, default: value }) => [name, value])),
  ...(hash ? { hash_algorithm: 'sha512' } : {}),
})

const number = (policy: Values, name: string) => Number(policy[name] ?? 0)

function lockoutOf(policy: Values, way: 'api' | 'cli'): string {
  const what = way === 'api' ? 'the API' : 'the SSH console'
  const failures = number(policy, `${way}_max_auth_failures`)
  const lock = number(policy, `${way}_failed_auth_lockout_period`)
  if (failures === 0 || lock === 0) return `Wrong passwords never lock ${what}: passwords can be guessed without end.`
  const period = way === 'api' ? number(policy, 'api_failed_auth_reset_period') : 0
  const within = period > 0 ? ` within ${duration(period)}` : ''
  return `${counted(failures, 'wrong password')}${within} ${failures === 1 ? 'locks' : 'lock'} an account out of ${what} for ${duration(lock)}.`
}

/** The lockout rules of a policy as sentences. @param managers Whether it is the managers' policy: edges have no API. */
export const inWords = (policy: Values, managers: boolean): string[] => [
  ...(managers ? [lockoutOf(policy, 'api')] : []),
  lockoutOf(policy, 'cli'),
]

/** What a change does, as sentences. @see nsx-api.md 1.5 */
export function effectsOf(before: Values, after: Values, managers: boolean): string[] {
  const has = (test: (name: string) => boolean) =>
    Object.keys(after).some((name) => test(name) && after[name] !== before[name])
  const effects: string[] = []
  if (managers && has((name) => name.startsWith('api_'))) effects.push(lockoutOf(after, 'api'))
  if (has((name) => name.startsWith('cli_'))) effects.push(lockoutOf(after, 'cli'))
  for (const way of managers ? (['api', 'cli'] as const) : (['cli'] as const)) {
    const period = `${way}_failed_auth_lockout_period`
    if (number(after, period) < number(before, period)) {
      effects.push(
        `Accounts that are locked out of ${way === 'api' ? 'the API' : 'the SSH console'} now are free as soon as the shorter time is over.`,
      )
    }
  }
  if (has((name) => passwordRules.some((rule) => rule.name === name))) {
    effects.push('Passwords in use stay good. The next ones must keep the new rules.')
  }
  if (number(after, 'password_remembrance') > number(before, 'password_remembrance')) {
    const count = number(after, 'password_remembrance')
    effects.push(`Nobody can take one of their last ${counted(count, 'password')} again.`)
  }
  if (has((name) => name === 'hash_algorithm')) {
    effects.push('The hash algorithm is kept and shown. Passwords are stored as argon2id hashes whatever it says.')
  }
  effects.push(
    managers
      ? 'It counts at once on every manager of the cluster. Edges have policies of their own.'
      : 'It counts at once on this edge, and nowhere else.',
  )
  return effects
}
