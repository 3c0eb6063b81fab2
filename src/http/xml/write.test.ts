import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readXml } from './read.ts'
import { element, escapeXml } from './write.ts'

test('what is written is read back as it was', () => {
  for (const text of ['', 'a & b < c > d "e" \'f\'', ']]>', 'line\r\nline\ttab', 'öäü 日本 \u{1f600}', '&amp;']) {
    const xml = element('a', escapeXml(text), ` b="${escapeXml(text)}"`)
    const root = readXml(Buffer.from(xml))
    assert.equal(root.text, text)
    // A line feed in an attribute's value is read as a space. XML 1.0, 3.3.3
    assert.equal(root.attributes[0]?.value, text.replace(/[\n\t]/g, ' '))
  }
})

test('what XML cannot carry is replaced, so that one bad name spoils no answer', () => {
  assert.equal(escapeXml('a\0b\x1bc\ud800d\udc00e\ufffff'), 'a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf')
})
