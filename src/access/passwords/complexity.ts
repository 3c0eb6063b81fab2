import { AccessError } from '../errors.ts'
import { type AuthPolicy, absoluteMinimumLength } from './auth-policy.ts'
import { basedOnWord, type Dictionary } from './dictionary.ts'
import { counted, firstFlaw, type PasswordRule } from './rule.ts'

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
  const flaw = firstFlaw(complexityRules(password, policy, dictionary, old))
  if (flaw) throw new AccessError('password_rejected', `BAD PASSWORD: The password ${flaw}`)
}

/** The rules in the order in which they are put to a password. What it is compared with, it cannot tell without `old`. */
export function complexityRules(
  password: string,
  policy: AuthPolicy,
  dictionary: Dictionary,
  old?: string,
): PasswordRule[] {
  const characters = [...password]
  const length = characters.length
  const count = countClasses(characters)
  const classes = [
    ['lowerChars', 'lowercase', count.lower, 'lower-case letter'],
    ['upperChars', 'uppercase', count.upper, 'upper-case letter'],
    ['digits', 'numeric', count.digit, 'digit'],
    ['specialChars', 'special', count.special, 'other character'],
  ] as const
  const rules: PasswordRule[] = []
  const add = (field: string, text: string, flaw: string, isMet: () => boolean | undefined) =>
    rules.push({ field, text, flaw, isMet })

  for (const [field, name, has, noun] of classes) {
    const wanted = -policy[field]
    if (wanted <= 0) continue
    add(
      field,
      `At least ${counted(wanted, noun)}`,
      `contains less than ${wanted} ${name} characters`,
      () => has >= wanted,
    )
  }

  const credits = classes.reduce((sum, [field, , has]) => sum + Math.min(has, Math.max(0, policy[field])), 0)
  const shortest = Math.max(absoluteMinimumLength, policy.minimumLength - credits)
  const shortened = credits > 0 ? `, ${credits} fewer than ${policy.minimumLength} for the kinds it has` : ''
  add(
    'minimumLength',
    `At least ${shortest} characters${shortest < policy.minimumLength ? shortened : ''}`,
    `is shorter than ${shortest} characters`,
    () => length >= shortest,
  )
  const { maximumLength, maxRepeats, maxSequence, minimumUniqueChars } = policy
  add(
    'maximumLength',
    `At most ${maximumLength} characters`,
    `is longer than ${maximumLength} characters`,
    () => length <= maximumLength,
  )
  if (maxRepeats > 0) {
    add(
      'maxRepeats',
      `No character more than ${counted(maxRepeats, 'time')} in a row`,
      `contains more than ${maxRepeats} same characters consecutively`,
      () => longestRun(characters, [0]) <= maxRepeats,
    )
  }
  if (maxSequence > 0) {
    add(
      'maxSequence',
      `No sequence such as 4567 or dcba of more than ${counted(maxSequence, 'character')}`,
      `contains a monotonic sequence longer than ${maxSequence} characters`,
      () => longestRun(characters, [1, -1]) <= maxSequence,
    )
  }
  add('old', 'Another one than the password that it replaces', 'is the same as the old one', () =>
    old === undefined ? undefined : password !== old,
  )
  if (minimumUniqueChars > 0) {
    add(
      'minimumUniqueChars',
      `At least ${counted(minimumUniqueChars, 'character')} that the password that it replaces does not have`,
      `has less than ${minimumUniqueChars} characters that the old one does not have`,
      () => (old === undefined ? undefined : charactersBeyond(old, characters) >= minimumUniqueChars),
    )
  }
  add('palindrome', 'Not the same when read backwards', 'is a palindrome', () => !isPalindrome(characters))
  add(
    'dictionary',
    'Not based on a well-known password, a word or a name',
    'fails the dictionary check - it is based on a dictionary word',
    () => basedOnWord(password, dictionary) === undefined,
  )
  return rules
}

function charactersBeyond(old: string, characters: readonly string[]): number {
  const known = new Set(old)
  return new Set(characters.filter((c) => !known.has(c))).size
}

function isPalindrome(characters: readonly string[]): boolean {
  const lower = characters.map((c) => c.toLowerCase())
  return lower.every((c, i) => c === lower[lower.length - 1 - i])
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
