import { globalRoot, rootFolder } from '../../../access/vcenter/object-tree.ts'
import type { VsphereObject } from '../../../inventory/vsphere/object.ts'
import type { SdkCall } from './call.ts'
import { inferred } from './inferred.ts'
import { isKindOf, type ManagedObject, type ManagedType, referenceTo } from './managed-type.ts'
import type { Task } from './tasks.ts'
import type { Reference } from './types/basic.ts'
import { type VimFault, vimFault } from './types/faults.ts'

/** The object that a client names, if there is one of that name and type. */
export function findObject(call: SdkCall, { type, id }: Reference): ManagedObject | undefined {
  const object =
    call.registry.singleton(id) ?? (call.session && call.registry.namesInventory ? ownObject(call, id) : undefined)
  return object && (type === '' || isKindOf(object.type, type)) ? object : undefined
}

/** What only those can name who are signed in: nobody else learns what there is. */
function ownObject(call: SdkCall, id: string): ManagedObject | undefined {
  const entity = call.services.vsphere.find(id)
  return entity ? inventoryObject(entity, call) : (call.objects.find(id) ?? taskObject(call, id))
}

export function inventoryObject(subject: VsphereObject, { registry }: SdkCall): ManagedObject<VsphereObject> {
  const { id } = subject
  return { type: registry.typeNamed(subject.type) as ManagedType, id, entity: id, subject }
}

function taskObject(call: SdkCall, id: string): ManagedObject | undefined {
  const subject = call.tasks.find(id)
  const type = call.registry.typeNamed('Task') as ManagedType
  return subject && maySeeTask(subject, call) ? { type, id, entity: undefined, subject } : undefined
}

/** @throws {VimFault} `ManagedObjectNotFound`; `NotAuthenticated` */
export function requireObject(call: SdkCall, reference: Reference): ManagedObject {
  const object = findObject(call, reference)
  if (object) return object
  if (!call.session) throw notAuthenticated()
  throw vimFault('ManagedObjectNotFound', '', { obj: reference })
}

/** Whose it is may see a task, and whoever may look at what it was about. */
export const maySeeTask = ({ owner, entity }: Task, call: SdkCall): boolean =>
  owner === call.caller?.key || has(call, entity.id, inferred.privilegeOfProperties)

/**
 * Whether the caller has a privilege on an inventory object.
 *
 * @param entity Undefined: on what stands outside the inventory, for which it has to be had on the root folder or globally.
 */
export function has({ services, caller }: SdkCall, entity: string | undefined, privilege: string): boolean {
  const { authorization } = services
  if (entity !== undefined) return authorization.allows(caller, entity, privilege)
  return [rootFolder, globalRoot].some((id) => authorization.allows(caller, id, privilege))
}

/** Whether the caller may know that there is such an object. What is found outside the inventory is theirs. */
export const canView = (call: SdkCall, { entity }: ManagedObject): boolean =>
  entity === undefined || has(call, entity, 'System.View')

/** How a caller hears that there is something they may not do. Whoever has no session hears that instead. */
export function noPermission({ session }: SdkCall, object: ManagedObject, privilegeId: string): VimFault {
  if (!session) return notAuthenticated()
  const { entity } = object
  return vimFault('NoPermission', '', {
    // What stands outside the inventory has the root folder's permissions.
    object: entity === undefined ? rootReference : referenceTo(object),
    privilegeId,
  })
}

/** It names the root folder, whatever was asked for, as live vCenters do. */
export const notAuthenticated = (): VimFault =>
  vimFault('NotAuthenticated', '', { object: rootReference, privilegeId: 'System.View' })

const rootReference: Reference = { type: 'Folder', id: rootFolder }
