import type { SdkCall } from '../call.ts'
import { anonymous, type ManagedObject, referenceTo } from '../managed-type.ts'
import { has, noPermission } from '../objects.ts'
import type { ObjectContent } from '../types/property-collector.ts'
import { follow, type PropertyPath } from './path.ts'

export const mayRead = ({ entity }: ManagedObject, { property }: PropertyPath, call: SdkCall): boolean =>
  property.privilege === anonymous || has(call, entity, property.privilege)

/** An object's values for some paths: those that are set, and those that the caller may not know. */
export function readContent(object: ManagedObject, paths: readonly PropertyPath[], call: SdkCall): ObjectContent {
  const content: ObjectContent = { obj: referenceTo(object), propSet: [], missingSet: [] }
  // Paths often lead into the same property.
  const values = new Map<PropertyPath['property'], unknown>()
  for (const path of paths) {
    const { property } = path
    if (!mayRead(object, path, call)) {
      content.missingSet.push({ path: path.path, fault: noPermission(call, object, property.privilege) })
      continue
    }
    if (!values.has(property)) values.set(property, property.read(object.subject, call))
    const val = follow(path, values.get(property))
    if (val) content.propSet.push({ name: path.path, val })
  }
  return content
}
