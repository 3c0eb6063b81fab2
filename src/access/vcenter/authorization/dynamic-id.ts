import { AccessError } from '../../errors.ts'
import { globalRoot, type ObjectNode, type ObjectTree, objectTypes, tagObjectTypes } from '../object-tree.ts'

/** An object as vCenter's REST and JSON-RPC calls name it. */
export interface DynamicId {
  type: string
  id: string
}

/** Fits any object of the inventory. */
const anyObject = 'ManagedEntity'

/** The API's word for the one type that it names otherwise than vim25 does. */
const switchType = 'DistributedVirtualSwitch'

/** Types that are said of an object of a narrower type, too. @see vcenter-api.md 3.1, subtypes; inferred */
const baseTypes: Partial<Record<ObjectNode['type'], string>> = {
  ClusterComputeResource: 'ComputeResource',
  DistributedVirtualPortgroup: 'Network',
  OpaqueNetwork: 'Network',
  VirtualApp: 'ResourcePool',
  StoragePod: 'Folder',
  VmwareDistributedVirtualSwitch: switchType,
}

const knownTypes = new Set(
  [...objectTypes, ...tagObjectTypes, anyObject, switchType, globalRoot].map((type) => type.toLowerCase()),
)

/** Types that no other word is said of: what is of them is no object of the inventory. */
const ownTypes: ReadonlySet<string> = new Set([...tagObjectTypes, globalRoot])

/** Whether an object may be called by a type, whose case does not matter. @see vcenter-api.md 3.1, letter case */
function isCalled({ type: own }: ObjectNode, type: string): boolean {
  const names = ownTypes.has(own) ? [own] : [own, baseTypes[own], anyObject]
  return names.some((name) => name?.toLowerCase() === type.toLowerCase())
}

/** Any object, or the global root. */
export function nodeOf(tree: ObjectTree, id: string): ObjectNode | undefined {
  return id === globalRoot ? tree.global : tree.find(id)
}

/** The object that is meant; undefined where there is none of the id, or it is of another type. */
export function findObject(tree: ObjectTree, { type, id }: DynamicId): ObjectNode | undefined {
  const node = nodeOf(tree, id)
  return node && isCalled(node, type) ? node : undefined
}

/**
 * @throws {AccessError} `invalid_field` for a type that there is not, an unknown id, and an object of another type.
 * @see vcenter-api.md 2.2, missing object; inferred
 */
export function requireObject(tree: ObjectTree, object: DynamicId, field = 'object'): ObjectNode {
  requireType(object, field)
  const node = findObject(tree, object)
  if (node) return node
  const message = `There is no ${object.type} ${object.id}`
  throw new AccessError('invalid_field', message, { field, objectId: object.id, value: object.id })
}

/** @throws {AccessError} `invalid_field` for a type that there is not. */
export function requireType({ type }: DynamicId, field = 'object'): void {
  if (knownTypes.has(type.toLowerCase())) return
  throw new AccessError('invalid_field', `${type} is no type of objects`, { field, value: type })
}

/** How an object is named to clients, however they named it. @see vcenter-api.md 3.1, letter case; inferred */
export function dynamicIdOf({ type, id }: ObjectNode): DynamicId {
  return { type: type === 'VmwareDistributedVirtualSwitch' ? switchType : type, id }
}
