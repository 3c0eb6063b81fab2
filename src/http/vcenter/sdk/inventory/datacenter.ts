import { fixedFolders } from '../../../../inventory/vsphere/datacenters.ts'
import type { FolderType, VsphereObject } from '../../../../inventory/vsphere/object.ts'
import { type ManagedType, method, property } from '../managed-type.ts'
import { asTask, destroying, taskOf } from '../task.ts'
import { reference } from '../types/basic.ts'
import { datacenterConfigInfo } from '../types/inventory.ts'
import { list } from '../types/vim-type.ts'
import { networkTypes, objectsBelow, ofType, visible } from './contents.ts'
import { entityReference, managedEntity, read } from './managed-entity.ts'

type Datacenter = VsphereObject<'Datacenter'>

const folderOf = (type: FolderType) =>
  property(reference, 'System.View', (datacenter: Datacenter) => {
    const folder = fixedFolders(datacenter).get(type)
    return folder && entityReference(folder)
  })

/** The objects below one of a datacenter's folders. */
function* below(datacenter: Datacenter, type: FolderType): Generator<VsphereObject> {
  const folder = fixedFolders(datacenter).get(type)
  if (folder) yield* objectsBelow(folder)
}

/** All of a datacenter: which host has which is not kept. */
export const datastoresOf = (datacenter: Datacenter) => ofType(below(datacenter, 'datastore'), 'Datastore')
export const networksOf = (datacenter: Datacenter) => ofType(below(datacenter, 'network'), ...networkTypes)

export const datacenter: ManagedType = {
  name: 'Datacenter',
  base: managedEntity,
  properties: {
    vmFolder: folderOf('vm'),
    hostFolder: folderOf('host'),
    datastoreFolder: folderOf('datastore'),
    networkFolder: folderOf('network'),
    datastore: property(list(reference), read, (entity: Datacenter, call) => visible(datastoresOf(entity), call)),
    network: property(list(reference), read, (entity: Datacenter, call) => visible(networksOf(entity), call)),
    configuration: property(datacenterConfigInfo, 'System.View', () => ({})),
  },
  methods: {
    /** With all that is in it. */
    Destroy_Task: method({
      requires: 'session',
      parameters: {},
      result: reference,
      changes: true,
      run: (call, _args, target) =>
        asTask(call, destroying, target, () => call.services.datacenters.remove(call, target.id, true)),
      answer: taskOf,
    }),
  },
}
