import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AccessError } from '../errors.ts'
import { type AuthPolicy, defaultAuthPolicy } from './auth-policy.ts'
import { complexityRules, requireAcceptablePassword } from './complexity.ts'
import { checkRules } from './rule.ts'

const dictionary = new Set(['password'])

function flawOf(password: string, changes: Partial<AuthPolicy> = {}, old?: string): string | undefined {
  try {
    requireAcceptablePassword(password, { ...defaultAuthPolicy, ...changes }, dictionary, old)
    return undefined
  } catch (error) {
    assert.ok(error instanceof AccessError)
    assert.equal(error.code, 'password_rejected')
    assert.match(error.message, /^BAD PASSWORD: The password /)
    return error.message.slice('BAD PASSWORD: The password '.length)
  }
}

const shorterThan = (length: number) => `is shorter than ${length} characters`

test('by default a password has 12 to 128 characters, one of each class at least', () => {
  for (const [password, flaw] of [
    ['Abcdefghij1!', undefined],
    ['Abcdefghi1!', shorterThan(12)],
    [`Ab1!${'xy'.repeat(62)}`, undefined],
    [`Ab1!${'xy'.repeat(62)}z`, 'is longer than 128 characters'],
    ['ABCDEFGHIJ1!', 'contains less than 1 lowercase characters'],
    ['abcdefghij1!', 'contains less than 1 uppercase characters'],
    ['Abcdefghijk!', 'contains less than 1 numeric characters'],
    ['Abcdefghijk1', 'contains less than 1 special characters'],
    ['Abcdefghij1 ', undefined],
    ['', 'contains less than 1 lowercase characters'],
  ] as const) {
    assert.equal(flawOf(password), flaw, password)
  }
})

test('a negative class field demands so many characters of the class', () => {
  for (const [field, name, enough, tooFew] of [
    ['lowerChars', 'lowercase', 'abcDEFGHIJ1!', 'abCDEFGHIJ1!'],
    ['upperChars', 'uppercase', 'ABCdefghij1!', 'ABcdefghij1!'],
    ['digits', 'numeric', 'Abcdefgh123!', 'Abcdefghi12!'],
    ['specialChars', 'special', 'Abcdefgh1!?-', 'Abcdefghi1!?'],
  ] as const) {
    assert.equal(flawOf(enough, { [field]: -3 }), undefined)
    assert.equal(flawOf(tooFew, { [field]: -3 }), `contains less than 3 ${name} characters`)
  }
})

test('a class field of 0 neither demands characters of the class nor gives credit for them', () => {
  const none = { lowerChars: 0, upperChars: 0, digits: 0, specialChars: 0 }
  for (const twelve of ['abcdefghijkl', 'ABCDEFGHIJKL', '132435465768', '!#%&/()=?+-_']) {
    assert.equal(flawOf(twelve, none), undefined, twelve)
    assert.equal(flawOf(twelve.slice(1), none), shorterThan(12), twelve)
  }
})

// The case the CLI guide works through.
test('with 2 for upper-case letters, the first two of them shorten the minimum of 12 by one each', () => {
  for (const [password, flaw] of [
    ['abcdefghij1!', undefined],
    ['abcdefghi1!', shorterThan(12)],
    ['Abcdefghi1!', undefined],
    ['Abcdefgh1!', shorterThan(11)],
    ['ABcdefgh1!', undefined],
    ['ABcdefg1!', shorterThan(10)],
    ['ABCdefgh1!', undefined],
    ['ABCdefg1!', shorterThan(10)],
  ] as const) {
    assert.equal(flawOf(password, { upperChars: 2 }), flaw, password)
  }
})

test('credits of several classes add up', () => {
  const credits = { lowerChars: 1, upperChars: 1, digits: 1, specialChars: 1 }
  for (const [password, flaw] of [
    ['aA1!aA2?', undefined],
    ['aA1aA2bB', shorterThan(9)],
    ['aA1aA2bBc', undefined],
    ['abababacac', shorterThan(11)],
    ['abababacacd', undefined],
  ] as const) {
    assert.equal(flawOf(password, credits), flaw, password)
  }
})

test('no policy and no credit allows fewer than 8 characters', () => {
  const generous = { minimumLength: 8, lowerChars: 128, upperChars: 0, digits: 0, specialChars: 0 }
  for (const minimumLength of [8, 12]) {
    assert.equal(flawOf('abcdefgh', { ...generous, minimumLength }), undefined)
    assert.equal(flawOf('abcdefg', { ...generous, minimumLength }), shorterThan(8))
  }
})

test('the lengths of the policy count at their edges', () => {
  const lengths = { minimumLength: 14, maximumLength: 16 }
  for (const [password, flaw] of [
    ['Abcdefghijk1!', shorterThan(14)],
    ['Abcdefghijkl1!', undefined],
    ['Abcdefghijklmn1!', undefined],
    ['Abcdefghijklmno1!', 'is longer than 16 characters'],
  ] as const) {
    assert.equal(flawOf(password, lengths), flaw, password)
  }
})

test('lengths and runs count code points, not bytes or UTF-16 units', () => {
  for (const [password, changes, flaw] of [
    ['Abcdefghij1😀', {}, undefined],
    ['Abcdefghi1😀', {}, shorterThan(12)],
    ['Abcdefghij1😀', { maximumLength: 12 }, undefined],
    ['Abcdefghij1😀', { specialChars: -2 }, 'contains less than 2 special characters'],
    ['Abcdefgh1😀😀x', { maxRepeats: 2 }, undefined],
    ['Abcdefgh1😀😀😀', { maxRepeats: 2 }, 'contains more than 2 same characters consecutively'],
    ['Abdfhjln1😀😁😂', { maxSequence: 2 }, 'contains a monotonic sequence longer than 2 characters'],
  ] as const) {
    assert.equal(flawOf(password, changes), flaw, password)
  }
})

test('max_repeats is the longest run of one character, and 0 allows any', () => {
  const flaw = 'contains more than 3 same characters consecutively'
  for (const [password, maxRepeats, expected] of [
    ['Abcdefgh1!!!', 3, undefined],
    ['Abcdefg1!!!!', 3, flaw],
    ['bbbbAcdefg1!', 3, flaw],
    ['Abcdbbbefg1!', 3, undefined],
    ['Abcdbbbbef1!', 3, flaw],
    ['AaAaAaAaAa1!', 1, undefined],
    ['Aab1!Aabb1!z', 1, 'contains more than 1 same characters consecutively'],
    ['Abbbbbbbbb1!', 0, undefined],
  ] as const) {
    assert.equal(flawOf(password, { maxRepeats }), expected, password)
  }
})

test('max_sequence is the longest run up or down, and 0 allows any', () => {
  const flaw = 'contains a monotonic sequence longer than 4 characters'
  for (const [password, maxSequence, expected] of [
    ['Axxkv1234!qm', 4, undefined],
    ['Axxkv12345!q', 4, flaw],
    ['Axkvfedc1!qm', 4, undefined],
    ['Axkvfedcb1!q', 4, flaw],
    ['12345Axkv!qm', 4, flaw],
    ['Axkv!qm98765', 4, flaw],
    ['Axkq1abcdcba!', 4, undefined],
    ['Axkqaaaaaa1!', 4, undefined],
    ['Axkq1a3c5e7!', 4, undefined],
    ['Axkq6789012!', 4, undefined],
    ['Abcdefghij12!', 0, undefined],
  ] as const) {
    assert.equal(flawOf(password, { maxSequence }), expected, password)
  }
})

test('minimum_unique_chars counts the characters that the old password does not have', () => {
  const flaw = 'has less than 5 characters that the old one does not have'
  for (const [password, minimumUniqueChars, old, expected] of [
    ['Abcdefghij1!VWXYZ', 5, 'Abcdefghij1!', undefined],
    ['Abcdefghij1!VWXY', 5, 'Abcdefghij1!', flaw],
    ['VAbWcdXefYghZij1!', 5, '!1jihgfedcbA', undefined],
    ['aBCDEFGHIJ1!', 5, 'Abcdefghij1!', undefined],
    ['Abcdefghij1!', 5, undefined, undefined],
    ['!1jihgfedcbA', 5, 'Abcdefghij1!', flaw],
    ['!1jihgfedcbA', 0, 'Abcdefghij1!', undefined],
  ] as const) {
    assert.equal(flawOf(password, { minimumUniqueChars }, old), expected, password)
  }
})

test('a password is not replaced by itself, whatever the policy says', () => {
  assert.equal(flawOf('Abcdefghij1!', {}, 'Abcdefghij1!'), 'is the same as the old one')
  assert.equal(flawOf('Abcdefghij1!', { minimumUniqueChars: 12 }, 'Abcdefghij1!'), 'is the same as the old one')
  assert.equal(flawOf('Abcdefghij1!', {}, 'abcdefghij1!'), undefined)
  assert.equal(flawOf('Abcdefghij1!', {}, ''), undefined)
})

test('a password that reads the same backwards is refused, whatever the case of its letters', () => {
  for (const [password, flaw] of [
    ['Abcde1!!1edcbA', 'is a palindrome'],
    ['Abcde1!1edcba', 'is a palindrome'],
    ['Abcde1😀1edcba', 'is a palindrome'],
    ['Abcde1!!1edcbx', undefined],
    ['Abcde1!1edcbax', undefined],
  ] as const) {
    assert.equal(flawOf(password), flaw, password)
  }
})

test('a password that is based on a word of the dictionary is refused', () => {
  const flaw = 'fails the dictionary check - it is based on a dictionary word'
  assert.equal(flawOf('P@ssw0rd!26', { minimumLength: 8 }), flaw)
  assert.equal(flawOf('Pxssw0rd!26', { minimumLength: 8 }), undefined)
})

test('of several rules that a password breaks, the first is told', () => {
  const strict = { maximumLength: 13, maxRepeats: 1, maxSequence: 1, minimumUniqueChars: 1 }
  for (const [password, flaw] of [
    ['aaa', 'contains less than 1 uppercase characters'],
    ['Aaa1!', shorterThan(12)],
    ['Abbbbbbbbbbb1!', 'is longer than 13 characters'],
    ['Abbabbabba1!', 'contains more than 1 same characters consecutively'],
    ['Abdbghjhjl1!', 'contains a monotonic sequence longer than 1 characters'],
    ['A!1dbdbd1!A', shorterThan(12)],
    ['A!1dbdbdb1!A', 'is the same as the old one'],
  ] as const) {
    assert.equal(flawOf(password, strict, 'A!1dbdbdb1!A'), flaw, password)
  }
})

test('every rule is told with whether it is met, and left open where the old password would be needed', () => {
  const policy = { ...defaultAuthPolicy, minimumUniqueChars: 2, maxRepeats: 1, upperChars: 2 }
  const told = (password: string, old?: string) =>
    checkRules(complexityRules(password, policy, dictionary, old)).map(({ field, met }) => [field, met])
  assert.deepEqual(told('ABcdefg1!aab'), [
    ['lowerChars', true],
    ['digits', true],
    ['specialChars', true],
    ['minimumLength', true],
    ['maximumLength', true],
    ['maxRepeats', false],
    ['old', undefined],
    ['minimumUniqueChars', undefined],
    ['palindrome', true],
    ['dictionary', true],
  ])
  const compared = Object.fromEntries(told('ABcdefg1!aab', 'ABcdefg1!aa'))
  assert.deepEqual([compared.old, compared.minimumUniqueChars], [true, false])
})

test('a rule says what it demands, the credits of what is there counted in', () => {
  const textOf = (password: string, changes: Partial<AuthPolicy>, field: string) =>
    complexityRules(password, { ...defaultAuthPolicy, ...changes }, dictionary).find((rule) => rule.field === field)
      ?.text
  assert.equal(textOf('', { digits: -1 }, 'digits'), 'At least 1 digit')
  assert.equal(textOf('', { digits: -3 }, 'digits'), 'At least 3 digits')
  assert.equal(textOf('', { digits: 0 }, 'digits'), undefined)
  assert.equal(textOf('ab', { upperChars: 2 }, 'minimumLength'), 'At least 12 characters')
  assert.equal(
    textOf('ABC', { upperChars: 2 }, 'minimumLength'),
    'At least 10 characters, 2 fewer than 12 for the kinds it has',
  )
  assert.equal(textOf('ABC', { upperChars: 2, minimumLength: 8 }, 'minimumLength'), 'At least 8 characters')
})
