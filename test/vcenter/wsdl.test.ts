import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registry } from '../../src/http/vcenter/sdk/managed-types.ts'
import { faults } from '../../src/http/vcenter/sdk/types/faults.ts'
import { isData } from '../../src/http/vcenter/sdk/vim25/table.ts'
import { attribute, type XmlElement } from '../../src/http/xml/element.ts'
import { readXml } from '../../src/http/xml/read.ts'
import { databases, openLab } from '../lab.ts'

const sqlite = databases[0] ?? assert.fail('no database')

function* all(from: XmlElement): Generator<XmlElement> {
  yield from
  for (const child of from.children) yield* all(child)
}

const named = (elements: Iterable<XmlElement>, ...names: string[]) =>
  [...elements].filter(({ name }) => names.includes(name))
const nameOf = (element: XmlElement) => attribute(element, 'name') ?? ''

test('the WSDL describes every method that is built, and defines whatever it names', sqlite, async () => {
  await using lab = await openLab(sqlite)
  const service = await lab.a.get('/sdk/vimService.wsdl')
  assert.deepEqual([service.status, service.headers['content-type']], [200, 'text/xml; charset=utf-8'])
  const [address] = named(all(readXml(Buffer.from(service.text))), 'address')
  assert.equal(address && attribute(address, 'location'), `${lab.a.url}/sdk`)
  const [location] = named(all(readXml(Buffer.from(service.text))), 'import')
  assert.equal(location && attribute(location, 'location'), 'vim.wsdl')

  const { status, text } = await lab.a.get('/sdk/vim.wsdl')
  assert.equal(status, 200)
  const root = readXml(Buffer.from(text))
  const [schema] = named(all(root), 'schema')
  assert(schema)
  const types = named(schema.children, 'complexType', 'simpleType').map(nameOf)
  assert.equal(new Set(types).size, types.length)
  const elements = new Set(named(schema.children, 'element').map(nameOf))
  const messages = new Set(named(root.children, 'message').map(nameOf))
  const [port] = named(root.children, 'portType')
  const operations = named(port?.children ?? [], 'operation')
  const names = new Set(operations.map(nameOf))

  const defined = new Set(types.map((name) => `vim25:${name}`))
  for (const one of all(schema)) {
    for (const used of [attribute(one, 'type'), attribute(one, 'base')]) {
      if (used !== undefined) assert(used.startsWith('xsd:') || defined.has(used), `${used} is not defined`)
    }
  }
  for (const message of named(root.children, 'message')) {
    const [part] = message.children
    assert(elements.has((part && attribute(part, 'element')?.replace('vim25:', '')) ?? ''), nameOf(message))
  }
  for (const one of operations.flatMap(({ children }) => children)) {
    assert(messages.has(attribute(one, 'message')?.replace('vim25:', '') ?? ''), attribute(one, 'message'))
  }
  for (const { name, methods } of registry.types()) {
    for (const method of Object.keys(methods)) {
      assert(method === 'Fetch' || names.has(method), `${name}.${method} is not described`)
    }
  }
  const bound = named(all(root), 'binding').flatMap(({ children }) => named(children, 'operation'))
  assert(bound.some((one) => nameOf(one) === 'Login'))
  // Of 9.1, and the release that is served is 9.0.
  assert(!text.includes('"guestRebootStatus"') && text.includes('"guestDetailedData"'))
  for (const name of Object.keys(faults)) assert(isData(name), name)

  assert.equal((await lab.a.get('/sdk/vim25/9.0.0.0/x')).status, 501)
})
