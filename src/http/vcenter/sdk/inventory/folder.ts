import { type FolderType, isA, type VsphereObject } from '../../../../inventory/vsphere/object.ts'
import { type ManagedObject, type ManagedType, method, property } from '../managed-type.ts'
import { asTask, destroying, taskOf } from '../task.ts'
import { reference, string } from '../types/basic.ts'
import { vimFault } from '../types/faults.ts'
import { storagePodSummary } from '../types/inventory.ts'
import { objectOf } from '../types/object-parameter.ts'
import { list } from '../types/vim-type.ts'
import { childrenOf, entities, ofType } from './contents.ts'
import { managedEntity } from './managed-entity.ts'
import { asMoveFault, asNameFault } from './refusals.ts'

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
    CreateFolder: method({
      requires: 'session',
      parameters: { name: string },
      result: reference,
      changes: true,
      run: (call, { name }, target: ManagedObject<VsphereObject>) =>
        asNameFault(name, target.subject, () =>
          call.services.folders.create(call, { name, parent: requireFolder(target) }),
        ),
      answer: (id) => ({ type: 'Folder', id }),
    }),

    /** All of them, or none. */
    MoveIntoFolder_Task: method({
      requires: 'session',
      costly: true,
      parameters: { list: list(objectOf('ManagedEntity')) },
      result: reference,
      changes: true,
      run: (call, { list: moved }, target: ManagedObject<VsphereObject>) =>
        asTask(call, { method: 'MoveIntoFolder_Task', operation: 'moveIntoFolder' }, target, () =>
          asMoveFault(target, moved, () =>
            call.services.folders.move(
              call,
              requireFolder(target),
              moved.map(({ id }) => id),
            ),
          ),
        ),
      answer: taskOf,
    }),

    /** With all that is in it. */
    Destroy_Task: method({
      requires: 'session',
      costly: true,
      parameters: {},
      result: reference,
      changes: true,
      run: (call, _args, target: ManagedObject<VsphereObject>) =>
        asTask(call, destroying, target, () => call.services.folders.remove(call, requireFolder(target), call.work)),
      answer: taskOf,
    }),

    CreateDatacenter: method({
      requires: 'session',
      parameters: { name: string },
      result: reference,
      changes: true,
      run: (call, { name }, target) =>
        asNameFault(name, target.subject, () => call.services.datacenters.create(call, { name, folder: target.id })),
      answer: (id) => ({ type: 'Datacenter', id }),
    }),
  },
}

/** @throws {VimFault} `NotSupported` for a pod of datastores, which is a folder to clients and none here. */
function requireFolder({ id, subject }: ManagedObject<VsphereObject>): string {
  if (!isA(subject, 'Folder')) throw vimFault('NotSupported', '', {})
  return id
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
