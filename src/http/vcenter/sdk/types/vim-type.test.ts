import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AccessError } from '../../../../access/errors.ts'
import { RequestError } from '../../../request-error.ts'
import { readXml } from '../../../xml/read.ts'
import { anyType, boolean, dateTime, int, reference, string } from './basic.ts'
import { dataObject, derived, list, optional, readFields, writeFields, writeValue } from './vim-type.ts'

const inner = dataObject('Inner', { id: int, refs: list(reference) })
const fields = { name: string, flag: optional(boolean), tags: list(string), inner: optional(inner) }
const outer = dataObject('Outer', fields)

const read = (xml: string) =>
  readFields(
    fields,
    readXml(Buffer.from(`<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${xml}</a>`)).children,
    '',
  )

test('fields are written in their order, and lists as elements of one name', () => {
  const value = { tags: ['a', 'b'], name: '<x>', inner: { refs: [{ type: 'Folder', id: 'group-d1' }], id: -1 } }
  const xml =
    '<name>&lt;x&gt;</name><tags>a</tags><tags>b</tags><inner><id>-1</id><refs type="Folder">group-d1</refs></inner>'
  assert.equal(writeFields(fields, value), xml)
  assert.deepEqual(read(xml), value)
  assert.throws(() => writeFields(fields, { tags: [] } as never), /name has no value/)
})

test('what stands by itself says what it is, and so does what is derived', () => {
  const any = (type: Parameters<typeof writeValue>[0], value: unknown) => writeValue(anyType, 'val', { type, value })
  assert.equal(any(string, 'x'), '<val xsi:type="xsd:string">x</val>')
  assert.equal(any(list(int), [1, 2]), '<val xsi:type="ArrayOfInt"><int>1</int><int>2</int></val>')
  assert.equal(any(list(reference), []), '<val xsi:type="ArrayOfManagedObjectReference"/>')
  const type = '<val type="Folder" xsi:type="ManagedObjectReference">group-d1</val>'
  assert.equal(any(reference, { type: 'Folder', id: 'group-d1' }), type)
  const items = '<val xsi:type="ArrayOfInner"><Inner><id>1</id></Inner></val>'
  assert.equal(any(list(inner), [{ id: 1, refs: [] }]), items)
  assert.equal(writeValue(derived(inner), 'val', { id: 1, refs: [] }), '<val xsi:type="Inner"><id>1</id></val>')
  assert.equal(writeValue(dateTime, 'at', Date.UTC(2026, 10, 22)), '<at>2026-11-22T00:00:00.000Z</at>')
})

test('elements are read in any order; what is wrong is named by its path', () => {
  assert.deepEqual(read('<tags>a</tags><name> x </name><tags/>'), { name: ' x ', tags: ['a', ''] })
  assert.deepEqual(read('<name>x</name><flag xsi:nil="true"/>'), { name: 'x', tags: [] })
  for (const [text, value] of [
    ['true', true],
    [' 1 ', true],
    ['false', false],
    ['0', false],
  ] as const) {
    assert.equal(read(`<name/><flag>${text}</flag>`).flag, value)
  }
  for (const [xml, field] of [
    ['', 'name'],
    ['<name/><flag>maybe</flag>', 'flag'],
    ['<name/><inner/>', 'inner.id'],
    ['<name/><inner><id>2147483648</id></inner>', 'inner.id'],
    ['<name/><inner><id>0x1</id></inner>', 'inner.id'],
    ['<name/><inner><id>1</id><refs>x</refs><refs/></inner>', 'inner.refs[1]'],
  ] as const) {
    assert.throws(
      () => read(xml),
      (error) => error instanceof AccessError && error.code === 'invalid_field' && error.details.field === field,
      xml,
    )
  }
  for (const xml of [
    '<name/><enoent/>',
    '<name/><__proto__/>',
    '<name/><name/>',
    '<name><b/></name>',
    '<name/><inner>text<id>1</id></inner>',
  ]) {
    assert.throws(
      () => read(xml),
      (error) => error instanceof RequestError && error.code === 'body_malformed',
      xml,
    )
  }
  assert.deepEqual(Object.keys(outer.fields), ['name', 'flag', 'tags', 'inner'])
})
