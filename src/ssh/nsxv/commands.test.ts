import assert from 'node:assert/strict'
import { test } from 'node:test'
import { match, readCommands } from '../console/match.ts'
import { leaves, readSyntax } from '../console/syntax.ts'
import { splitWords } from '../console/words.ts'
import { nsxvCommands } from './commands.ts'
import { everywhere } from './session.ts'
import { words } from './words.ts'

for (const mode of everywhere) {
  const commands = nsxvCommands.filter(({ modes }) => modes.includes(mode))
  const entries = readCommands(commands)

  test(`${mode} mode: the example of every command is a line that it takes`, () => {
    for (const command of commands) {
      const line = splitWords(command.example, false).words.map(({ text }) => text)
      const found = match(entries, line)
      assert.equal(found.kind, 'found', `${command.syntax}: ${JSON.stringify(found)}`)
      if (found.kind === 'found') assert.equal(found.command, command, command.syntax)
    }
  })
}

test('the shortest forms of the manual mean what they mean there, whatever else begins so', () => {
  for (const [mode, line, syntax] of [
    ['basic', 'en', 'enable'],
    ['privileged', 'conf t', 'configure terminal'],
    ['privileged', 'sh run', 'show running-config'],
    ['privileged', 'sh start', 'show startup-config'],
    ['privileged', 'wr m', 'write memory'],
    ['configuration', 'wr m', 'write memory'],
    ['privileged', 'ssh sto', 'ssh (start | stop)'],
  ] as const) {
    const entries = readCommands(nsxvCommands.filter(({ modes }) => modes.includes(mode)))
    const found = match(entries, line.split(' '))
    assert.equal(found.kind === 'found' && found.command.syntax, syntax, `${mode}: ${line} ${found.kind}`)
  }
})

test('every word has something that ? says of it, and nothing is said of words that there are not', () => {
  const used = new Set<string>()
  for (const { syntax, arguments: given, hidden } of nsxvCommands) {
    for (const leaf of leaves(readSyntax(syntax))) {
      if (leaf.kind === 'argument') assert.ok(given?.[leaf.name]?.help, `${syntax}: <${leaf.name}>`)
      else if (words[leaf.text]) used.add(leaf.text)
      else assert.ok(hidden, `${syntax}: ${leaf.text}`)
    }
  }
  assert.deepEqual(
    Object.keys(words).filter((word) => !used.has(word)),
    [],
  )
})

test('no command names an argument that its syntax has not', () => {
  for (const { syntax, arguments: given } of nsxvCommands) {
    const names = leaves(readSyntax(syntax)).flatMap((leaf) => (leaf.kind === 'argument' ? [leaf.name] : []))
    for (const name of Object.keys(given ?? {})) assert.ok(names.includes(name), `${syntax}: ${name}`)
  }
})

test('what is a password or a secret is masked', () => {
  for (const { syntax, arguments: given = {} } of nsxvCommands) {
    for (const [name, argument] of Object.entries(given)) {
      assert.equal(argument.secret === true, /^(password|hash|key|url)$/.test(name), `${syntax}: ${name}`)
    }
  }
})
