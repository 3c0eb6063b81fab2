import { AccessError } from '../errors.ts'
import { type AuthPolicy, absoluteMinimumLength } from './auth-policy.ts'
import { basedOnWord, type Dictionary } from './dictionary.ts'

/**
 * Refuses a new password that the policy does not allow. Lengths count code points.
 *
 * @param old The password it replaces, where the caller gave it.
 * @throws {AccessError} `password_rejected`, saying the first rule that it breaks.
 * @see nsx-api.md 1.4; pam_pwquality(8)
 */
export function requireAcceptablePassword(
  password: string,
  policy: AuthPolicy,
  dictionary: Dictionary,
  old?: string,
): void {
  const flaw = findFlaw(password, policy, dictionary, old)
  if (flaw) throw new AccessError('password_rejected', `BAD PASSWORD: ${flaw}`)
}

function findFlaw(password: string, policy: AuthPolicy, dictionary: Dictionary, old?: string): string | undefined {
  const characters = [...password]
  const length = characters.length
  const count = countClasses(characters)
  const classes = [
    ['lowercase', count.lower, policy.lowerChars],
    ['uppercase', count.upper, policy.upperChars],
    ['numeric', count.digit, policy.digits],
    ['special', count.special, policy.specialChars],
  ] as const

  for (const [name, has, wanted] of classes) {
    if (wanted < 0 && has < -wanted) return `The password contains less than ${-wanted} ${name} characters`
  }
  const credits = classes.reduce((sum, [, has, wanted]) => sum + (wanted > 0 ? Math.min(has, wanted) : 0), 0)
  if (length < absoluteMinimumLength || length + credits < policy.minimumLength) {
    return `The password is shorter than ${Math.max(absoluteMinimumLength, policy.minimumLength - credits)} characters`
  }
  if (length > policy.maximumLength) return `The password is longer than ${policy.maximumLength} characters`

  if (policy.maxRepeats > 0 && longestRun(characters, [0]) > policy.maxRepeats) {
    return `The password contains more than ${policy.maxRepeats} same characters consecutively`
  }
  if (policy.maxSequence > 0 && longestRun(characters, [1, -1]) > policy.maxSequence) {
    return `The password contains a monotonic sequence longer than ${policy.maxSequence} characters`
  }
  if (old !== undefined) {
    if (password === old) return 'The password is the same as the old one'
    const known = new Set(old)
    const unique = new Set(characters.filter((c) => !known.has(c))).size
    if (unique < policy.minimumUniqueChars) {
      return `The password has less than ${policy.minimumUniqueChars} characters that the old one does not have`
    }
  }
  const lower = characters.map((c) => c.toLowerCase())
  if (lower.every((c, i) => c === lower[length - 1 - i])) return 'The password is a palindrome'
  if (basedOnWord(password, dictionary)) {
    return 'The password fails the dictionary check - it is based on a dictionary word'
  }
  return undefined
}

function countClasses(characters: readonly string[]) {
  const count = { lower: 0, upper: 0, digit: 0, special: 0 }
  for (const c of characters) {
    if (/\p{Ll}/u.test(c)) count.lower++
    else if (/\p{Lu}/u.test(c)) count.upper++
    else if (/\p{Nd}/u.test(c)) count.digit++
    else count.special++
  }
  return count
}

/** Length of the longest run in which each character follows the one before it by the same one of `steps`. */
function longestRun(characters: readonly string[], steps: readonly number[]): number {
  const codes = characters.map((c) => c.codePointAt(0) as number)
  let longest = codes.length > 0 ? 1 : 0
  for (const step of steps) {
    let run = 1
    for (let i = 1; i < codes.length; i++) {
      run = codes[i] === (codes[i - 1] as number) + step ? run + 1 : 1
      if (run > longest) longest = run
    }
  }
  return longest
}
