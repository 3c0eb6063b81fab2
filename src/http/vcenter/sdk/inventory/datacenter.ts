import { fixedFolders } from '../../../../inventory/vsphere/datacenters.ts'
import { type FolderType, isA, type VsphereObject } from '../../../../inventory/vsphere/object.ts'
import { type ManagedType, method, property } from '../managed-type.ts'
import { asTask, destroying, taskOf } from '../task.ts'
import { reference } from '../types/basic.ts'
import { datacenterConfigInfo } from '../types/inventory.ts'
import { areOf, entities, networkTypes, objectsBelow } from './contents.ts'
import { entityReference, managedEntity, read } from './managed-entity.ts'

type Datacenter = VsphereObject<'Datacenter'>

const folderOf = (type: FolderType) =>
  property(reference, 'System.View', (datacenter: Datacenter) => {
    const folder = fixedFolders(datacenter).get(type)
    return folder && entityReference(folder)
  })

/** The objects below one of the folders of an object's datacenter. */
function below(object: VsphereObject, type: FolderType): Iterable<VsphereObject> {
  const datacenter = isA(object, 'Datacenter') ? object : object.datacenter
  const folder = datacenter && fixedFolders(datacenter).get(type)
  return folder ? objectsBelow(folder) : []
}

/** All of an object's datacenter: which host has which is not kept. */
export const datastoresOf = (privilege: string) =>
  entities(privilege, (object: VsphereObject) => below(object, 'datastore'), areOf('Datastore'))
export const networksOf = (privilege: string) =>
  entities(privilege, (object: VsphereObject) => below(object, 'network'), areOf(...networkTypes))

export const datacenter: ManagedType = {
  name: 'Datacenter',
  base: managedEntity,
  properties: {
    vmFolder: folderOf('vm'),
    hostFolder: folderOf('host'),
    datastoreFolder: folderOf('datastore'),
    networkFolder: folderOf('network'),
    datastore: datastoresOf(read),
    network: networksOf(read),
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
