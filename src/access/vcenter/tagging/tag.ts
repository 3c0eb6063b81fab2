import { randomUUID } from 'node:crypto'
import type { VcenterTagCategoryTable, VcenterTagTable } from '../../../store/schema.ts'
import { AccessError } from '../../errors.ts'
import { longestDescription, longestTypeName } from '../inferred.ts'
import type { ObjectNode, TagObjectType } from '../object-tree.ts'

export type Cardinality = 'SINGLE' | 'MULTIPLE'

/** @see the vCenter API, com.vmware.cis.tagging.CategoryModel */
export interface Category {
  readonly id: string
  /** Unique among categories. */
  readonly name: string
  readonly description: string
  /** How many of its tags an object can have. */
  readonly cardinality: Cardinality
  /** Types of the objects that its tags are for; none: all. */
  readonly associableTypes: readonly string[]
  /** Who says that they use it, in their order. */
  readonly usedBy: readonly string[]
}

/** @see the vCenter API, com.vmware.cis.tagging.TagModel */
export interface Tag {
  readonly id: string
  readonly categoryId: string
  /** Unique within its category. */
  readonly name: string
  readonly description: string
  readonly usedBy: readonly string[]
}

/** An id that no other object has. */
export const newId = (type: TagObjectType): string => `urn:vmomi:${type}:${randomUUID()}:GLOBAL`

/** @throws {AccessError} `invalid_field` for what is no id of the type: it would be taken for something else's. */
export function requireId(id: string, type: TagObjectType, field: string): string {
  if (new RegExp(`^urn:vmomi:${type}:[\\w-]{1,64}:[\\w-]{1,64}$`).test(id)) return id
  throw new AccessError('invalid_field', `${field}: expected urn:vmomi:${type}:UUID:GLOBAL`, { field })
}

/** @throws {AccessError} `invalid_field` */
export function requireDescription(description: string, field: string): string {
  if (description.length <= longestDescription && description.isWellFormed() && !description.includes('\0')) {
    return description
  }
  throw new AccessError('invalid_field', `${field}: a description has at most ${longestDescription} characters`, {
    field,
  })
}

/** Before a type's name where it is told apart from those of other namespaces: clients write it, and read it without. */
const namespace = /^urn:[\w.]+:/

/**
 * @returns them without their namespace, in the order of the alphabet.
 * @throws {AccessError} `invalid_field` for what is no name of a type.
 * @see 039-tags.md
 */
export function requireTypes(types: readonly string[], field: string): string[] {
  const name = new RegExp(`^[A-Za-z][\\w.-]{0,${longestTypeName - 1}}$`)
  const names = new Set(types.map((type) => type.replace(namespace, '')))
  for (const one of names) {
    if (name.test(one)) continue
    throw new AccessError('invalid_field', `${field}: it has what is no name of a type of objects`, { field })
  }
  return [...names].sort()
}

/**
 * The types that a category has after a change, which can let more objects have its tags, and never fewer.
 *
 * @throws {AccessError} `invalid_field`
 * @see the vCenter API, com.vmware.cis.tagging.Category.UpdateSpec
 */
export function grownTypes(before: readonly string[], after: readonly string[], field: string): readonly string[] {
  // None means all.
  const grows = after.length === 0 || (before.length > 0 && before.every((type) => after.includes(type)))
  if (grows) return after
  throw new AccessError('invalid_field', `${field}: types can be added to a category, and none be taken away`, {
    field,
  })
}

/**
 * The cardinality after a change. Objects that have several tags of a category keep them from having one only.
 *
 * @throws {AccessError} `invalid_field`
 * @see vCenter Server and Host Management, "Edit a Tag Category"
 */
export function grownCardinality(before: Cardinality, after: Cardinality, field: string): Cardinality {
  if (after === 'MULTIPLE' || before === 'SINGLE') return after
  throw new AccessError('invalid_field', `${field}: it cannot become SINGLE again`, { field })
}

/** The API's own word for the one type that it names otherwise than vim25 does. */
const otherNames: Partial<Record<ObjectNode['type'], string>> = {
  VmwareDistributedVirtualSwitch: 'DistributedVirtualSwitch',
}

/** Whether tags of a category are for objects of a type. */
export function isFor({ associableTypes }: Category, type: ObjectNode['type']): boolean {
  return associableTypes.length === 0 || [type, otherNames[type]].some((name) => name && associableTypes.includes(name))
}

/** How the audit log shows a category and a tag. */
export const shownCategory = ({ id, ...category }: Category): object => category
export const shownTag = ({ id, ...tag }: Tag): object => tag

export const categoryOf = ({ cardinality, associableTypes, usedBy, ...row }: VcenterTagCategoryTable): Category => ({
  ...row,
  cardinality: cardinality as Cardinality,
  associableTypes: JSON.parse(associableTypes),
  usedBy: JSON.parse(usedBy),
})

export const rowOfCategory = ({ associableTypes, usedBy, ...category }: Category): VcenterTagCategoryTable => ({
  ...category,
  associableTypes: JSON.stringify(associableTypes),
  usedBy: JSON.stringify(usedBy),
})

export const tagOf = ({ usedBy, ...row }: VcenterTagTable): Tag => ({ ...row, usedBy: JSON.parse(usedBy) })

export const rowOfTag = ({ usedBy, ...tag }: Tag): VcenterTagTable => ({ ...tag, usedBy: JSON.stringify(usedBy) })
