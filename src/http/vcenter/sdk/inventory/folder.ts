import type { FolderType, VsphereObject } from '../../../../inventory/vsphere/object.ts'
import { type ManagedType, method, property } from '../managed-type.ts'
import { reference, string } from '../types/basic.ts'
import { storagePodSummary } from '../types/inventory.ts'
import { list } from '../types/vim-type.ts'
import { childrenOf, entities, ofType } from './contents.ts'
import { managedEntity } from './managed-entity.ts'
import { asNameFault } from './refusals.ts'

const childTypes: Record<FolderType, string[]> = {
  datacenter: ['Folder', 'Datacenter'],
  vm: ['Folder', 'VirtualMachine', 'VirtualApp'],
  host: ['Folder', 'ComputeResource'],
  datastore: ['Folder', 'Datastore', 'StoragePod'],
  network: ['Folder', 'Network', 'DistributedVirtualSwitch'],
}

export const folder: ManagedType = {
  name: 'Folder',
  base: managedEntity,
  properties: {
    childType: property(
      list(string),
      'System.View',
      ({ details }: VsphereObject<'Folder'>) => childTypes[details.folderType],
    ),
    childEntity: entities('System.View', (entity: VsphereObject) => childrenOf(entity)),
  },
  methods: {
    CreateDatacenter: method({
      requires: 'session',
      parameters: { name: string },
      result: reference,
      changes: true,
      run: (call, { name }, target) =>
        asNameFault(name, target, () => call.services.datacenters.create(call, { name, folder: target.id })),
      answer: (id) => ({ type: 'Datacenter', id }),
    }),
  },
}

export const storagePod: ManagedType = {
  name: 'StoragePod',
  base: folder,
  properties: {
    childType: property(list(string), 'System.View', () => ['Datastore']),
    summary: property(storagePodSummary, 'System.View', (pod: VsphereObject) => {
      let capacity = 0
      let freeSpace = 0
      for (const { details } of ofType(childrenOf(pod), 'Datastore')) {
        capacity += details.capacity
        freeSpace += details.freeSpace
      }
      return { name: pod.name, capacity, freeSpace }
    }),
  },
  methods: {},
}
