import { mask, maskField, maskText, shownName } from './mask.ts'

/** As much of a JSON schema as says which fields there are. */
interface Schema {
  type?: string | string[]
  const?: unknown
  enum?: readonly unknown[]
  properties?: Readonly<Record<string, Schema>>
  patternProperties?: Readonly<Record<string, Schema>>
  additionalProperties?: boolean | Schema
  items?: Schema
  anyOf?: readonly Schema[]
  oneOf?: readonly Schema[]
  allOf?: readonly Schema[]
  writeOnly?: boolean
}

/**
 * What the audit log may show of a value that a client sent: what is declared, and of a kind that is declared for it,
 * unless its name is a secret's or it is declared as never to be read. Of anything else there is the name of the field
 * and `*****`; a name that does not look like a field's is `*****` too.
 *
 * @param schema A JSON schema; undefined: no field is declared.
 */
export function showDeclared(schema: object | undefined, value: unknown): unknown {
  return show(alternatives(schema ?? noFields), value)
}

const noFields = { type: 'object' }

/**
 * The same of a body that no schema describes: its fields may have any depth and order.
 *
 * @param names Of fields that are no secrets, and of what they are in.
 */
export function showNamed(names: readonly string[], body: unknown): unknown {
  // In a list nothing has a name.
  return Array.isArray(body) ? mask : showInside(names, body)
}

function showInside(names: readonly string[], value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => showInside(names, item))
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).map(([name, inner]): [string, unknown] =>
      names.includes(name) ? [name, maskField(name, showInside(names, inner))] : [shownName(name), mask],
    )
    return Object.fromEntries(entries)
  }
  return typeof value === 'string' ? maskText(value) : value
}

/** Names of the parameters that a schema of a query declares. */
export function declaredNames(schema: object | undefined): ReadonlySet<string> {
  const known = schema && namesOf.get(schema)
  if (known) return known
  const names = new Set<string>()
  for (const { properties } of alternatives(schema)) {
    for (const [name, inner] of Object.entries(properties ?? {})) if (!inner.writeOnly) names.add(name)
  }
  if (schema) namesOf.set(schema, names)
  return names
}

const namesOf = new WeakMap<object, ReadonlySet<string>>()

/** A schema and those it is made of: a field that one of them declares is declared. */
function alternatives(schema: Schema | undefined): Schema[] {
  if (schema === undefined) return []
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]
  return [schema, ...parts.flatMap(alternatives)]
}

function show(schemas: readonly Schema[], value: unknown): unknown {
  if (schemas.some(({ writeOnly }) => writeOnly)) return mask
  if (Array.isArray(value)) {
    const items = schemas.flatMap(({ items }) => alternatives(items))
    return items.length === 0 && value.length > 0 ? mask : value.map((item) => show(items, item))
  }
  if (value !== null && typeof value === 'object') {
    if (!schemas.some(isOfObjects)) return mask
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => showField(schemas, name, inner)))
  }
  if (!schemas.some((schema) => isOfKind(schema, value))) return mask
  return typeof value === 'string' ? maskText(value) : value
}

function showField(schemas: readonly Schema[], name: string, value: unknown): [string, unknown] {
  const own = schemas.flatMap(({ properties }) =>
    properties && Object.hasOwn(properties, name) ? alternatives(properties[name]) : [],
  )
  if (own.length > 0) return [name, maskField(name, show(own, value))]
  const others = schemas.flatMap(({ patternProperties, additionalProperties }) => [
    ...Object.values(patternProperties ?? {}).flatMap(alternatives),
    ...(typeof additionalProperties === 'object' ? alternatives(additionalProperties) : []),
  ])
  const shown = shownName(name)
  return [shown, others.length > 0 && shown === name ? maskField(name, show(others, value)) : mask]
}

const isOfObjects = ({ type, properties, patternProperties, additionalProperties }: Schema) =>
  type === 'object' || properties !== undefined || patternProperties !== undefined || additionalProperties === true

/** Whether a schema is of plain values such as the given one, or where it lists its values, has the given one. */
function isOfKind({ type, const: only, enum: values }: Schema, value: unknown): boolean {
  if (value === null) return true
  if (values) return values.includes(value)
  if (only !== undefined) return only === value
  return [type ?? []].flat().some((kind) => (kind === 'integer' ? 'number' : kind) === typeof value)
}
