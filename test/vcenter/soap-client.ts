import assert from 'node:assert/strict'
import { attribute, type XmlElement } from '../../src/http/xml/element.ts'
import { readXml } from '../../src/http/xml/read.ts'
import { element, escapeXml } from '../../src/http/xml/write.ts'
import { labSsoPassword } from '../../src/lab.ts'
import type { Answer, Client } from '../client.ts'
import { administrator } from './clients.ts'

const envelope = 'http://schemas.xmlsoap.org/soap/envelope/'
const instance = 'http://www.w3.org/2001/XMLSchema-instance'

// biome-ignore lint/suspicious/noExplicitAny: tests look into values of every shape
type Any = any

/** A managed object, as `Type:id`. */
export type Ref = `${string}:${string}`

/** The managers every session begins with. */
export const managers = {
  service: 'ServiceInstance:ServiceInstance',
  sessions: 'SessionManager:SessionManager',
  authorization: 'AuthorizationManager:AuthorizationManager',
  properties: 'PropertyCollector:propertyCollector',
  views: 'ViewManager:ViewManager',
  index: 'SearchIndex:SearchIndex',
  users: 'UserDirectory:UserDirectory',
  root: 'Folder:group-d1',
} as const satisfies Record<string, Ref>

/** XML as it stands, among the arguments of a call. */
export class Xml {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A reference as an argument. */
export const ref = (tag: string, of: Ref): Xml => {
  const colon = of.indexOf(':')
  return new Xml(element(tag, escapeXml(of.slice(colon + 1)), ` type="${of.slice(0, colon)}"`))
}

/** Arguments: text, numbers and booleans by name, lists of them, structures, and XML under any name. */
export function argumentsXml(values: Record<string, Any>): string {
  return Object.entries(values)
    .flatMap(([name, value]) => [value].flat().map((one) => [name, one]))
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      if (value instanceof Xml) return value.text
      return element(name, typeof value === 'object' ? argumentsXml(value) : escapeXml(String(value)))
    })
    .join('')
}

export const message = (method: string, content: string, header = '', namespace = 'urn:vim25') =>
  `<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="${envelope}" xmlns:xsi="${instance}">` +
  `${header && `<e:Header>${header}</e:Header>`}<e:Body><${method} xmlns="${namespace}">${content}</${method}></e:Body></e:Envelope>`

const headers = { 'content-type': 'text/xml; charset=utf-8' }

/** A method failed. */
export interface Fault {
  type: string
  message: string
  fields: Any
}

/** A client of vim25, or of what else is spoken over SOAP, signed in as nobody unless it has a session. */
export class Vim {
  readonly client: Client
  readonly path: string
  readonly namespace: string
  readonly version: string

  /** @param version That the client was made for. */
  constructor(client: Client, path = '/sdk', namespace = 'urn:vim25', version = '9.0.0.0') {
    this.client = client
    this.path = path
    this.namespace = namespace
    this.version = version
  }

  /** The same, made for another version. */
  of(version: string): Vim {
    return new Vim(this.client, this.path, this.namespace, version)
  }

  /** The same session at another door. */
  over(path: string, namespace: string): Vim {
    return new Vim(this.client, path, namespace, this.version)
  }

  /** Shows a session's id. */
  withSession(id: string): Vim {
    const client = this.client.with({ headers: { cookie: `vmware_soap_session="${id}"` } })
    return new Vim(client, this.path, this.namespace, this.version)
  }

  async signIn(userName = administrator, password = labSsoPassword): Promise<{ vim: Vim; id: string; session: Any }> {
    const answer = await this.send('Login', managers.sessions, { userName, password })
    const [session] = returned(answer)
    const id = sessionIn(answer)
    return { vim: this.withSession(id), id, session }
  }

  send(method: string, target: Ref, args: Record<string, Any> = {}, header = ''): Promise<Answer> {
    return this.post(message(method, ref('_this', target).text + argumentsXml(args), header, this.namespace))
  }

  post(body: string | Buffer): Promise<Answer> {
    const soapaction = `"${this.namespace}/${this.version}"`
    return this.client.send('POST', this.path, body, { ...headers, soapaction })
  }

  /** What a method returns; a list where it returns several. @throws unless it succeeds. */
  async call(method: string, target: Ref, args: Record<string, Any> = {}): Promise<Any> {
    const values = returned(await this.send(method, target, args))
    return values.length > 1 ? values : values[0]
  }

  /** The same, always as a list. */
  async list(method: string, target: Ref, args: Record<string, Any> = {}): Promise<Any[]> {
    return returned(await this.send(method, target, args))
  }

  /** @throws unless the method fails with that fault. */
  async refused(fault: string, method: string, target: Ref, args: Record<string, Any> = {}): Promise<Any> {
    const { type, fields, message } = faultIn(await this.send(method, target, args))
    assert.equal(type, fault, message)
    return fields
  }

  /** Properties of one object, by their paths. */
  async read(target: Ref, ...pathSet: string[]): Promise<Any> {
    const [content] = await this.retrieve([{ type: target.split(':')[0], pathSet }], [target])
    assert(content)
    assert.equal(content.missing.length, 0, JSON.stringify(content.missing))
    return content.values
  }

  /** The object at an inventory path. */
  async at(inventoryPath: string): Promise<Ref> {
    const found = await this.call('FindByInventoryPath', managers.index, { inventoryPath })
    assert(found, inventoryPath)
    return found
  }

  async retrieve(propSet: Any[], from: (Ref | Xml)[]): Promise<Content[]> {
    const objectSet = from.map((one) => (one instanceof Xml ? one : { obj: ref('obj', one) }))
    const contents = await this.list('RetrieveProperties', managers.properties, { specSet: { propSet, objectSet } })
    return contents.map(contentOf)
  }
}

export interface Content {
  obj: Ref
  values: Record<string, Any>
  missing: { path: string; fault: string; fields: Any }[]
}

/** An object's content, however it was retrieved. */
export function contentOf({ obj, propSet = [], missingSet = [] }: Any): Content {
  return {
    obj,
    values: Object.fromEntries([propSet].flat().map(({ name, val }: Any) => [name, val])),
    missing: [missingSet].flat().map(({ path, fault: { fault } }: Any) => {
      const { 'xsi:type': type, ...fields } = fault
      return { path, fault: type, fields }
    }),
  }
}

/** The id of the session that an answer gives. */
export function sessionIn({ headers }: Answer): string {
  const cookies = headers['set-cookie'] ?? []
  assert.equal(cookies.length, 1)
  const [, id] =
    /^vmware_soap_session=([0-9a-f]{32}); Path=\/; HttpOnly; Secure; SameSite=Strict$/.exec(cookies[0] ?? '') ?? []
  assert(id, cookies[0])
  return id
}

function bodyOf({ text, headers }: Answer): XmlElement {
  assert.equal(headers['content-type'], 'text/xml; charset=utf-8')
  const root = readXml(Buffer.from(text))
  assert.deepEqual([root.name, root.namespace], ['Envelope', envelope])
  const [inner] = root.children[0]?.children ?? []
  assert(inner)
  return inner
}

export function returned(answer: Answer): Any[] {
  assert.equal(answer.status, 200, answer.text)
  const body = bodyOf(answer)
  assert.match(body.name, /Response$/)
  assert.match(body.namespace, /^urn:(vim25|pbm|sso|lookup)$/)
  return body.children.map(readValue)
}

export function faultIn(answer: Answer, status = 500): Fault {
  assert.equal(answer.status, status, answer.text)
  const body = bodyOf(answer)
  assert.deepEqual([body.name, body.namespace], ['Fault', envelope])
  const [code, text, detail] = body.children
  assert.deepEqual([code?.name, code?.text], ['faultcode', 'ServerFaultCode'])
  const [fault] = detail?.children ?? []
  assert(fault && text)
  const type = attribute(fault, 'type', instance) ?? ''
  assert.deepEqual([fault.name, fault.namespace], [`${type}Fault`, 'urn:vim25'])
  const { 'xsi:type': _, ...fields } = [readValue(fault)].flat()[0] as Any
  return { type, message: text.text, fields }
}

/** Lists by their own tags: a property's value, which says that it is one, and has items. */
function readValue(from: XmlElement): Any {
  const type = attribute(from, 'type', instance)
  const kind = attribute(from, 'type')
  if (kind !== undefined) return `${kind}:${from.text}`
  if (type?.startsWith('ArrayOf')) return from.children.map(readValue)
  const isText = from.text !== '' || type === undefined || type.startsWith('xsd:')
  if (from.children.length === 0) return isText ? from.text : { 'xsi:type': type }
  const value: Record<string, Any> = type === undefined ? {} : { 'xsi:type': type }
  for (const child of from.children) {
    const inner = readValue(child)
    value[child.name] = child.name in value ? [value[child.name], inner].flat() : inner
  }
  return value
}
