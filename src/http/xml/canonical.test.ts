import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalXml } from './canonical.ts'
import { readXml } from './read.ts'

const read = (text: string) => readXml(Buffer.from(text))
const canonical = (text: string, ...inclusive: string[]) => canonicalXml(read(text), inclusive)

test('empty elements have an end tag, attributes their order, and values double quotes', () => {
  assert.equal(canonical(`<a  z='1'\n y="2"/>`), '<a y="2" z="1"></a>')
  const named = '<a xmlns:p="urn:z" xmlns:q="urn:a" p:b="1" q:c="2" d="3"/>'
  assert.equal(canonical(named), '<a xmlns:p="urn:z" xmlns:q="urn:a" d="3" q:c="2" p:b="1"></a>')
})

test('characters are written one way, comments not at all', () => {
  assert.equal(canonical('<a>x<!-- y -->&gt;<![CDATA[<&]]>&#13;"\r\n</a>'), '<a>x&gt;&lt;&amp;&#xD;"\n</a>')
  assert.equal(canonical('<a b="&#9;&#10;&#13;&lt;>&quot;\t"/>'), '<a b="&#x9;&#xA;&#xD;&lt;>&quot; "></a>')
})

test('a namespace is declared where it is used first, and again only where it changes', () => {
  const inner = '<p:b xmlns:p="urn:p"><p:c></p:c></p:b>'
  assert.equal(canonical('<a xmlns:p="urn:p" xmlns:q="urn:q"><p:b><p:c/></p:b></a>'), `<a>${inner}</a>`)
  assert.equal(
    canonical('<p:a xmlns:p="urn:1"><p:b xmlns:p="urn:2"><p:c xmlns:p="urn:1"/></p:b></p:a>'),
    '<p:a xmlns:p="urn:1"><p:b xmlns:p="urn:2"><p:c xmlns:p="urn:1"></p:c></p:b></p:a>',
  )
  assert.equal(canonical('<a xmlns="urn:a"><b xmlns=""/></a>'), '<a xmlns="urn:a"><b xmlns=""></b></a>')
  assert.equal(canonical('<a xmlns=""/>'), '<a></a>')
})

test('a part of a document has the namespaces that are declared around it', () => {
  const root = read('<a xmlns="urn:a" xmlns:p="urn:p" xmlns:q="urn:q"><p:b c="1"><d/></p:b></a>')
  const [part] = root.children
  assert(part)
  assert.equal(canonicalXml(part), '<p:b xmlns:p="urn:p" c="1"><d xmlns="urn:a"></d></p:b>')
  assert.equal(
    canonicalXml(part, ['q', 'none']),
    '<p:b xmlns:p="urn:p" xmlns:q="urn:q" c="1"><d xmlns="urn:a"></d></p:b>',
  )
})

test('the signature within is left out, and nothing else', () => {
  const root = read('<a>1<s>2</s>3<s>4</s></a>')
  assert.equal(canonicalXml(root, [], root.children[0]), '<a>13<s>4</s></a>')
})
