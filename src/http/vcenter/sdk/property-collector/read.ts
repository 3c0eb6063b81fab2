import { rootFolder } from '../../../../access/vcenter/object-tree.ts'
import type { SdkCall } from '../call.ts'
import { anonymous, type ManagedObject, referenceTo } from '../managed-type.ts'
import { has, noPermission } from '../objects.ts'
import type { ObjectContent } from '../types/property-collector.ts'
import { follow, type PropertyPath } from './path.ts'

/** What roles are made for is recorded; what every role has, and is asked for with every property, is not. */
export function mayRead({ entity }: ManagedObject, { property }: PropertyPath, call: SdkCall): boolean {
  const { privilege } = property
  if (privilege === anonymous) return true
  const isAsked = !privilege.startsWith('System.') && call.caller !== undefined
  if (isAsked) call.services.authorization.may(call, entity ?? rootFolder, privilege)
  return has(call, entity, privilege)
}

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
