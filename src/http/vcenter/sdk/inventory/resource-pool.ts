import { computeResourceOf, isA, type VsphereObject } from '../../../../inventory/vsphere/object.ts'
import { type ManagedType, property } from '../managed-type.ts'
import { reference } from '../types/basic.ts'
import { resourcePoolRuntimeInfo } from '../types/inventory.ts'
import { list } from '../types/vim-type.ts'
import { areOf, childrenOf, entities } from './contents.ts'
import { none } from './extensible.ts'
import { entityReference, managedEntity, read } from './managed-entity.ts'

/** What machines use is not measured. */
const unused = {
  reservationUsed: 0,
  reservationUsedForVm: 0,
  unreservedForPool: 0,
  unreservedForVm: 0,
  overallUsage: 0,
  maxUsage: 0,
}

export const resourcePool: ManagedType = {
  name: 'ResourcePool',
  base: managedEntity,
  properties: {
    runtime: property(resourcePoolRuntimeInfo, read, () => ({ memory: unused, cpu: unused, overallStatus: 'green' })),
    owner: property(reference, 'System.View', (pool: VsphereObject) => {
      const owner = computeResourceOf(pool)
      return owner && entityReference(owner)
    }),
    resourcePool: entities(
      'System.View',
      (pool: VsphereObject) => childrenOf(pool),
      areOf('ResourcePool', 'VirtualApp'),
    ),
    vm: entities('System.View', (pool: VsphereObject) => childrenOf(pool), areOf('VirtualMachine')),
    childConfiguration: none('ResourceConfigSpec', read),
  },
  methods: {},
}

export const virtualApp: ManagedType = {
  name: 'VirtualApp',
  base: resourcePool,
  properties: {
    parentFolder: property(reference, 'System.View', ({ parents }: VsphereObject) => {
      const folder = parents.find(({ type }) => type === 'Folder')
      return folder && entityReference(folder)
    }),
    datastore: property(list(reference), 'System.View', () => []),
    network: property(list(reference), 'System.View', () => []),
    parentVApp: property(reference, read, ({ parent }: VsphereObject) =>
      isA(parent, 'VirtualApp') ? entityReference(parent) : undefined,
    ),
    childLink: none('VirtualAppLinkInfo', read),
  },
  methods: {},
}
