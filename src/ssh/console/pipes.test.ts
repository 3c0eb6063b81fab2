import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPipeline, readFilters, splitPipes } from './pipes.ts'
import { splitWords } from './words.ts'

const partsOf = (line: string) => splitPipes(splitWords(line, true).words)
const shown = (line: string, ...pieces: string[]) => {
  const pipeline = createPipeline(readFilters(partsOf(line).slice(1)) ?? assert.fail(line))
  return pieces.map(pipeline.take).join('') + pipeline.end()
}

test('a | that stands alone and is not quoted ends the command', () => {
  for (const [line, parts] of [
    ['get users | find admin', ['get users', 'find admin']],
    ['get users | find a | count', ['get users', 'find a', 'count']],
    ['set user x password a|b', ['set user x password a|b']],
    ['set user x password "|"', ['set user x password |']],
    ['get users | find "a | b"', ['get users', 'find a | b']],
    ['| count', ['', 'count']],
    ['get users |', ['get users', '']],
  ] as const) {
    assert.deepEqual(
      partsOf(line).map((part) => part.map(({ text }) => text).join(' ')),
      parts,
      line,
    )
  }
})

test('find keeps the lines with a text, count says how many there are, and each works on what is left by the one before', () => {
  const text = ['one\ntwo\nth', 'ree\nno end']
  assert.equal(shown('x | find o', ...text), 'one\ntwo\nno end\n')
  assert.equal(shown('x | count', ...text), 'Count: 4 lines\n')
  assert.equal(shown('x | find o | count', ...text), 'Count: 3 lines\n')
  assert.equal(shown('x | find o | find n', ...text), 'one\nno end\n')
  assert.equal(shown('x | count | find Count', ...text), 'Count: 4 lines\n')
  assert.equal(shown('x | more', ...text), 'one\ntwo\nthree\nno end\n')
  assert.equal(shown('x | find O', ...text), '')
})

test('what is no filter, and a filter with words too many or too few, is none', () => {
  for (const line of ['x |', 'x | grep a', 'x | find', 'x | find a b', 'x | count 3', 'x | toString', 'x | find a |']) {
    assert.equal(readFilters(partsOf(line).slice(1)), undefined, line)
  }
})
