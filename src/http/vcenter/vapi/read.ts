import { RequestError } from '../../request-error.ts'
import { kindOf, listAt, type Rendering, wrong } from './rendering.ts'
import type { Fields, Static, StaticFields, VapiType } from './types.ts'

/**
 * Reads a value strictly: of just its type, with every field that is not optional and none that is not declared.
 *
 * @param at Where the value is in the input, for errors.
 * @throws {AccessError} `invalid_field`, naming the field.
 * @throws {RequestError} `field_unexpected`, naming it.
 */
export function readValue<T extends VapiType>(type: T, json: unknown, rendering: Rendering, at: string): Static<T> {
  return read(type, json, rendering, at) as Static<T>
}

/** Reads the fields of a structure, or the parameters of an operation. */
export function readFields<F extends Fields>(
  fields: F,
  json: Readonly<Record<string, unknown>>,
  rendering: Rendering,
  at: string,
): StaticFields<F> {
  const inside = (name: string) => (at === '' ? name : `${at}.${name}`)
  for (const name in json) {
    if (!Object.hasOwn(fields, name)) {
      throw new RequestError('field_unexpected', `${inside(name.slice(0, longestShown))}: there is no such field`)
    }
  }
  const values: Record<string, unknown> = {}
  for (const [name, type] of Object.entries(fields)) {
    const given = Object.hasOwn(json, name) ? json[name] : undefined
    if (given === undefined && type.kind !== 'optional') {
      throw wrong(inside(name), 'the field is missing')
    }
    const value = read(type, given, rendering, inside(name))
    if (value !== undefined) values[name] = value
  }
  return values as StaticFields<F>
}

const longestShown = 100

function read(type: VapiType, json: unknown, rendering: Rendering, at: string): unknown {
  switch (type.kind) {
    case 'string':
    case 'id':
      return textAt(json, at)
    case 'secret':
      return textAt(rendering.readSecret(json, at), at)
    case 'boolean':
      if (typeof json !== 'boolean') throw mismatch(at, 'a boolean', json)
      return json
    case 'integer':
      if (!Number.isSafeInteger(json)) throw mismatch(at, 'an integer', json)
      return json
    case 'double':
      if (!Number.isFinite(json)) throw mismatch(at, 'a number', json)
      return json
    case 'datetime':
      return timeAt(json, at)
    case 'void':
      if (json !== null) throw wrong(at, 'it cannot be set')
      return undefined
    case 'enumeration': {
      const { values } = type
      if (!values.includes(textAt(json, at))) throw wrong(at, `expected one of ${values.join(', ')}`)
      return json
    }
    case 'optional': {
      const inner = rendering.readOptional(json, at)
      return inner === undefined ? undefined : read(type.of, inner, rendering, at)
    }
    case 'list':
      return listAt(json, at).map((item, index) => read(type.of, item, rendering, `${at}[${index}]`))
    case 'set':
      return distinct(
        listAt(json, at).map((item, index) => read(type.of, item, rendering, `${at}[${index}]`)),
        at,
      )
    case 'map': {
      const entries = rendering
        .readMap(json, at)
        .map(([key, value]) => [textAt(key, at), read(type.of, value, rendering, at)] as const)
      distinct(
        entries.map(([key]) => key),
        at,
      )
      return new Map(entries)
    }
    case 'structure':
      return readFields(type.fields, rendering.readStructure(json, at), rendering, at)
  }
}

const mismatch = (at: string, expected: string, json: unknown) =>
  wrong(at, `expected ${expected}, got ${typeof json === 'number' ? json : kindOf(json)}`)

function textAt(json: unknown, at: string): string {
  if (typeof json !== 'string') throw mismatch(at, 'text', json)
  return json
}

const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/

/** @see vcenter-api.md 5.3; other fractions and offsets are taken too, for they mean one time only */
function timeAt(json: unknown, at: string): number {
  const text = textAt(json, at)
  const time = isoTime.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw wrong(at, 'expected a time such as 2026-11-25T12:00:00.000Z')
  return time
}

function distinct<T>(items: T[], at: string): T[] {
  const seen = new Set(items.map((item) => (typeof item === 'object' ? JSON.stringify(item) : item)))
  if (seen.size !== items.length) throw wrong(at, 'it has the same member twice')
  return items
}
