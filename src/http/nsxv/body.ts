import type { FastifyRequest } from 'fastify'
import { AccessError } from '../../access/errors.ts'
import { RequestError } from '../request-error.ts'
import type { XmlElement } from '../xml/element.ts'
import { readXml, type XmlLimits } from '../xml/read.ts'
import { isXml } from './media.ts'

/** A body as its members: in XML the children of an element, in JSON the members of an object. */
export interface Fields {
  readonly [name: string]: unknown
}

/** A body in XML as JSON would have it, under its root's name; elements of one name are an array. An empty body is none. */
export function parseXmlBody(body: Buffer, limits?: XmlLimits): Fields | undefined {
  if (body.length === 0) return undefined
  const root = readXml(body, limits)
  return Object.fromEntries([[root.name, contentOf(root)]])
}

function contentOf({ namespace, name, children, text }: XmlElement): unknown {
  if (namespace !== '') throw new RequestError('body_malformed', `element ${name} is in a namespace`)
  if (children.length === 0) return text
  const members = new Map<string, unknown[]>()
  for (const child of children) {
    const before = members.get(child.name)
    const value = contentOf(child)
    if (before) before.push(value)
    else members.set(child.name, [value])
  }
  return Object.fromEntries([...members].map(([name, values]) => [name, values.length === 1 ? values[0] : values]))
}

/**
 * The members of a body that must have them.
 *
 * @param root Of XML; JSON has none.
 * @throws {RequestError} `body_malformed`
 */
export function fieldsOf(body: unknown, isXml: boolean, root: string): Fields {
  const fields = isXml && isFields(body) ? own(body, root) : body
  if (isFields(fields)) return fields
  throw new RequestError('body_malformed', isXml ? `it is no ${root} with elements in it` : 'it is no object')
}

const isFields = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

const own = (fields: Fields, name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined)

/** The same of a request's body. @throws {RequestError} `body_malformed` */
export const bodyFields = ({ body, headers }: FastifyRequest, root: string): Fields =>
  fieldsOf(body, isXml(headers['content-type']), root)

/** Whether a member is there at all. */
export const has = (fields: Fields, name: string): boolean => (own(fields, name) ?? null) !== null

/** A text that must be there. @throws {RequestError} `body_malformed`, which names it. */
export function textOf(fields: Fields, name: string): string {
  const value = own(fields, name)
  if (typeof value === 'string' && value.trim() !== '') return value.trim()
  throw new RequestError('body_malformed', `${name} is missing or is no text`)
}

/** A text that may be missing or empty: clients send what an example has. @throws {RequestError} `body_malformed` */
export function optionalTextOf(fields: Fields, name: string): string | undefined {
  const value = own(fields, name)
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value.trim() || undefined
  throw new RequestError('body_malformed', `${name} is no text`)
}

/** The texts that are there under a name, once or more often. @throws {RequestError} `body_malformed` */
export function textsOf(fields: Fields, name: string): string[] {
  return [own(fields, name) ?? []].flat().flatMap((value) => optionalTextOf({ value }, 'value') ?? [])
}

/**
 * The texts of a list that may be missing: in XML the elements of one name in a part, in JSON as answers have them, an
 * array, or as XML has them.
 *
 * @returns undefined where there is no list.
 * @throws {RequestError} `body_malformed`
 */
export function listOf(fields: Fields, name: string, element: string): string[] | undefined {
  if (Array.isArray(own(fields, name))) return textsOf(fields, name)
  const part = partOf(fields, name)
  return part && textsOf(part, element)
}

/** The members of a part that may be missing or empty. @throws {RequestError} `body_malformed` */
export function partOf(fields: Fields, name: string): Fields | undefined {
  const [part, ...others] = manyOf(fields, name)
  if (others.length > 0) throw new RequestError('body_malformed', `${name} is there more than once`)
  return part
}

/** A password, as it stands. @throws {RequestError} `body_malformed` */
export function secretOf(fields: Fields, name: string): string {
  const value = own(fields, name)
  if (typeof value === 'string') return value
  throw new RequestError('body_malformed', `${name} is missing or is no text`)
}

/** A boolean, or the text of one. @throws {RequestError} `body_malformed` */
export function flagOf(fields: Fields, name: string): boolean {
  const value = own(fields, name)
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw new RequestError('body_malformed', `${name} is missing or neither true nor false`)
}

/** A whole number, or the text of one. @throws {RequestError} `body_malformed` */
export function integerOf(fields: Fields, name: string): number {
  const value = own(fields, name)
  const number = typeof value === 'string' && /^\s*-?\d{1,9}\s*$/.test(value) ? Number(value) : value
  if (Number.isSafeInteger(number)) return number as number
  throw new RequestError('body_malformed', `${name} is missing or no whole number`)
}

/** What is there any number of times, once included. @throws {RequestError} `body_malformed` where one has no members. */
export function manyOf(fields: Fields, name: string): Fields[] {
  const value = own(fields, name)
  // An empty element says as much as none.
  if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) return []
  return [value].flat().map((one) => {
    if (isFields(one)) return one
    throw new RequestError('body_malformed', `${name} has no members`)
  })
}

/** A member whose value is not what it must be. */
export const invalidValue = (field: string, value: string | number, what: string): AccessError => {
  const says = value === '' ? `${field} is missing; it must be ${what}` : `Value ${value} of ${field} is not ${what}`
  return new AccessError('invalid_field', says, { field })
}
