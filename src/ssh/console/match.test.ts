import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Command, oneOf, wholeNumber } from './command.ts'
import { candidates, match, readCommands } from './match.ts'
import { printSyntax, readSyntax } from './syntax.ts'

const password = { help: 'Password', secret: true } as const
const run = () => {}
const command = (syntax: string, more: Partial<Command<unknown>> = {}): Command<unknown> => ({
  syntax,
  summary: syntax,
  example: syntax,
  run,
  ...more,
})

const entries = readCommands([
  command('show running-config'),
  command('show (running-log | startup-config)'),
  command('show log [follow | last <count>]', { arguments: { count: wholeNumber('Lines', 1, 100) } }),
  command('add user <username> {full-name <name>, password <password>, password-reset-required}', {
    arguments: { password },
  }),
  command('add user audit {username <username>}'),
  command('set user <username> password [<password> [old-password <old>]]', {
    arguments: { password, old: password },
  }),
  command('set user <username> password-expiration <days>', { arguments: { days: wholeNumber('Days', 1, 9999) } }),
  command('set service <name> (enabled | disabled)', { arguments: { name: oneOf('Service', 'http', 'ssh') } }),
])

const words = (line: string) => line.split(' ').filter((word) => word !== '')

function read(line: string): string {
  const found = match(entries, words(line))
  switch (found.kind) {
    case 'found':
      return `${found.command.syntax} ${JSON.stringify(found.values)}`
    case 'invalid':
      return `invalid ${found.argument} ${found.value}: ${found.why}`
    case 'incomplete':
      return 'incomplete'
    default:
      return `${found.kind} ${found.candidates.join(',')}`
  }
}

for (const [line, meaning] of [
  ['show running-config', 'show running-config {}'],
  ['sh running-c', 'show running-config {}'],
  ['sho st', 'show (running-log | startup-config) {}'],
  ['show run', 'ambiguous running-config,running-log'],
  ['s', 'ambiguous show,set'],
  ['show', 'incomplete'],
  ['sing', 'unknown add,set,show'],
  ['show log now', 'unknown follow,last'],
  ['show log last 5 6', 'unknown '],
  ['show log last', 'incomplete'],
  ['show log last 101', 'invalid count 101: not a whole number from 1 to 100'],
  ['add user audit', 'add user audit {username <username>} {}'],
  [
    'add user aud',
    'add user <username> {full-name <name>, password <password>, password-reset-required} {"username":"aud"}',
  ],
  [
    'add user bo password-r passw x full Bo',
    'add user <username> {full-name <name>, password <password>, password-reset-required} {"username":"bo","password":"x","name":"Bo"}',
  ],
  ['add user bo full-name x full-name y', 'unknown password,password-reset-required'],
  ['set user bo password', 'set user <username> password [<password> [old-password <old>]] {"username":"bo"}'],
  ['set user bo password-e 30', 'set user <username> password-expiration <days> {"username":"bo","days":"30"}'],
  ['set user bo password-expiration never', 'invalid days never: not a whole number from 1 to 9999'],
  ['set service http en', 'set service <name> (enabled | disabled) {"name":"http"}'],
  ['set service ftp enabled', 'invalid name ftp: none of http, ssh'],
] as const) {
  test(`the line "${line}" is ${meaning}`, () => assert.equal(read(line), meaning))
}

test('secrets are known as such, in a line that is wrong too', () => {
  const shown = (line: string) =>
    match(entries, words(line))
      .read.map(({ text, secret }) => (secret ? '*' : text))
      .join(' ')
  assert.equal(shown('set user bo password hunter2 old-p hunter1'), 'set user bo password * old-password *')
  assert.equal(shown('set user bo password hunter2 hunter1'), 'set user bo password *')
  assert.equal(shown('add user bo password hunter2 extra'), 'add user bo password *')
})

test('what may come next is listed, words before arguments', () => {
  const next = (line: string) => {
    const found = candidates(entries, words(line), (word) => `help of ${word}`)
    return found && [...found.next.map(({ text }) => text), ...(found.end ? ['<cr>'] : [])].join(' ')
  }
  assert.equal(next(''), 'add set show')
  assert.equal(next('add user'), 'audit <username>')
  assert.equal(next('add user bo'), 'full-name password password-reset-required <cr>')
  assert.equal(next('show log'), 'follow last <cr>')
  assert.equal(next('show log last'), '<count>')
  assert.equal(next('show run'), undefined)
  assert.equal(next('no such'), undefined)
})

test('a syntax is printed as people know it', () => {
  const print = (text: string) => printSyntax(readSyntax(text), (name) => name.toUpperCase())
  assert.equal(print('show log [follow | last <n>]'), 'show log [follow | last N]')
  assert.equal(print('add <u> {a <x>, b}'), 'add U [a X] [b]')
  assert.equal(print('set <name> (on | off)'), 'set NAME (on | off)')
  assert.throws(() => readSyntax('a [b'))
  assert.throws(() => readSyntax('a ] b'))
})
