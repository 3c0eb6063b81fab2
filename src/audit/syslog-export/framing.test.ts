import assert from 'node:assert/strict'
import { test } from 'node:test'
import { longestDatagram, longestFrame, octetCounted, splitLine } from './framing.ts'

const head = '<182>1 2026-03-02T08:15:04.117Z nsxmgr-a NSX 1702 - [nsx@6876 audit="true" username="a\\"\\]b"'
const split = (line: string, longest: number) => splitLine(line, longest, '1-7').map(String)

test('a frame is the length in octets, a space and the message', () => {
  assert.equal(octetCounted(Buffer.from('<1>1 x')).toString(), '6 <1>1 x')
  assert.equal(octetCounted(Buffer.from('€')).toString(), '3 €')
  assert.equal(octetCounted(Buffer.from('a\n5 <1>1 forged')).toString(), '15 a\n5 <1>1 forged')
})

test('a line that fits is sent as it is', () => {
  const line = `${head}] ${'x'.repeat(longestDatagram - head.length - 2)}`
  assert.equal(line.length, longestDatagram)
  assert.deepEqual(split(line, longestDatagram), [line])
  assert.equal(split(`${line}x`, longestDatagram).length, 2)
})

test('a longer one becomes several of at most that length, from which it can be put together again', () => {
  for (const [text, longest] of [
    ['x'.repeat(10_000), longestDatagram],
    ['€😀é'.repeat(3000), longestDatagram],
    ['] "x" splitId="1"] '.repeat(5000), longestFrame],
    ['y'.repeat(600_000), longestFrame],
  ] as const) {
    const messages = split(`${head}] ${text}`, longest)
    assert.ok(messages.length > 1)
    const parts = messages.map((message, index) => {
      assert.ok(Buffer.byteLength(message) <= longest)
      const start = `${head} splitId="1-7" splitIndex="${index + 1} of ${messages.length}"] `
      assert.ok(message.startsWith(start), message.slice(0, 200))
      return message.slice(start.length)
    })
    assert.equal(parts.join(''), text)
  }
})

test('a head that leaves no room for a message is cut, at the border of a character', () => {
  const [only = '', ...others] = split(
    `<182>1 t h NSX 1 - [nsx@6876 username="${'€'.repeat(2000)}"] x`,
    longestDatagram,
  )
  assert.deepEqual(others, [])
  assert.ok(Buffer.byteLength(only) <= longestDatagram && Buffer.byteLength(only) > longestDatagram - 3)
  assert.ok(!only.includes('\ufffd'))
})
