import { AccessError } from '../../errors.ts'
import type { SsoPolicy } from './policy.ts'

/**
 * Refuses a new password that the policy does not allow. Lengths count code points.
 *
 * @throws {AccessError} `password_rejected`, saying the first rule that it breaks.
 * @see vcenter-api.md 8, "password rule"
 */
export function requireAllowedPassword(password: string, policy: SsoPolicy): void {
  const flaw = findFlaw([...password], policy)
  if (flaw) throw new AccessError('password_rejected', `The password ${flaw}`, { field: 'password' })
}

function findFlaw(characters: readonly string[], policy: SsoPolicy): string | undefined {
  const { length } = characters
  if (length < policy.minimumLength) return `is shorter than ${policy.minimumLength} characters`
  if (length > policy.maximumLength) return `is longer than ${policy.maximumLength} characters`

  const count = (pattern: RegExp) => characters.filter((c) => pattern.test(c)).length
  const upper = count(/\p{Lu}/u)
  const lower = count(/\p{Ll}/u)
  const digits = count(/\p{Nd}/u)
  const letters = count(/\p{L}/u)
  for (const [name, has, wanted] of [
    ['upper-case', upper, policy.minimumUppercase],
    ['lower-case', lower, policy.minimumLowercase],
    ['numeric', digits, policy.minimumDigits],
    ['special', length - letters - digits, policy.minimumSpecial],
  ] as const) {
    if (has < wanted) return `has less than ${wanted} ${name} characters`
  }

  const most = policy.maximumIdenticalAdjacent
  if (most > 0 && longestRun(characters) > most) return `has more than ${most} identical characters in a row`
  return undefined
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
