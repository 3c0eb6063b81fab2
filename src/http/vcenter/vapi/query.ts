import { RequestError } from '../../request-error.ts'
import type { Fields, VapiType } from './types.ts'

/** The parameters of a query: one text, or several where a name comes again. */
export type Query = Readonly<Record<string, string | string[]>>

/** Where in a query an input, or a field of it, stands. */
export interface QueryPlace {
  /** Of the parameter. */
  name: string
  /** The input; and the field of it, where the input is a structure. */
  path: [input: string, field?: string]
  type: VapiType
}

/**
 * Where inputs stand in a query.
 *
 * @param flat Whether a structure's fields stand there by their own names, rather than behind the structure's.
 * @throws where two have the same name, or one cannot be written in a query.
 */
export function queryPlaces(input: Fields, names: readonly string[], flat: boolean): QueryPlace[] {
  const places = names.flatMap((name): QueryPlace[] => {
    const type = input[name]
    if (!type) throw new Error(`there is no input ${name} to be in the query`)
    const inner = bare(type)
    if (inner.kind !== 'structure') return [{ name, path: [name], type }]
    return Object.entries(inner.fields).map(([field, of]) => ({
      name: flat ? field : `${name}.${field}`,
      path: [name, field],
      type: of,
    }))
  })
  const taken = new Set<string>()
  for (const { name, type } of places) {
    if (taken.has(name)) throw new Error(`two inputs are ${name} in the query`)
    taken.add(name)
    const inner = itemOf(type)
    if (inner.kind === 'structure' || inner.kind === 'map') throw new Error(`${name} cannot be written in a query`)
  }
  return places
}

const bare = (type: VapiType): VapiType => (type.kind === 'optional' ? type.of : type)
const isSequence = (type: VapiType) => type.kind === 'list' || type.kind === 'set'

function itemOf(type: VapiType): VapiType {
  const inner = bare(type)
  return inner.kind === 'list' || inner.kind === 'set' ? itemOf(inner.of) : inner
}

/** The inputs of a query as the JSON they would be in a body. @throws {RequestError} `field_unexpected` */
export function jsonOfQuery(places: readonly QueryPlace[], query: Query): Record<string, unknown> {
  const json: Record<string, unknown> = {}
  for (const [name, given] of Object.entries(query)) {
    const place = places.find((candidate) => candidate.name === name || isNumbered(candidate, name))
    if (!place) throw new RequestError('field_unexpected', `${name.slice(0, 100)}: there is no such parameter`)
    const [input, field] = place.path
    const at = field === undefined ? json : ((json[input] ?? {}) as Record<string, unknown>)
    if (field !== undefined) json[input] = at
    const key = field ?? input
    const values = [given].flat().map((text) => jsonOf(itemOf(place.type), text))
    const isSingle = !isSequence(bare(place.type)) && values.length === 1
    at[key] = isSingle ? values[0] : [...((at[key] as unknown[] | undefined) ?? []), ...values]
  }
  return json
}

/** `filter.names.1` @see vcenter-api.md 6 */
function isNumbered({ name, type }: QueryPlace, parameter: string): boolean {
  return (
    isSequence(bare(type)) && parameter.startsWith(`${name}.`) && /^\d{1,6}$/.test(parameter.slice(name.length + 1))
  )
}

/** Text as the JSON value that it is the text of; else the text, for the reader to refuse. */
function jsonOf({ kind }: VapiType, text: string): unknown {
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  if (kind === 'integer' && /^-?\d{1,16}$/.test(text)) return Number(text)
  if (kind === 'double' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return Number(text)
  return text
}
