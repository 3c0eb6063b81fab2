import { AccessError } from '../../access/errors.ts'
import type { Authorization } from '../../access/vcenter/authorization.ts'
import type { VcenterCall } from '../../access/vcenter/call.ts'
import { entityName } from './entity-name.ts'
import type { VsphereInventory } from './inventory.ts'
import { type FolderType, isA, type VsphereObject } from './object.ts'
import {
  addObjects,
  type ObjectsRemoved,
  removeObject,
  requireFreeName,
  requireNamed,
  requireObject,
  requireRow,
} from './objects.ts'

export type Datacenters = ReturnType<typeof createDatacenters>

/** @see the vCenter API, com.vmware.vcenter.datacenter */
export function createDatacenters(tree: VsphereInventory, authorization: Authorization, removed: ObjectsRemoved) {
  return {
    /**
     * Creates a datacenter with its four folders.
     *
     * @throws {AccessError} `not_found`; `forbidden`; `invalid_field`; `already_exists`
     */
    async create(call: VcenterCall, spec: { name: string; folder?: string | undefined }): Promise<string> {
      const folder = requireNamed(tree, spec.folder, 'Folder', 'spec.folder')
      authorization.require(call, folder.id, 'Datacenter.Create')
      if (folder.details.folderType !== 'datacenter') {
        throw new AccessError('invalid_field', `spec.folder: ${folder.id} is no folder of datacenters`, {
          field: 'spec.folder',
          value: folder.id,
        })
      }
      const name = entityName(spec.name, 'spec.name')
      return call.change(async (change) => {
        await requireRow(change.stores, folder.id)
        await requireFreeName(change.stores, folder.id, name)
        return addObjects(change, tree, (builder) => builder.datacenter(name, folder.id).id)
      })
    },

    /**
     * @param force Deletes all that is in it, too.
     * @throws {AccessError} `not_found`; `forbidden`; `in_use` where it is not empty.
     */
    async remove(call: VcenterCall, id: string, force: boolean): Promise<void> {
      const datacenter = requireObject(tree, id, 'Datacenter')
      authorization.require(call, id, 'Datacenter.Delete')
      authorization.require(call, datacenter.parent!.id, 'Datacenter.Delete')
      await call.change(async (change) => {
        const row = await requireRow(change.stores, id)
        if (!force && !(await isEmpty())) {
          throw new AccessError('in_use', `Datacenter ${id} is not empty`, { objectId: id })
        }
        await removeObject(change, tree, row, removed)

        async function isEmpty(): Promise<boolean> {
          const { inventoryObjects } = change.stores
          for (const folder of fixedFolders(datacenter).values()) {
            if (await inventoryObjects.hasChildren(folder.id)) return false
          }
          return true
        }
      })
    },
  }
}

/** The four folders of a datacenter. */
export function fixedFolders(datacenter: VsphereObject<'Datacenter'>): Map<FolderType, VsphereObject<'Folder'>> {
  const folders = new Map<FolderType, VsphereObject<'Folder'>>()
  for (const child of datacenter.children as ReadonlySet<VsphereObject>) {
    if (isA(child, 'Folder')) folders.set(child.details.folderType, child)
  }
  return folders
}
