import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Fields, fieldsOf, flagOf, integerOf, manyOf, parseXmlBody, textOf } from './body.ts'

const parse = (text: string) => parseXmlBody(Buffer.from(text))
const malformed = { code: 'body_malformed' }

test('an access control entry reads the same in XML and in JSON', () => {
  const xml = parse(
    '<?xml version="1.0"?><accessControlEntry><role> auditor </role><resource><resourceId>edge-7</resourceId></resource><resource><resourceId>edge-8</resourceId></resource></accessControlEntry>',
  )
  const json = { role: 'auditor', resource: [{ resourceId: 'edge-7' }, { resourceId: 'edge-8' }] }
  for (const fields of [fieldsOf(xml, true, 'accessControlEntry'), fieldsOf(json, false, 'accessControlEntry')]) {
    assert.equal(textOf(fields, 'role'), 'auditor')
    assert.deepEqual(
      manyOf(fields, 'resource').map((resource) => textOf(resource, 'resourceId')),
      ['edge-7', 'edge-8'],
    )
  }
})

test('one element, none and an empty one are one and none', () => {
  const resources = (inner: string) => manyOf(fieldsOf(parse(`<a><role>x</role>${inner}</a>`), true, 'a'), 'resource')
  assert.equal(resources('<resource><resourceId>x</resourceId></resource>').length, 1)
  assert.equal(resources('').length, 0)
  assert.equal(resources('<resource/>').length, 0)
  assert.throws(() => resources('<resource>x</resource>'), malformed)
})

test('another root, no root, no elements and namespaces are refused', () => {
  for (const text of ['<b><role>x</role></b>', '<a/>', '<a>x</a>', '<toString/>']) {
    assert.throws(() => fieldsOf(parse(text), true, 'a'), malformed, text)
  }
  assert.throws(() => parse('<a xmlns="urn:x"><role>x</role></a>'), malformed)
  for (const body of [undefined, null, [], 'x', 1]) assert.throws(() => fieldsOf(body, false, 'a'), malformed)
  assert.equal(parse(''), undefined)
})

test('what a member must be is said with its name', () => {
  const fields: Fields = { text: 'a', number: '12', flag: 'true', nothing: null, list: ['a'] }
  assert.throws(() => textOf(fields, 'role'), /role is missing/)
  assert.throws(() => textOf(fields, 'nothing'), /nothing is missing/)
  assert.throws(() => textOf(fields, 'constructor'), /constructor is missing/)
  assert.throws(() => textOf(fields, 'list'), malformed)
  assert.equal(integerOf(fields, 'number'), 12)
  assert.throws(() => integerOf(fields, 'text'), /text is missing or no whole number/)
  assert.equal(flagOf(fields, 'flag'), true)
  assert.throws(() => flagOf(fields, 'number'), /neither true nor false/)
})

test('names that mean something to JavaScript are members like others', () => {
  const fields = fieldsOf(parse('<a><__proto__><role>x</role></__proto__><role>y</role></a>'), true, 'a')
  assert.equal(textOf(fields, 'role'), 'y')
  assert.equal(Object.getPrototypeOf(fields), Object.prototype)
  assert.throws(() => fieldsOf(parse('<__proto__><role>x</role></__proto__>'), true, 'constructor'), malformed)
})
