import { AccessError } from '../../access/errors.ts'
import type { Work } from '../../access/turns/turns.ts'
import type { Authorization } from '../../access/vcenter/authorization.ts'
import type { VcenterCall } from '../../access/vcenter/call.ts'
import type { ObjectNode, ObjectType } from '../../access/vcenter/object-tree.ts'
import type { InventoryObjectTable } from '../../store/schema.ts'
import { entityName } from './entity-name.ts'
import { inferred } from './inferred.ts'
import type { VsphereInventory } from './inventory.ts'
import { type FolderType, isA, type VsphereObject } from './object.ts'
import { addObjects, type ObjectsRemoved, removeObject, requireFreeName, requireObject, requireRow } from './objects.ts'

export type Folders = ReturnType<typeof createFolders>

/** Which kind of folder holds objects of a type; folders are held by those of their own kind. */
const holders: Partial<Record<ObjectType, FolderType>> = {
  Datacenter: 'datacenter',
  VirtualMachine: 'vm',
  ClusterComputeResource: 'host',
  ComputeResource: 'host',
  Datastore: 'datastore',
  StoragePod: 'datastore',
  Network: 'network',
  OpaqueNetwork: 'network',
  VmwareDistributedVirtualSwitch: 'network',
}

/** Making, naming, moving and deleting what stands in folders. @see vSphere Web Services API, Folder, ManagedEntity */
export function createFolders(tree: VsphereInventory, authorization: Authorization, removed: ObjectsRemoved) {
  /** On an object and on what holds it. */
  function requireWithParent(call: VcenterCall, object: VsphereObject, privilege: string): void {
    authorization.require(call, object.id, privilege)
    if (object.parent) authorization.require(call, object.parent.id, privilege)
  }

  /** A whole folder goes with what is in it: that has to be allowed for each, and no machine may run. */
  async function requireRemovable(call: VcenterCall, folder: VsphereObject, work: Work): Promise<void> {
    for (const object of below(folder)) {
      if (work.isSpent) await work.turn()
      const privilege = inferred.deletePrivileges[object.type]
      if (privilege !== undefined) authorization.require(call, object.id, privilege)
      if (isA(object, 'VirtualMachine') && object.details.powerState === 'poweredOn') {
        throw new AccessError('wrong_state', `Virtual machine ${object.id} is powered on`, { objectId: object.id })
      }
    }
  }

  return {
    /** @throws {AccessError} `not_found`; `forbidden`; `invalid_field`; `already_exists` */
    async create(call: VcenterCall, { parent, name: given }: { parent: string; name: string }): Promise<string> {
      const { details } = requireObject(tree, parent, 'Folder')
      authorization.require(call, parent, 'Folder.Create')
      const name = entityName(given, 'name')
      return call.change(async (change) => {
        await requireRow(change.stores, parent)
        await requireFreeName(change.stores, parent, name)
        return addObjects(change, tree, (builder) => builder.folder(details.folderType, name, parent))
      })
    },

    /**
     * Deletes a folder with all that is in it.
     *
     * @throws {AccessError} `not_found`; `forbidden`; `unsupported` for a folder that has to be there; `wrong_state`
     *   where a machine in it is powered on; `in_use` where machines of other folders run in what is in it.
     */
    async remove(call: VcenterCall, id: string, work: Work): Promise<void> {
      const folder = requireObject(tree, id, 'Folder')
      requireWithParent(call, folder, 'Folder.Delete')
      requireOwnPlace(folder)
      await requireRemovable(call, folder, work)
      await call.change(async (change) => {
        const row = await requireRow(change.stores, id)
        if (await change.stores.inventoryObjects.holdsOthers(id)) {
          throw new AccessError('in_use', `Machines of other folders run in ${id}`, { objectId: id })
        }
        // Nothing in it has begun to run meanwhile.
        for (const object of below(folder)) {
          if (isA(object, 'VirtualMachine') && object.details.powerState === 'poweredOn') {
            throw new AccessError('wrong_state', `Virtual machine ${object.id} is powered on`, { objectId: object.id })
          }
        }
        await removeObject(change, tree, row, removed)
      })
    },

    /** @throws {AccessError} `not_found`; `forbidden`; `unsupported`; `invalid_field`; `already_exists` */
    async rename(call: VcenterCall, id: string, newName: string): Promise<void> {
      const object = tree.find(id)
      if (!object) throw new AccessError('not_found', `There is no object ${id}`, { objectId: id })
      const privilege = inferred.renamePrivileges[object.type]
      if (privilege === undefined) throw unsupported(`A ${object.type} cannot be renamed`)
      authorization.require(call, id, privilege)
      requireOwnPlace(object)
      const name = entityName(newName, 'name')
      await call.change(async ({ stores, values, onCommit }) => {
        const row = await requireRow(stores, id)
        if (row.name !== name) await requireFreeName(stores, row.parent!, name)
        values(id, { name: row.name }, { name })
        const after = { ...row, name }
        await stores.inventoryObjects.update(after)
        onCommit(() => tree.follow({ updated: [after] }))
      })
    },

    /**
     * Moves objects into a folder: all of them, or none.
     *
     * @throws {AccessError} `not_found`; `forbidden`; `unsupported` for what no such folder holds; `invalid_field` for a
     *   folder that would be in itself; `already_exists`
     */
    async move(call: VcenterCall, into: string, ids: readonly string[]): Promise<void> {
      const folder = requireObject(tree, into, 'Folder')
      const objects = [...new Set(ids)].map((id) => requireObjectAt(id))
      for (const object of objects) {
        const privilege = inferred.movePrivileges[object.type]
        if (privilege === undefined) throw unsupported(`A ${object.type} cannot be moved into a folder`)
        requireWithParent(call, object, privilege)
        authorization.require(call, into, privilege)
        requireFits(object, folder)
      }
      await call.change(async ({ stores, values, onCommit }) => {
        await requireRow(stores, into)
        const moved: { before: InventoryObjectTable; after: InventoryObjectTable }[] = []
        for (const object of objects) {
          requireNotBelow(folder, object)
          const before = await requireRow(stores, object.id)
          if (before.parent === into) continue
          await requireFreeName(stores, into, before.name)
          const after = { ...before, parent: into }
          await stores.inventoryObjects.update(after)
          moved.push({ before, after })
        }
        const places = (side: 'before' | 'after') =>
          moved.map((one) => ({ id: one[side].id, parent: one[side].parent }))
        values(into, places('before'), places('after'))
        onCommit(() => tree.follow({ updated: moved.map(({ after }) => after) }))
      })
    },
  }

  function requireObjectAt(id: string): VsphereObject {
    const object = tree.find(id)
    if (!object) throw new AccessError('not_found', `There is no object ${id}`, { objectId: id })
    return object
  }
}

/** What has to be where it is: the root folder, a datacenter's own folders, what belongs to something larger. */
function requireOwnPlace(object: VsphereObject): void {
  if (object.parent && object.holder === object) return
  throw unsupported(`${object.id} is there for good`)
}

function requireFits(object: VsphereObject, folder: VsphereObject<'Folder'>): void {
  requireOwnPlace(object)
  const { folderType } = folder.details
  const wanted = isA(object, 'Folder') ? object.details.folderType : holders[object.type]
  if (wanted !== folderType) throw unsupported(`${folder.id} is a folder of another type`)
  if (!isA(object.parent, 'Folder', 'StoragePod')) throw unsupported(`${object.id} stands in no folder`)
  if (object.datacenter !== folder.datacenter) throw unsupported(`${folder.id} is in another datacenter`)
}

/** A folder's own place is looked at when the change begins: earlier ones of the same group may have moved it. */
function requireNotBelow(folder: VsphereObject, object: VsphereObject): void {
  for (let at: VsphereObject | undefined = folder; at; at = at.parent) {
    if (at === object) throw new AccessError('invalid_field', `${folder.id} is in ${object.id}`, { field: 'folder' })
  }
}

const unsupported = (message: string) => new AccessError('unsupported', message)

function* below(object: ObjectNode): Generator<VsphereObject> {
  const ahead: ObjectNode[] = [object]
  for (let at = ahead.pop(); at; at = ahead.pop()) {
    for (const child of at.children as ReadonlySet<VsphereObject>) {
      // A machine is where its folder is, not where it runs.
      if (child.parent !== at && at.type !== 'VmwareDistributedVirtualSwitch') continue
      yield child
      if (child.children.size > 0) ahead.push(child)
    }
  }
}
