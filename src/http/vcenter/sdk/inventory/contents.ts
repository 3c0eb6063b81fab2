import type { ObjectNode, ObjectType } from '../../../../access/vcenter/object-tree.ts'
import { isA, type VsphereObject } from '../../../../inventory/vsphere/object.ts'
import type { SdkCall } from '../call.ts'
import type { Property } from '../managed-type.ts'
import { has } from '../objects.ts'
import { type Reference, reference } from '../types/basic.ts'
import { list } from '../types/vim-type.ts'
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

/**
 * A property that lists objects: what the caller may not see is left out.
 *
 * @param candidates Where to look for them.
 * @param matches Which of the candidates they are; all, unless said otherwise.
 */
export function entities<S>(
  privilege: string,
  candidates: (subject: S, call: SdkCall) => Iterable<VsphereObject>,
  matches: (candidate: VsphereObject, subject: S, call: SdkCall) => boolean = () => true,
): Property<S, Reference[]> {
  return {
    type: list(reference),
    privilege,
    entities: { candidates, matches },
    read(subject, call) {
      const found: Reference[] = []
      for (const object of candidates(subject, call)) {
        if (!matches(object, subject, call) || !has(call, object.id, 'System.View')) continue
        found.push(entityReference(object))
      }
      return found
    },
  }
}

/** Candidates of some types. */
export const areOf =
  (...types: ObjectType[]) =>
  ({ type }: VsphereObject): boolean =>
    types.includes(type)
