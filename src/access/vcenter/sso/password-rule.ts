import { AccessError } from '../../errors.ts'
import { counted, firstFlaw, type PasswordRule } from '../../passwords/rule.ts'
import type { SsoPolicy } from './policy.ts'

/**
 * Refuses a new password that the policy does not allow. Lengths count code points.
 *
 * @throws {AccessError} `password_rejected`, saying the first rule that it breaks.
 * @see vcenter-api.md 8, "password rule"
 */
export function requireAllowedPassword(password: string, policy: SsoPolicy): void {
  const flaw = firstFlaw(passwordRules(password, policy))
  if (flaw) throw new AccessError('password_rejected', `The password ${flaw}`, { field: 'password' })
}

/** The rules in the order in which they are put to a password. */
export function passwordRules(password: string, policy: SsoPolicy): PasswordRule[] {
  const characters = [...password]
  const { length } = characters
  const { minimumLength, maximumLength, maximumIdenticalAdjacent: most } = policy
  const rules: PasswordRule[] = [
    {
      field: 'minimumLength',
      text: `At least ${minimumLength} characters`,
      flaw: `is shorter than ${minimumLength} characters`,
      isMet: () => length >= minimumLength,
    },
    {
      field: 'maximumLength',
      text: `At most ${maximumLength} characters`,
      flaw: `is longer than ${maximumLength} characters`,
      isMet: () => length <= maximumLength,
    },
  ]
  const count = (pattern: RegExp) => characters.filter((c) => pattern.test(c)).length
  const upper = count(/\p{Lu}/u)
  const lower = count(/\p{Ll}/u)
  const digits = count(/\p{Nd}/u)
  const letters = count(/\p{L}/u)
  for (const [field, name, has, noun] of [
    ['minimumUppercase', 'upper-case', upper, 'upper-case letter'],
    ['minimumLowercase', 'lower-case', lower, 'lower-case letter'],
    ['minimumDigits', 'numeric', digits, 'digit'],
    ['minimumSpecial', 'special', length - letters - digits, 'other character'],
  ] as const) {
    const wanted = policy[field]
    if (wanted === 0) continue
    const text = `At least ${counted(wanted, noun)}`
    rules.push({ field, text, flaw: `has less than ${wanted} ${name} characters`, isMet: () => has >= wanted })
  }
  if (most > 0) {
    rules.push({
      field: 'maximumIdenticalAdjacent',
      text: `No character more than ${counted(most, 'time')} in a row`,
      flaw: `has more than ${most} identical characters in a row`,
      isMet: () => longestRun(characters) <= most,
    })
  }
  return rules
}

function longestRun(characters: readonly string[]): number {
  let longest = 0
  let run = 0
  for (const [index, character] of characters.entries()) {
    run = character === characters[index - 1] ? run + 1 : 1
    longest = Math.max(longest, run)
  }
  return longest
}
