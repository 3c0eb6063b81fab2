/** What the vendor's SDK says of a field: its type alone, or its type and more. */
export type Fact = string | FactOfField
interface FactOfField {
  t: string
  /** Read-only: the vendor takes none. */
  ro?: number
  req?: number
  enum?: string[]
  min?: number
  max?: number
  minLength?: number
  maxLength?: number
}

interface VendorCall {
  query?: Record<string, string>
  body?: string
  returns?: string
}

/** Calls by method, path with `{}` for each parameter, and action. Structs by name, their fields by name. */
export interface VendorTable {
  /** Calls with an action on paths that we have, ours or not. */
  actions: string[]
  calls: Record<string, VendorCall>
  structs: Record<string, Record<string, Fact>>
}

export interface Schema {
  $ref?: string
  type?: string
  const?: unknown
  enum?: string[]
  items?: Schema
  properties?: Record<string, Schema>
  allOf?: Schema[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  readOnly?: boolean
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
}

interface Operation {
  parameters?: { name: string; in: string; schema: Schema }[]
  requestBody?: { content?: Record<string, { schema: Schema }> }
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}

export interface Document {
  paths: Record<string, Record<string, Operation>>
}

/** `dyn<X>` is any subtype of X, `X[]` a list of them. */
const structOf = (type: string) => type.replace(/^dyn<(.*)>(?=\[|$)/, '$1').replace(/\[\]$/, '')

const parts = (schema: Schema) => [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]

function propertiesOf(schema: Schema): Record<string, Schema> {
  return Object.assign({}, ...parts(schema).map(propertiesOf), schema.properties)
}

function valuesOf(schema: Schema): string[] {
  if (typeof schema.const === 'string') return [schema.const]
  return schema.enum ?? parts(schema).flatMap(valuesOf)
}

/** The types that a schema allows, in the vendor's words; nothing where it allows anything. */
function typesOf(schema: Schema): string[] {
  const inner = parts(schema)
  if (inner.length > 0) return [...new Set(inner.flatMap(typesOf))]
  const type = schema.type ?? (schema.enum ? 'string' : schema.const === undefined ? undefined : typeof schema.const)
  const words: Record<string, string> = { integer: 'int', boolean: 'bool', array: '[]' }
  return type === undefined ? [] : [words[type] ?? type]
}

function vendorType(type: string): string {
  if (type.endsWith('[]')) return '[]'
  if (type === 'double' || type === 'float') return 'number'
  return ['string', 'int', 'bool'].includes(type) ? type : 'object'
}

/** Those of the vendor's fields that every object may have and that mean nothing to a client who was not sent them. */
const everywhere = new Set(['_self', '_links', '_schema'])

/**
 * Where our description of NSX Manager's API is not what the vendor's SDK says, one sentence each: calls, query
 * parameters, bodies, results, their fields, types, values and ranges.
 *
 * The vendor marks no field of a result as required, so what we leave out of results is no difference. Where the vendor
 * states no range, ours may have one: nothing unbounded is stored.
 *
 * @returns The sentences, sorted, and what of the table was looked at.
 */
export function differencesFrom(table: VendorTable, { paths }: Document) {
  const found = new Set<string>()
  const own = new Set(Object.keys(paths).map((path) => path.split('?')[0]?.replace(/\{[^}]+\}/g, '{}')))
  const actions = table.actions.filter((call) => own.has(call.split(' ')[1]?.split('?')[0]))
  const seen: VendorTable = { actions: actions.sort(), calls: {}, structs: {} }

  function compareField(name: string, ours: Schema, fact: Fact, direction: 'body' | 'result'): void {
    const theirs: FactOfField = typeof fact === 'string' ? { t: fact } : fact
    const types = typesOf(ours)
    const type = vendorType(theirs.t)
    // What a client may send back as it was read has no type of its own.
    if (direction === 'body' && ours.readOnly) {
      if (!theirs.ro && !/^_/.test(name.split('.')[1] ?? '')) found.add(`${name} is taken and dropped`)
      return
    }
    if (types.some((one) => one !== type)) found.add(`${name} is ${types.join(' or ')}, the vendor's ${theirs.t}`)
    const values = type === '[]' && ours.items ? valuesOf(ours.items) : valuesOf(ours)
    if (theirs.enum) {
      const invented = values.filter((value) => !theirs.enum?.includes(value))
      if (invented.length > 0) found.add(`${name} has values that the vendor's has not: ${invented.join(', ')}`)
      if (direction === 'body') {
        const missing = theirs.enum.filter((value) => !values.includes(value))
        if (missing.length > 0) found.add(`${name} does not take ${missing.join(', ')}`)
      } else if (values.length === 0) found.add(`${name} is any text, the vendor's one of ${theirs.enum.join(', ')}`)
    }
    if (direction === 'body') {
      const isText = type === 'string'
      for (const [bound, stated] of [
        ['minimum', isText ? undefined : theirs.min],
        ['maximum', isText ? undefined : theirs.max],
        // The vendor's table has the lengths of some texts as ranges. A text that is one of a few words has no others.
        ['minLength', theirs.minLength ?? (isText && !theirs.enum ? theirs.min : undefined)],
        ['maxLength', theirs.enum ? undefined : (theirs.maxLength ?? (isText ? theirs.max : undefined))],
      ] as const) {
        if (stated !== undefined && ours[bound] !== stated) {
          found.add(`${name} has the ${bound} ${ours[bound] ?? 'none'}, the vendor's ${stated}`)
        }
      }
    }
    if (type === 'object') compareStruct(ours, theirs.t, direction)
    else if (type === '[]' && ours.items) compareStruct(ours.items, theirs.t, direction)
  }

  /** Those of a struct, and of the subtypes that it names. */
  function fieldsOf(name: string): Record<string, Fact> | undefined {
    const own = table.structs[name]
    if (!own) return undefined
    seen.structs[name] = own
    const { resource_type: kind } = own
    const subtypes = typeof kind === 'object' && kind.req ? (kind.enum ?? []) : []
    return Object.assign({}, ...subtypes.map(fieldsOf), own)
  }

  function compareStruct(ours: Schema, type: string, direction: 'body' | 'result', above: string[] = []): void {
    const name = structOf(type)
    if (above.includes(name)) return
    const fields = fieldsOf(name)
    if (!fields) return
    const properties = propertiesOf(ours)
    for (const [field, schema] of Object.entries(properties)) {
      const fact = fields[field]
      if (fact === undefined) found.add(`${name}.${field} is not the vendor's (${direction})`)
      else compareField(`${name}.${field}`, schema, fact, direction)
    }
    if (direction === 'result') return
    for (const [field, fact] of Object.entries(fields)) {
      const readOnly = typeof fact === 'object' && fact.ro
      if (!properties[field] && !readOnly && !everywhere.has(field)) found.add(`${name}.${field} is not taken`)
    }
  }

  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { parameters = [], requestBody, responses }] of Object.entries(operations)) {
      const call = `${method.toUpperCase()} ${path.replace(/\{[^}]+\}/g, '{}')}`
      const theirs = table.calls[call]
      if (!theirs) {
        found.add(`${call} is not the vendor's`)
        continue
      }
      seen.calls[call] = theirs
      const query = new Map(parameters.filter((p) => p.in === 'query').map((p) => [p.name, p.schema]))
      for (const [name, schema] of query) {
        const type = theirs.query?.[name]
        if (type === undefined) found.add(`${call}: ?${name} is not the vendor's`)
        else if (typesOf(schema).some((one) => one !== vendorType(type))) {
          found.add(`${call}: ?${name} is ${typesOf(schema).join(' or ')}, the vendor's ${type}`)
        }
      }
      for (const name of Object.keys(theirs.query ?? {})) {
        if (!query.has(name)) found.add(`${call}: ?${name} is not taken`)
      }
      const body = Object.values(requestBody?.content ?? {})[0]?.schema
      if (body && !theirs.body) found.add(`${call} takes a body`)
      else if (!body && theirs.body) found.add(`${call} takes no body, the vendor's ${theirs.body}`)
      else if (body && theirs.body) compareStruct(body, theirs.body, 'body')
      for (const [status, { content }] of Object.entries(responses)) {
        if (!status.startsWith('2')) continue
        const result = content?.['application/json']?.schema
        const empty = !result || result.type === 'string'
        if (!empty && !theirs.returns) found.add(`${call} has a result`)
        else if (empty && theirs.returns) found.add(`${call} has no result, the vendor's ${theirs.returns}`)
        else if (!empty && theirs.returns) compareStruct(result, theirs.returns, 'result')
      }
    }
  }
  return { differences: [...found].sort(), seen }
}
