import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chainHash, chainStart } from './chain.ts'

/** The hashes of a journal that holds just these records. */
function chain(records: readonly string[]): string[] {
  const hashes: string[] = []
  for (const record of records) hashes.push(chainHash(hashes.at(-1) ?? chainStart, record))
  return hashes
}

const records = ['{"user":"admin","status":200}', '{"user":"audit","status":403}', '{"user":"admin","status":202}']

test('a journal starts from 64 zeros, and each hash is SHA-256 over the one before and the text of the record', () => {
  assert.equal(chainStart, '0000000000000000000000000000000000000000000000000000000000000000')
  for (const [previous, record, hash] of [
    [chainStart, '', '60e05bd1b195af2f94112fa7197a5c88289058840ce7c6df9693756bc6250f55'],
    [chainStart, '{}', '5508d2b710e64bc470079e1b211d9c58e21011e59d0559e422345dc19d659a75'],
    [
      '60e05bd1b195af2f94112fa7197a5c88289058840ce7c6df9693756bc6250f55',
      '{"user":"用户"}',
      'ee614ec9c4e3b31a96e06825cf343a96df266700ba2d12a051dd3f5c8968c26f',
    ],
  ] as const) {
    assert.equal(chainHash(previous, record), hash)
  }
})

test('the same records give the same chain, here and after every start', () => {
  assert.deepEqual(chain(records), chain([...records]))
})

test('a changed record changes its own hash and every one behind it', () => {
  const intact = chain(records)
  const changed = chain([records[0] as string, '{"user":"audit","status":200}', records[2] as string])
  assert.deepEqual(
    changed.map((hash, at) => hash === intact[at]),
    [true, false, false],
  )
})

test('records cannot be left out, put in, swapped or moved over their border without a trace', () => {
  const [first = '', second = '', third = ''] = records
  const last = chain(records).at(-1)
  for (const forged of [
    [first, second],
    [first, third],
    [second, third],
    [second, first, third],
    [first, second, second, third],
    [first + second, third],
    [first.slice(0, -1), first.slice(-1) + second, third],
    [first, second, `${third} `],
  ]) {
    assert.notEqual(chain(forged).at(-1), last, forged.join())
  }
})
