import type { ObjectNode, ObjectType } from '../../../../access/vcenter/object-tree.ts'
import { isA, type VsphereObject } from '../../../../inventory/vsphere/object.ts'
import type { SdkCall } from '../call.ts'
import { has } from '../objects.ts'
import type { Reference } from '../types/basic.ts'
import { entityReference } from './managed-entity.ts'

/** The objects directly below one; port groups stand beside their switch. */
export function* childrenOf({ children, type }: ObjectNode): Generator<VsphereObject> {
  for (const child of children as ReadonlySet<VsphereObject>) {
    yield child
    if (type === 'Folder' && child.type === 'VmwareDistributedVirtualSwitch') yield* childrenOf(child)
  }
}

/** All objects below one, each once. */
export function* objectsBelow(object: ObjectNode): Generator<VsphereObject> {
  const met = new Set<ObjectNode>()
  const ahead: ObjectNode[] = [object]
  for (let at = ahead.pop(); at; at = ahead.pop()) {
    for (const child of at.children as ReadonlySet<VsphereObject>) {
      if (met.has(child)) continue
      met.add(child)
      yield child
      if (child.children.size > 0) ahead.push(child)
    }
  }
}

export function* ofType<T extends ObjectType>(
  objects: Iterable<VsphereObject>,
  ...types: T[]
): Generator<VsphereObject<T>> {
  for (const object of objects) if (isA(object, ...types)) yield object
}

export const networkTypes = ['Network', 'OpaqueNetwork', 'DistributedVirtualPortgroup'] as const

/** Objects as a property lists them: what the caller may not see is left out. */
export function visible(objects: Iterable<ObjectNode>, call: SdkCall): Reference[] {
  const references: Reference[] = []
  for (const object of objects) if (has(call, object.id, 'System.View')) references.push(entityReference(object))
  return references
}
