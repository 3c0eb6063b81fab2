import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RequestError } from '../request-error.ts'
import { attribute } from './element.ts'
import { readXml } from './read.ts'

const read = (text: string) => readXml(Buffer.from(text))

function assertRefused(body: string | Buffer, reason: RegExp): void {
  assert.throws(
    () => readXml(Buffer.from(body)),
    (error) => {
      assert(error instanceof RequestError, String(error))
      assert.equal(error.code, 'body_malformed')
      assert.match(error.message, reason)
      return true
    },
  )
}

test('an element has its namespace, its attributes, its children and its text', () => {
  const root = read(
    '<?xml version="1.0" encoding="utf-8"?><!-- c --><s:a xmlns:s="urn:s" xmlns="urn:d" p="1" s:p="2">x<b/>&lt;<![CDATA[<y>]]>&#65;</s:a>',
  )
  assert.deepEqual([root.name, root.namespace, root.text], ['a', 'urn:s', 'x<<y>A'])
  assert.deepEqual([attribute(root, 'p'), attribute(root, 'p', 'urn:s'), attribute(root, 'q')], ['1', '2', undefined])
  assert.deepEqual(
    root.children.map(({ name, namespace }) => [name, namespace]),
    [['b', 'urn:d']],
  )
})

test('a document type is refused, whatever is in it', () => {
  const lol = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('')
  for (const text of [
    '<!DOCTYPE a><a/>',
    `<!DOCTYPE a [<!ENTITY l0 "lol">${lol}]><a>&l9;</a>`,
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    '<!DOCTYPE a [<!ENTITY % r SYSTEM "http://127.0.0.1/x.dtd"> %r;]><a/>',
  ]) {
    assertRefused(text, /document type/)
  }
  for (const text of ['<!DOCTYPE a [<!ENTITY x "y">', '<a><!DOCTYPE a></a>', '<!doctype a><a/>'])
    assertRefused(text, /./)
  assert.equal(read('<a><![CDATA[<!DOCTYPE a>]]></a>').text, '<!DOCTYPE a>')
})

test('there are no entities but those of XML itself', () => {
  assert.equal(read('<a>&amp;&lt;&gt;&quot;&apos;</a>').text, '&<>"\'')
  for (const name of ['nbsp', 'constructor', '__proto__', 'toString', '']) assertRefused(`<a>&${name};</a>`, /entity/)
})

test('processing instructions are refused', () => {
  for (const text of ['<?x y?><a/>', '<a><?x y?></a>', '<?xml-stylesheet href="x"?><a/>', '<a/><?x?>']) {
    assertRefused(text, /processing instruction/)
  }
})

test('only UTF-8 is read', () => {
  assert.equal(readXml(Buffer.from('\ufeff<a>ö</a>')).text, 'ö')
  assertRefused(Buffer.from([...Buffer.from('<a>'), 0xc3, 0x28, ...Buffer.from('</a>')]), /not UTF-8/)
  assertRefused(Buffer.from([...Buffer.from('<a>'), 0xc0, 0xbc, ...Buffer.from('</a>')]), /not UTF-8/)
  assertRefused(Buffer.from([...Buffer.from('<a>'), 0xed, 0xa0, 0x80, ...Buffer.from('</a>')]), /not UTF-8/)
  assertRefused(Buffer.from('\ufeff<a/>', 'utf16le'), /not UTF-8/)
  assertRefused(Buffer.from('<a/>', 'utf16le'), /./)
  assertRefused('<?xml version="1.0" encoding="UTF-16"?><a/>', /encoding/)
  assertRefused('<?xml version="1.0" encoding="ISO-8859-1"?><a/>', /encoding/)
  assertRefused('<?xml version="1.1"?><a/>', /XML 1.0/)
})

test('characters that XML cannot carry are refused, written out or by number', () => {
  for (const text of ['\0', '\x01', '\x1f', '\ufffe', '&#0;', '&#x1F;', '&#xD800;', '&#x110000;', '&#99999999999;']) {
    assertRefused(`<a>${text}</a>`, /character/)
  }
})

test('what is not well-formed is refused, and nothing of it is quoted', () => {
  for (const text of [
    '',
    ' ',
    'secret',
    '<a',
    '<a>',
    '<a></secret>',
    '<a><secret></a>',
    '<a/><secret/>',
    '<a/>secret',
    '<a secret="1" secret="2"/>',
    '<a xmlns:p="urn:secret" xmlns:q="urn:secret" p:b="1" q:b="2"/>',
    '<secret:a/>',
    '<a secret/>',
    '<a secret=1/>',
    '<a b="<secret"/>',
    '<a>]]>secret</a>',
    '<a><!-- -- secret --></a>',
    '<a>&secret;</a>',
    '<a>&secret</a>',
    '<a xmlns:xml="urn:secret"/>',
    '<1secret/>',
  ]) {
    assertRefused(text, /^(?!.*secret)/)
  }
})

test('names that mean something to JavaScript are names like others', () => {
  const root = read('<__proto__ __proto__="1" constructor="2"><toString/></__proto__>')
  assert.deepEqual(
    [root.name, attribute(root, '__proto__'), attribute(root, 'constructor'), root.children[0]?.name],
    ['__proto__', '1', '2', 'toString'],
  )
})

test('depth, elements and attributes are bounded', () => {
  const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth)
  assert.equal(read(nested(64)).name, 'a')
  assertRefused(nested(65), /64 levels/)
  assertRefused('<a>'.repeat(100_000), /64 levels/)
  assert.equal(read(`<a>${'<b/>'.repeat(49_999)}</a>`).children.length, 49_999)
  assertRefused(`<a>${'<b/>'.repeat(50_000)}</a>`, /50000 elements/)
  const attributes = (count: number) => `<a ${Array.from({ length: count }, (_, n) => `b${n}="1"`).join(' ')}/>`
  assert.equal(read(attributes(64)).attributes.length, 64)
  assertRefused(attributes(65), /64 attributes/)
})
