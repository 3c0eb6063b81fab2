import { escapeXml } from '../../../xml/write.ts'
import { invalid, textOf, type VimType, writeValue } from './vim-type.ts'

export const string: VimType<string> = { name: 'xsd:string', content: escapeXml, read: textOf }

export const boolean: VimType<boolean> = {
  name: 'xsd:boolean',
  content: String,
  read(from, path) {
    const text = textOf(from, path).trim()
    if (text === 'true' || text === '1') return true
    if (text === 'false' || text === '0') return false
    throw invalid(path, 'is not a boolean')
  },
}

function integer(name: string, least: number, most: number): VimType<number> {
  return {
    name,
    content: String,
    read(from, path) {
      const text = textOf(from, path).trim()
      const value = /^[+-]?\d{1,19}$/.test(text) ? Number(text) : Number.NaN
      if (!(value >= least && value <= most)) throw invalid(path, `is not an integer from ${least} to ${most}`)
      return value
    },
  }
}

export const short = integer('xsd:short', -(2 ** 15), 2 ** 15 - 1)
export const int = integer('xsd:int', -(2 ** 31), 2 ** 31 - 1)
export const long = integer('xsd:long', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)

/** Milliseconds since 1970; in UTC on the wire. */
export const dateTime: VimType<number> = {
  name: 'xsd:dateTime',
  content: (value) => new Date(value).toISOString(),
  read(from, path) {
    const value = Date.parse(textOf(from, path).trim())
    if (Number.isNaN(value)) throw invalid(path, 'is not a point in time')
    return value
  },
}

export function enumeration<const T extends string>(name: string, values: readonly T[]): VimType<T> {
  return {
    name,
    content: (value) => value,
    read(from, path) {
      const text = textOf(from, path).trim()
      const value = values.find((one) => one === text)
      if (value === undefined) throw invalid(path, `is not one of ${values.join(', ')}`)
      return value
    },
  }
}

/** What a client names a managed object by. */
export interface Reference {
  /** The name of its type, or of one that it is derived from; empty where a client does not say. */
  readonly type: string
  readonly id: string
}

export const reference: VimType<Reference> = {
  name: 'ManagedObjectReference',
  content: ({ id }) => escapeXml(id),
  attributes: ({ type }) => ` type="${escapeXml(type)}"`,
  read(from, path) {
    const id = textOf(from, path).trim()
    if (id === '') throw invalid(path, 'is empty')
    return { type: from.attributes.find(({ name, namespace }) => name === 'type' && namespace === '')?.value ?? '', id }
  },
}

/** A value that brings its type along. */
export interface TypedValue {
  // biome-ignore lint/suspicious/noExplicitAny: a value of whichever type is beside it
  type: VimType<any>
  value: unknown
}

/** Whatever there is, which always says what it is. Only written. */
export const anyType: VimType<TypedValue> = {
  name: 'xsd:anyType',
  typed: true,
  content: ({ type, value }) => type.content(value),
  attributes: ({ type, value }) => `${type.attributes?.(value) ?? ''} xsi:type="${type.name}"`,
  read: (_from, path) => {
    throw invalid(path, 'is of a type that is not read')
  },
}

export const writeAny = (value: TypedValue): string => writeValue(anyType, 'val', value)
