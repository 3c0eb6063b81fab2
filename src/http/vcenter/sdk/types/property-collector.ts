import { attribute, type XmlElement } from '../../../xml/element.ts'
import { schemaInstance } from '../envelope.ts'
import { anyType, boolean, enumeration, int, reference, string } from './basic.ts'
import { localizedFault } from './faults.ts'
import { dataObject, list, optional, readFields, type ValueOf, type VimType } from './vim-type.ts'

export const propertySpec = dataObject('PropertySpec', {
  type: string,
  all: optional(boolean),
  pathSet: list(string),
})
export type PropertySpec = ValueOf<typeof propertySpec>

/** A selection: one that is defined here, or one that is defined elsewhere, by its name. */
export interface SelectionSpec {
  name?: string | undefined
  /** Absent: the name says which one. */
  traversal?: { type: string; path: string; skip: boolean; selectSet: SelectionSpec[] }
}

/** Only read: which of the two it is says `xsi:type`. */
export const selectionSpec: VimType<SelectionSpec> = {
  name: 'SelectionSpec',
  content: () => {
    throw new Error('selections are not written')
  },
  read(from, path) {
    if (typeNameOf(from) !== 'TraversalSpec') return readFields({ name: optional(string) }, from.children, path)
    const { name, skip = false, ...rest } = readFields(traversalFields, from.children, path)
    return { name, traversal: { skip, ...rest } }
  },
}

const traversalFields = {
  name: optional(string),
  type: string,
  path: string,
  skip: optional(boolean),
  selectSet: list(selectionSpec),
}

/** What `xsi:type` says, without its prefix. */
const typeNameOf = (from: XmlElement) =>
  attribute(from, 'type', schemaInstance)
    ?.trim()
    .replace(/^[^:]*:/, '')

export const objectSpec = dataObject('ObjectSpec', {
  obj: reference,
  skip: optional(boolean),
  selectSet: list(selectionSpec),
})

export const propertyFilterSpec = dataObject('PropertyFilterSpec', {
  propSet: list(propertySpec),
  objectSet: list(objectSpec),
  reportMissingObjectsInResults: optional(boolean),
})
export type PropertyFilterSpec = ValueOf<typeof propertyFilterSpec>

export const dynamicProperty = dataObject('DynamicProperty', { name: string, val: anyType })

export const missingProperty = dataObject('MissingProperty', { path: string, fault: localizedFault })

export const objectContent = dataObject('ObjectContent', {
  obj: reference,
  propSet: list(dynamicProperty),
  missingSet: list(missingProperty),
})
export type ObjectContent = ValueOf<typeof objectContent>

export const retrieveOptions = dataObject('RetrieveOptions', { maxObjects: optional(int) })

export const retrieveResult = dataObject('RetrieveResult', {
  token: optional(string),
  objects: list(objectContent),
})

export const waitOptions = dataObject('WaitOptions', {
  maxWaitSeconds: optional(int),
  maxObjectUpdates: optional(int),
})

export const propertyChange = dataObject('PropertyChange', {
  name: string,
  op: enumeration('PropertyChangeOp', ['add', 'remove', 'assign', 'indirectRemove']),
  val: optional(anyType),
})

export const objectUpdate = dataObject('ObjectUpdate', {
  kind: enumeration('ObjectUpdateKind', ['modify', 'enter', 'leave']),
  obj: reference,
  changeSet: list(propertyChange),
  missingSet: list(missingProperty),
})
export type ObjectUpdate = ValueOf<typeof objectUpdate>

export const propertyFilterUpdate = dataObject('PropertyFilterUpdate', {
  filter: reference,
  objectSet: list(objectUpdate),
})

export const updateSet = dataObject('UpdateSet', {
  version: string,
  filterSet: list(propertyFilterUpdate),
  truncated: optional(boolean),
})
export type UpdateSet = ValueOf<typeof updateSet>
