import assert from 'node:assert/strict'
import { test } from 'node:test'
import { basedOnWord, loadDictionary } from './dictionary.ts'

const words = new Set(['password', 'telling', 'lion', 'cat'])

test('a password is based on a word in any case, backwards, disguised, strewn with punctuation or with a little around it', () => {
  for (const [password, word] of [
    ['password', 'password'],
    ['PassWord', 'password'],
    ['drowssaP', 'password'],
    ['p@ssw0rd', 'password'],
    ['P4$5W0RD', 'password'],
    ['dr0w55@p', 'password'],
    ['p.a-s_s/w o,r;d', 'password'],
    ['+3lling', 'telling'],
    ['7elling', 'telling'],
    ['te11ing', 'telling'],
    ['te!!ing', 'telling'],
    ['tell1ng', 'telling'],
    ['tell!ng', 'telling'],
    ['l1on', 'lion'],
    ['1ion', 'lion'],
    ['n0i!', 'lion'],
    ['password123', 'password'],
    ['123password', 'password'],
    ['#1?password26!', 'password'],
    ['xyzDr0w$$@Pxyz', 'password'],
  ] as const) {
    assert.equal(basedOnWord(password, words), word, password)
  }
})

test('a password is not based on a word that it hides well, that is too short or that it only begins', () => {
  for (const password of [
    '',
    'cat',
    'cat1',
    'passwor',
    'password1234',
    '1234password',
    'wxyzlion',
    'lionpassword',
    'paXssword',
    'pas5wor',
    'Sallyport!Lab-2026',
  ]) {
    assert.equal(basedOnWord(password, words), undefined, password)
  }
})

test('nothing is based on a word of an empty dictionary', () => {
  assert.equal(basedOnWord('password', new Set()), undefined)
})

test('the dictionary knows common passwords, English words and names, all in lower case', async () => {
  const dictionary = await loadDictionary()
  for (const known of ['password', 'qwerty', 'dragon', 'welcome', 'because', 'jennifer', 'johnson']) {
    assert.ok(dictionary.has(known), known)
  }
  assert.deepEqual(
    [...dictionary].filter((word) => word !== word.toLowerCase()),
    [],
  )
  assert.equal(await loadDictionary(), dictionary)
})

test('the dictionary refuses what people choose and lets pass what a generator or the lab chooses', async () => {
  const dictionary = await loadDictionary()
  for (const weak of [
    'Password123!',
    'P@ssw0rd',
    'Welcome1!',
    'Qwerty123!',
    '!Jennifer85',
    'W3lc0m3!26',
    'Dr@gon2026',
  ]) {
    assert.ok(basedOnWord(weak, dictionary), weak)
  }
  for (const strong of ['Sallyport!Lab-2026', 'xK7#mQ2$vL9@', 'Zb4!wTq8?Rn6']) {
    assert.equal(basedOnWord(strong, dictionary), undefined, strong)
  }
})
