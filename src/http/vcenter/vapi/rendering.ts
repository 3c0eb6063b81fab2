import { AccessError } from '../../../access/errors.ts'

/** A field of the input that is not what its declaration says. */
export const wrong = (at: string, why: string) => new AccessError('invalid_field', `${at}: ${why}`, { field: at })

/**
 * How values look in the JSON of a face, where faces differ. `undefined` stands for what is not there.
 *
 * The readers take a value apart and throw `invalid_field` where it cannot be one of its kind; the writers put it together.
 */
export interface Rendering {
  readOptional(json: unknown, at: string): unknown
  readStructure(json: unknown, at: string): Readonly<Record<string, unknown>>
  readSecret(json: unknown, at: string): unknown
  readMap(json: unknown, at: string): [key: unknown, value: unknown][]
  optional(json: unknown): unknown
  structure(name: string, fields: Record<string, unknown>): unknown
  secret(text: string): unknown
  map(entries: [key: string, json: unknown][]): unknown
}

function isObject(json: unknown): json is Record<string, unknown> {
  return json !== null && typeof json === 'object' && !Array.isArray(json)
}

function objectAt(json: unknown, at: string): Record<string, unknown> {
  if (!isObject(json)) throw wrong(at, `expected a structure, got ${kindOf(json)}`)
  return json
}

/** A JSON value's kind, for errors: they never show the value, which may be a secret. */
export function kindOf(json: unknown): string {
  if (json === undefined) return 'nothing'
  if (json === null) return 'null'
  return Array.isArray(json) ? 'a list' : typeof json === 'object' ? 'an object' : `a ${typeof json}`
}

/** `/api`: bare values; what is not set is left out. @see vcenter-api.md 1 and 2 */
export const restJson: Rendering = {
  readOptional: (json) => (json === null ? undefined : json),
  readStructure: objectAt,
  readSecret: (json) => json,
  readMap: (json, at) => Object.entries(objectAt(json, at)),
  optional: (json) => json,
  structure: (_name, fields) => fields,
  secret: (text) => text,
  map: (entries) => Object.fromEntries(entries),
}

/** `/rest`: as `/api`, but for maps, which are lists of pairs. */
export const legacyJson: Rendering = {
  ...restJson,
  readMap: (json, at) =>
    listAt(json, at).map((entry, index) => {
      const { key, value } = objectAt(entry, `${at}[${index}]`)
      return [key, value]
    }),
  map: (entries) => entries.map(([key, value]) => ({ key, value })),
}

/** JSON-RPC: what a JSON value's kind does not tell is told by a wrapper around it. @see vcenter-api.md 5.3 */
export const rpcJson: Rendering = {
  readOptional(json, at) {
    const value = json === undefined ? null : unwrapped(json, 'OPTIONAL', at)
    return value === null ? undefined : value
  },
  readStructure(json, at) {
    const named = Object.values(objectAt(unwrapped(json, 'STRUCTURE', at), at))
    // Which name it has is not looked at: some clients have other ones for the same structure.
    if (named.length !== 1) throw wrong(at, `expected a structure of one name, got ${named.length} names`)
    return objectAt(named[0], at)
  },
  readSecret: (json, at) => unwrapped(json, 'SECRET', at),
  readMap: (json, at) =>
    listAt(json, at).map((entry, index) => {
      const { key, value } = rpcJson.readStructure(entry, `${at}[${index}]`)
      return [key, value]
    }),
  optional: (json) => ({ OPTIONAL: json ?? null }),
  structure: (name, fields) => ({ STRUCTURE: { [name]: fields } }),
  secret: (text) => ({ SECRET: text }),
  map: (entries) => entries.map(([key, value]) => rpcJson.structure('map-entry', { key, value })),
}

function unwrapped(json: unknown, wrapper: string, at: string): unknown {
  const isWrapped = isObject(json) && Object.hasOwn(json, wrapper) && Object.keys(json).length === 1
  if (!isWrapped) throw wrong(at, `expected {"${wrapper}": ...}, got ${kindOf(json)}`)
  return json[wrapper]
}

export function listAt(json: unknown, at: string): unknown[] {
  if (!Array.isArray(json)) throw wrong(at, `expected a list, got ${kindOf(json)}`)
  return json
}
