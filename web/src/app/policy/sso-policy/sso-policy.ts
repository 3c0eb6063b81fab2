import type { Values } from '../draft.ts'
import { counted, duration, type NumberRule } from '../number-rule.ts'

const atLeast = (name: string, label: string, what: string): NumberRule => ({
  name,
  label,
  unit: 'characters',
  minimum: 0,
  maximum: 32,
  default: 1,
  meaning: `At least so many. ${what}`,
})

/** What new passwords of vsphere.local must be like, and how long they live. */
export const passwordRules: readonly NumberRule[] = [
  {
    name: 'minimum_length',
    label: 'Minimum length',
    unit: 'characters',
    minimum: 8,
    maximum: 128,
    default: 8,
    meaning: 'Shorter passwords are refused.',
  },
  {
    name: 'maximum_length',
    label: 'Maximum length',
    unit: 'characters',
    minimum: 8,
    maximum: 128,
    default: 20,
    meaning: 'At least the minimum length, and room for all the characters below.',
  },
  atLeast('minimum_uppercase', 'Upper-case letters', 'Such as A to Z.'),
  atLeast('minimum_lowercase', 'Lower-case letters', 'Such as a to z.'),
  atLeast('minimum_digits', 'Digits', '0 to 9.'),
  atLeast('minimum_special', 'Other characters', 'Whatever is neither letter nor digit.'),
  {
    name: 'maximum_identical_adjacent',
    label: 'Longest run of one character',
    unit: 'characters',
    minimum: 0,
    maximum: 128,
    default: 3,
    meaning: 'Such as the three a of baaad.',
    zero: 'any',
  },
  {
    name: 'remembrance',
    label: 'Passwords that may not be used again',
    unit: 'passwords',
    minimum: 0,
    maximum: 24,
    default: 5,
    meaning: 'The newest ones of the user, the one in use among them.',
    zero: 'any may be used again',
  },
  {
    name: 'password_lifetime',
    label: 'A password is valid for',
    unit: 'days',
    minimum: 0,
    maximum: 9999,
    default: 90,
    meaning: 'When they are over, its user must change it before anything else.',
    zero: 'for ever',
  },
]

export const lockoutRules: readonly NumberRule[] = [
  {
    name: 'max_failures',
    label: 'Wrong passwords that lock a user',
    unit: 'failures',
    minimum: 0,
    maximum: 50,
    default: 5,
    meaning: 'Counted for one user from one address.',
    zero: 'users are never locked',
  },
  {
    name: 'failure_interval',
    label: 'They must all fall within',
    unit: 'seconds',
    minimum: 0,
    maximum: 86_400,
    default: 180,
    meaning: 'When so much time has passed since the first one, the count begins anew.',
    zero: 'they count together however old they are',
  },
  {
    name: 'lockout_period',
    label: 'A user stays locked for',
    unit: 'seconds',
    minimum: 0,
    maximum: 86_400,
    default: 300,
    meaning: 'While it lasts, the right password is refused too. Users can be unlocked before.',
    zero: 'users are never locked',
  },
]

export const allRules = [...passwordRules, ...lockoutRules]
const ruleOf = (name: string) => allRules.find((rule) => rule.name === name)
export const labelOf = (name: string): string => ruleOf(name)?.label ?? name

export function textOf(name: string, value: unknown): string {
  const rule = ruleOf(name)
  if (!rule) return String(value)
  const unit = rule.unit === 'seconds' ? ` (${duration(Number(value))})` : ''
  const zero = value === 0 && rule.zero !== undefined ? ` (${rule.zero})` : ''
  return `${value} ${rule.unit}${zero || unit}`
}

/** A user of vsphere.local, as far as the policy matters to them. */
export interface SsoUser {
  name: string
  disabled: boolean
  password_must_change: boolean
  password_changed: string
}

const dayInMs = 86_400_000

/** Who must change their password as soon as a password lives only so many days. */
export function expiredAt(lifetime: number, users: readonly SsoUser[], now: number): string[] {
  if (lifetime === 0) return []
  return users
    .filter((user) => !user.password_must_change && now >= Date.parse(user.password_changed) + lifetime * dayInMs)
    .map(({ name }) => name)
}

const number = (policy: Values, name: string) => Number(policy[name] ?? 0)

/** The lockout and the life of a password as sentences. */
export function inWords(policy: Values): string[] {
  const [failures, within, lock] = ['max_failures', 'failure_interval', 'lockout_period'].map((name) =>
    number(policy, name),
  ) as [number, number, number]
  const lifetime = number(policy, 'password_lifetime')
  return [
    failures === 0 || lock === 0
      ? 'Wrong passwords never lock a user: passwords can be guessed without end.'
      : `${counted(failures, 'wrong password')}${within > 0 ? ` within ${duration(within)}` : ''} ${failures === 1 ? 'locks' : 'lock'} a user for ${duration(lock)}.`,
    lifetime === 0
      ? 'A password never expires.'
      : `A password must be changed when it is ${counted(lifetime, 'day')} old.`,
  ]
}

const mostNamed = 10

/** What a change does, as sentences. */
export function effectsOf(before: Values, after: Values, users: readonly SsoUser[], now: number): string[] {
  const differs = (rules: readonly NumberRule[]) => rules.some(({ name }) => before[name] !== after[name])
  const effects: string[] = []
  const [lockout, life] = inWords(after) as [string, string]
  if (differs(lockoutRules)) effects.push(lockout)
  if (number(after, 'lockout_period') < number(before, 'lockout_period')) {
    effects.push('Users who are locked now are free as soon as the shorter time is over.')
  }
  if (before.password_lifetime !== after.password_lifetime) {
    effects.push(life)
    const names = expiredAt(number(after, 'password_lifetime'), users, now)
    const named = names.slice(0, mostNamed).join(', ')
    const others = names.length > mostNamed ? ` and ${names.length - mostNamed} others` : ''
    effects.push(
      names.length === 0
        ? 'No password in use is older than that.'
        : `${counted(names.length, 'password')} ${names.length === 1 ? 'is' : 'are'} older than that and must be changed at the next sign-in: ${named}${others}.`,
    )
  }
  if (differs(passwordRules.filter(({ name }) => name !== 'password_lifetime'))) {
    effects.push('Passwords in use stay good. The next ones must keep the new rules.')
  }
  effects.push(
    'It counts at once, for every user of vsphere.local. Users of directories keep the policy of their directory.',
  )
  return effects
}
