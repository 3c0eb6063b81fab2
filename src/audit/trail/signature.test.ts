import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addText, emptySignature, folded, mayContain } from './signature.ts'

const signatureOf = (...texts: string[]) => {
  const signature = emptySignature()
  for (const text of texts) addText(signature, text)
  return folded(signature)
}

test('a text that is there is never said to be missing', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), fc.nat(), fc.nat(), (texts, at, length) => {
      const signature = signatureOf(...texts)
      for (const text of texts) {
        assert.ok(mayContain(signature, text))
        assert.ok(mayContain(signature, text.slice(at % (text.length + 1)).slice(0, length)))
      }
    }),
    { numRuns: 20 },
  )
})

test('a text that is not there is mostly said to be missing', () => {
  const ids = Array.from({ length: 2000 }, () => crypto.randomUUID())
  const signature = signatureOf(...ids)
  const found = Array.from({ length: 1000 }, () => crypto.randomUUID()).filter((id) => mayContain(signature, id))
  assert.ok(found.length < 50, `${found.length} of 1000`)
})

test('a text that is shorter than what is remembered may be anywhere', () => {
  assert.ok(mayContain(signatureOf('the quick brown fox'), 'zzz'))
  assert.ok(!mayContain(signatureOf('the quick brown fox'), 'zzzz'))
})

test('the signature of few texts is small', () => {
  assert.equal(signatureOf().length, 8)
  assert.ok(signatureOf('admin', '10.0.0.1', 'get /api/v1/node/users').length <= 64)
})
