import { hasSince, newest, type Version } from '../release.ts'
import definitions from './vim25.json' with { type: 'json' }

/** A property, a field or a parameter as vim25 defines it. */
export interface Member {
  /** The name of a managed object's type, of a data object's or of an enumeration, or a simple one such as `string`. */
  readonly type: string
  readonly list: boolean
  readonly optional: boolean
  /** The version it came in; undefined: it was always there. */
  readonly since: string | undefined
  /** Of a property: what it takes to read it. Of a parameter: what it takes to name the object. */
  readonly privilege: string | undefined
}

/** A method as vim25 defines it. */
export interface MethodDefinition {
  readonly since?: string
  /** On the object that is called; absent: the definition names none. */
  readonly privilege?: string
  readonly parameters: Readonly<Record<string, string>>
  readonly result?: string
  /** Those of its own that are answered here. */
  readonly faults?: readonly string[]
}

interface ManagedDefinition {
  readonly base: string
  readonly since?: string
  readonly properties: Readonly<Record<string, string>>
  readonly methods: Readonly<Record<string, MethodDefinition>>
}

interface DataDefinition {
  readonly base: string
  readonly since?: string
  readonly fields: Readonly<Record<string, string>>
}

const managed = new Map<string, ManagedDefinition>(Object.entries(definitions.managed))
const data = new Map<string, DataDefinition>(Object.entries(definitions.data))

const enums = new Map<string, readonly string[]>(Object.entries(definitions.enums))
const references = new Set(definitions.references)

/** A member as the table has it: `Folder[]? 7.0.0.0 System.View`. @throws where it is none. */
export function readMember(text: string): Member {
  const [, type = '', list, mark, since, privilege] =
    /^(\w+)(\[\])?(\?)?(?: (\d\S*))?(?: ([A-Z]\S*))?$/.exec(text) ?? []
  if (type === '') throw new Error(`${text} is no member of a type`)
  return { type, list: list !== undefined, optional: mark !== undefined, since, privilege }
}

/** A type and those that it is derived from, nearest first. */
function* lineage<T extends { base: string }>(types: ReadonlyMap<string, T>, name: string): Generator<T> {
  for (let at = types.get(name); at; at = types.get(at.base)) yield at
}

const members = new Map<string, Member>()

function found(text: string | undefined, version: Version): Member | undefined {
  if (text === undefined) return undefined
  let member = members.get(text)
  if (!member) {
    member = readMember(text)
    members.set(text, member)
  }
  return hasSince(version, member.since) ? member : undefined
}

/** A property of a managed type, inherited ones too, as far as a version has it. */
export function definedProperty(type: string, name: string, version: Version = newest): Member | undefined {
  for (const { properties } of lineage(managed, type)) {
    if (Object.hasOwn(properties, name)) return found(properties[name], version)
  }
  return undefined
}

/** Their names, inherited ones first. */
export function definedProperties(type: string, version: Version = newest): string[] {
  return [...lineage(managed, type)]
    .reverse()
    .flatMap(({ properties }) => Object.keys(properties).filter((name) => found(properties[name], version)))
}

/** A method of a managed type, inherited ones too. */
export function definedMethod(type: string, name: string, version: Version = newest): MethodDefinition | undefined {
  for (const { methods } of lineage(managed, type)) {
    if (!Object.hasOwn(methods, name)) continue
    const method = methods[name]
    return method && hasSince(version, method.since) ? method : undefined
  }
  return undefined
}

/** A field of a data object's type, inherited ones too. */
export function definedField(type: string, name: string, version: Version = newest): Member | undefined {
  for (const { fields } of lineage(data, type)) if (Object.hasOwn(fields, name)) return found(fields[name], version)
  return undefined
}

/** Names of a data object's fields, inherited ones first. */
export const definedFields = (type: string, version: Version = newest): string[] =>
  [...lineage(data, type)]
    .reverse()
    .flatMap(({ fields }) => Object.keys(fields).filter((name) => found(fields[name], version)))

/** Whether vim25 defines a data object of that name. */
export const isData = (type: string): boolean => data.has(type)

/** Whether a name is one of a managed type: its objects are named by references. */
export const isManaged = (type: string): boolean => managed.has(type) || references.has(type)

/** Names of the data objects that are in the table. */
export const dataTypes = (): string[] => [...data.keys()]

/** A data object's own fields, without those that it inherits. */
export const ownFields = (type: string): [name: string, member: Member][] =>
  Object.keys(data.get(type)?.fields ?? {}).flatMap((name) => {
    const member = definedField(type, name)
    return member ? [[name, member]] : []
  })

/** Enumerations, with their values. */
export const enumerations: ReadonlyMap<string, readonly string[]> = enums

/** Names of a managed type's methods, and of those that it inherits. */
export const definedMethods = (type: string): string[] =>
  [...lineage(managed, type)].flatMap(({ methods }) => Object.keys(methods).filter((name) => definedMethod(type, name)))

/** The types of managed objects and of data that a type is derived from, nearest first. */
export const basesOf = (type: string): string[] =>
  [...lineage<{ base: string }>(managed.has(type) ? managed : data, type)].map(({ base }) => base)
