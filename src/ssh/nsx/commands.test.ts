import assert from 'node:assert/strict'
import { test } from 'node:test'
import { match, readCommands } from '../console/match.ts'
import { leaves, readSyntax } from '../console/syntax.ts'
import { splitWords } from '../console/words.ts'
import { nsxCommands } from './commands.ts'
import { words } from './words.ts'

const entries = readCommands(nsxCommands)

for (const command of nsxCommands) {
  test(`${command.syntax}: its example is a line that it takes`, () => {
    const line = splitWords(command.example, true)
    const found = match(
      entries,
      line.words.map(({ text }) => text),
    )
    assert.equal(found.kind, 'found', JSON.stringify(found))
    if (found.kind === 'found') assert.equal(found.command, command)
  })
}

test('every word has something that ? says of it, and nothing is said of words that there are not', () => {
  const used = new Set<string>()
  for (const command of nsxCommands) {
    for (const leaf of leaves(readSyntax(command.syntax))) {
      if (leaf.kind === 'argument') {
        assert.ok(command.arguments?.[leaf.name]?.help, `${command.syntax}: <${leaf.name}>`)
      } else if (!command.words?.[leaf.text]) {
        assert.ok(words[leaf.text], `${command.syntax}: ${leaf.text}`)
        used.add(leaf.text)
      }
    }
  }
  assert.deepEqual(
    Object.keys(words).filter((word) => !used.has(word)),
    [],
  )
})

test('no command names an argument that its syntax has not', () => {
  for (const command of nsxCommands) {
    const names = leaves(readSyntax(command.syntax)).flatMap((leaf) => (leaf.kind === 'argument' ? [leaf.name] : []))
    for (const name of Object.keys(command.arguments ?? {}))
      assert.ok(names.includes(name), `${command.syntax}: ${name}`)
  }
})

test('what is a password or a secret is masked', () => {
  for (const { syntax, arguments: given = {} } of nsxCommands) {
    for (const [name, argument] of Object.entries(given)) {
      const secret = /^(password|old-password|client-secret)$/.test(name)
      assert.equal(argument.secret === true, secret, `${syntax}: ${name}`)
    }
  }
})
