import { AccessError } from '../../../../access/errors.ts'
import { RequestError } from '../../../request-error.ts'
import { attribute, type XmlElement } from '../../../xml/element.ts'
import { element } from '../../../xml/write.ts'
import { schemaInstance } from '../envelope.ts'

/** A type of vim25: how its values are written and read. */
export interface VimType<T> {
  /** As `xsi:type` names it. */
  readonly name: string
  /** What is inside an element that holds the value, as XML. */
  content(value: T): string
  /** Attributes of that element, as XML; each begins with a space. */
  attributes?(value: T): string
  /**
   * @param path Where the value is in the method's arguments, for those who have to correct it.
   * @throws {AccessError} `invalid_field`; {RequestError} `body_malformed`
   */
  read(from: XmlElement, path: string): T
  /** Of lists: what they are lists of. */
  readonly item?: VimType<unknown>
  /** Of data objects. */
  readonly fields?: Fields
  /** Whether it stands in the place of a type that it is derived from: its values say which type they are of. */
  readonly derived?: true
  /** Whether its values bring their types along. */
  readonly typed?: true
  /** Whether the audit log must not have it. */
  readonly secret?: true
}

/** A field that need not be there. */
export interface Optional<T> extends VimType<T> {
  readonly optional: true
}

// biome-ignore lint/suspicious/noExplicitAny: fields of every type
export type Fields = Readonly<Record<string, VimType<any> | Optional<any>>>

type TypeOf<F> = F extends VimType<infer T> ? T : never

/** The values of some fields. */
export type Values<F extends Fields> = {
  -readonly [K in keyof F as F[K] extends Optional<unknown> ? never : K]: TypeOf<F[K]>
} & { -readonly [K in keyof F as F[K] extends Optional<unknown> ? K : never]?: TypeOf<F[K]> | undefined }

/** The value that a type stands for. */
export type ValueOf<V> = V extends VimType<infer T> ? T : never

/** An element that holds a value. */
export function writeValue<T>(type: VimType<T>, tag: string, value: T): string {
  const own = type.attributes?.(value) ?? ''
  return element(tag, type.content(value), type.derived ? `${own} xsi:type="${type.name}"` : own)
}

/** Some fields' values, in the fields' order: a list is as many elements as it has items. */
export function writeFields<F extends Fields>(fields: F, values: Values<F>): string {
  let xml = ''
  for (const [name, type] of Object.entries(fields)) {
    const value = (values as Record<string, unknown>)[name]
    if (value !== undefined) xml += writeField(type, name, value)
    else if (!('optional' in type)) throw new Error(`${name} has no value`)
  }
  return xml
}

export function writeField<T>(type: VimType<T>, name: string, value: T): string {
  const { item } = type
  if (!item) return writeValue(type, name, value)
  return (value as unknown[]).map((one) => writeValue(item, name, one)).join('')
}

/** Reads elements as fields, in whatever order they come. */
export function readFields<F extends Fields>(fields: F, elements: readonly XmlElement[], path: string): Values<F> {
  const values: Record<string, unknown> = {}
  for (const [name, type] of Object.entries(fields)) if (type.item && !('optional' in type)) values[name] = []
  for (const from of elements) {
    const type = Object.hasOwn(fields, from.name) ? (fields[from.name] as VimType<unknown>) : undefined
    const at = path === '' ? from.name : `${path}.${from.name}`
    if (!type) throw new RequestError('body_malformed', `${path || 'the method'} has no ${from.name}`)
    if (attribute(from, 'nil', schemaInstance) === 'true') continue
    if (type.item) {
      values[from.name] ??= []
      const list = values[from.name] as unknown[]
      list.push(type.item.read(from, `${at}[${list.length}]`))
    } else if (Object.hasOwn(values, from.name)) {
      throw new RequestError('body_malformed', `${at} is there more than once`)
    } else {
      values[from.name] = type.read(from, at)
    }
  }
  for (const [name, type] of Object.entries(fields)) {
    if (values[name] !== undefined || 'optional' in type) continue
    throw invalid(path === '' ? name : `${path}.${name}`, 'is missing')
  }
  return values as Values<F>
}

export const invalid = (path: string, problem: string) =>
  new AccessError('invalid_field', `A specified parameter was not correct: ${path} ${problem}`, { field: path })

/** @throws {RequestError} `body_malformed` where there are elements. */
export function textOf(from: XmlElement, path: string): string {
  if (from.children.length > 0) throw new RequestError('body_malformed', `${path} is not text`)
  return from.text
}

export const secret = <T>(type: VimType<T>): VimType<T> => ({ ...type, secret: true })

export const optional = <T>(type: VimType<T>): Optional<T> => ({ ...type, optional: true })

/** A list, which stands by itself as `ArrayOf…` and among fields as elements of one name. */
export function list<T>(item: VimType<T>): VimType<T[]> {
  const tag = item.name.replace(/^xsd:/, '')
  return {
    name: `ArrayOf${tag[0]?.toUpperCase()}${tag.slice(1)}`,
    item: item as VimType<unknown>,
    content: (values) => values.map((value) => writeValue(item, tag, value)).join(''),
    read: (from, path) => [item.read(from, path)],
  }
}

/** A data object. @param fields In the order of its definition, inherited ones first. */
export function dataObject<F extends Fields>(name: string, fields: F): VimType<Values<F>> & { readonly fields: F } {
  return {
    name,
    fields,
    content: (values) => writeFields(fields, values),
    read(from, path) {
      if (from.text.trim() !== '') throw new RequestError('body_malformed', `${path} has text in it`)
      return readFields(fields, from.children, path)
    },
  }
}

/** A type in the place of one that it is derived from. */
export const derived = <T>(type: VimType<T>): VimType<T> => ({ ...type, derived: true })
