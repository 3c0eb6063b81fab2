import type { Rendering } from './rendering.ts'
import type { VapiType } from './types.ts'

/** Writes a value as the JSON value of a face; `undefined` for an optional that is not set, where the face leaves it out. */
export function writeValue(type: VapiType, value: unknown, rendering: Rendering): unknown {
  switch (type.kind) {
    case 'string':
    case 'id':
    case 'boolean':
    case 'integer':
    case 'enumeration':
      return value
    case 'double':
      return rawJson(doubleOf(value as number))
    case 'secret':
      return rendering.secret(value as string)
    case 'datetime':
      return new Date(value as number).toISOString()
    case 'void':
      return null
    case 'optional':
      return rendering.optional(value === undefined ? undefined : writeValue(type.of, value, rendering))
    case 'list':
    case 'set':
      return (value as unknown[]).map((item) => writeValue(type.of, item, rendering))
    case 'map':
      return rendering.map(
        [...(value as Map<string, unknown>)].map(([key, item]) => [key, writeValue(type.of, item, rendering)]),
      )
    case 'structure': {
      const fields: Record<string, unknown> = {}
      for (const name in type.fields) {
        fields[name] = writeValue(type.fields[name] as VapiType, (value as Record<string, unknown>)[name], rendering)
      }
      return rendering.structure(type.name, fields)
    }
  }
}

/** Clients take a number without point and exponent for an integer. @see vcenter-api.md 5.3 */
function doubleOf(value: number): string {
  const text = String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

// In Node 24, and not in TypeScript's library yet.
const { rawJSON: rawJson } = JSON as typeof JSON & { rawJSON(text: string): unknown }
