import { element, escapeXml } from '../../../xml/write.ts'
import { vimNamespace } from '../envelope.ts'
import { apiVersion } from '../release.ts'
import {
  basesOf,
  dataTypes,
  definedMethod,
  definedMethods,
  enumerations,
  isData,
  isManaged,
  type Member,
  type MethodDefinition,
  ownFields,
  readMember,
} from './table.ts'

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
const wsdl = 'http://schemas.xmlsoap.org/wsdl/'
const soap = 'http://schemas.xmlsoap.org/wsdl/soap/'
const serviceNamespace = `${vimNamespace}Service`

/** Where the service is, and where the rest of its description is. @param address Of the service. */
export const serviceDocument = (address: string): string =>
  declaration +
  element(
    'definitions',
    [
      `<import location="vim.wsdl" namespace="${vimNamespace}"/>`,
      '<service name="VimService"><port binding="interface:VimBinding" name="VimPort">',
      `<soap:address location="${escapeXml(address)}"/></port></service>`,
    ].join(''),
    ` targetNamespace="${serviceNamespace}" xmlns="${wsdl}" xmlns:soap="${soap}" xmlns:interface="${vimNamespace}"`,
  )

/** Simple types: vim25's names are those of XML Schema. */
const simple = new Set(['string', 'boolean', 'byte', 'short', 'int', 'long', 'float', 'double', 'dateTime'])
for (const name of ['anyType', 'anyURI', 'base64Binary']) simple.add(name)

/** What a value is of, as the schema names it. Undefined: the table does not have it. */
function schemaType(type: string): string | undefined {
  if (simple.has(type)) return `xsd:${type}`
  if (isManaged(type)) return 'vim25:ManagedObjectReference'
  return isData(type) || enumerations.has(type) ? `vim25:${type}` : undefined
}

function field(name: string, { type, list, optional }: Member): string {
  const least = optional ? ' minOccurs="0"' : ''
  const most = list ? ' maxOccurs="unbounded"' : ''
  return `<element name="${name}" type="${schemaType(type) ?? 'xsd:anyType'}"${least}${most}/>`
}

/** Where vim25 has at least one of something there may be none here. */
const orNone = (member: Member): Member => (member.list ? { ...member, optional: true } : member)

const complexType = (name: string, content: string) => `<complexType name="${name}">${content}</complexType>`
const sequence = (fields: string) => `<sequence>${fields}</sequence>`

function dataType(name: string): string {
  const own = sequence(
    // What is not sent.
    name === 'DynamicData'
      ? ''
      : ownFields(name)
          .map(([of, member]) => field(of, orNone(member)))
          .join(''),
  )
  const [base = ''] = basesOf(name)
  if (!isData(base)) return complexType(name, own)
  return complexType(name, `<complexContent><extension base="vim25:${base}">${own}</extension></complexContent>`)
}

const enumeration = ([name, values]: readonly [string, readonly string[]]): string =>
  `<simpleType name="${name}"><restriction base="xsd:string">${values
    .map((value) => `<enumeration value="${escapeXml(value)}"/>`)
    .join('')}</restriction></simpleType>`

/** A list that stands by itself, as the value of a property. */
function listType(item: string): string {
  const [, name = ''] = item.split(':')
  const items = `<element name="${name}" type="${item}" minOccurs="0" maxOccurs="unbounded"/>`
  return complexType(`ArrayOf${name[0]?.toUpperCase()}${name.slice(1)}`, sequence(items))
}

const reference = complexType(
  'ManagedObjectReference',
  '<simpleContent><extension base="xsd:string"><attribute name="type" type="xsd:string"/></extension></simpleContent>',
)

interface Operation extends MethodDefinition {
  readonly name: string
  readonly faults: readonly string[]
}

/** The methods whose parameters and results the table has. @param types Of managed objects. */
function operationsOf(types: Iterable<string>): Operation[] {
  const operations = new Map<string, Operation>()
  for (const type of types) {
    for (const name of definedMethods(type)) {
      const definition = definedMethod(type, name)
      if (!definition) continue
      const members = [...Object.values(definition.parameters), ...(definition.result ? [definition.result] : [])]
      if (members.some((text) => schemaType(readMember(text).type) === undefined)) continue
      operations.set(name, { ...definition, name, faults: ['RuntimeFault', ...(definition.faults ?? [])] })
    }
  }
  return [...operations.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function messageElements({ name, parameters, result }: Operation): string {
  const given = Object.entries(parameters).map(([parameter, text]) => field(parameter, readMember(text)))
  const self = '<element name="_this" type="vim25:ManagedObjectReference"/>'
  return [
    complexType(`${name}RequestType`, sequence(self + given.join(''))),
    `<element name="${name}" type="vim25:${name}RequestType"/>`,
    `<element name="${name}Response"><complexType>`,
    sequence(result === undefined ? '' : field('returnval', readMember(result))),
    '</complexType></element>',
  ].join('')
}

function schemaOf(operations: readonly Operation[], faults: readonly string[]): string {
  const types = dataTypes()
  const items = [
    ...[...simple].map((name) => `xsd:${name}`),
    ...[...types, ...enumerations.keys()].map((name) => `vim25:${name}`),
  ]
  const content = [
    reference,
    ...types.map(dataType),
    ...[...enumerations].map(enumeration),
    ...[...items, 'vim25:ManagedObjectReference'].map(listType),
    ...operations.map(messageElements),
    ...faults.map((name) => `<element name="${name}Fault" type="vim25:${name}"/>`),
  ]
  return element(
    'schema',
    content.join('\n'),
    ` targetNamespace="${vimNamespace}" elementFormDefault="qualified" xmlns="http://www.w3.org/2001/XMLSchema"`,
  )
}

const message = (name: string, of: string) =>
  `<message name="${name}"><part name="${name.endsWith('FaultMsg') ? 'fault' : 'parameters'}" element="vim25:${of}"/></message>`

const portOperation = ({ name, faults }: Operation): string =>
  element(
    'operation',
    [
      `<input message="vim25:${name}RequestMsg"/><output message="vim25:${name}ResponseMsg"/>`,
      ...faults.map((fault) => `<fault name="${fault}" message="vim25:${fault}FaultMsg"/>`),
    ].join(''),
    ` name="${name}"`,
  )

const body = '<soap:body use="literal"/>'

const boundOperation = ({ name, faults }: Operation): string =>
  element(
    'operation',
    [
      `<soap:operation soapAction="${vimNamespace}/${apiVersion}" style="document"/>`,
      `<input>${body}</input><output>${body}</output>`,
      ...faults.map((fault) => `<fault name="${fault}"><soap:fault name="${fault}" use="literal"/></fault>`),
    ].join(''),
    ` name="${name}"`,
  )

/**
 * The types and the operations that are served, in the newest version that is.
 *
 * @param types Of managed objects.
 */
export function vimDocument(types: Iterable<string>): string {
  const operations = operationsOf(types)
  const faults = [...new Set(operations.flatMap(({ faults }) => faults))].sort()
  const content = [
    `<types>${schemaOf(operations, faults)}</types>`,
    ...operations.flatMap(({ name }) => [
      message(`${name}RequestMsg`, name),
      message(`${name}ResponseMsg`, `${name}Response`),
    ]),
    ...faults.map((name) => message(`${name}FaultMsg`, `${name}Fault`)),
    `<portType name="VimPortType">${operations.map(portOperation).join('\n')}</portType>`,
    '<binding name="VimBinding" type="vim25:VimPortType">',
    '<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>',
    `${operations.map(boundOperation).join('\n')}</binding>`,
  ]
  return (
    declaration +
    element(
      'definitions',
      content.join('\n'),
      ` targetNamespace="${vimNamespace}" xmlns="${wsdl}" xmlns:soap="${soap}" xmlns:vim25="${vimNamespace}" xmlns:xsd="http://www.w3.org/2001/XMLSchema"`,
    )
  )
}
