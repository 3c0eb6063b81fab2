import { computeResourceOf, isA, type VsphereObject } from '../../../../inventory/vsphere/object.ts'
import { type ManagedType, property } from '../managed-type.ts'
import { reference } from '../types/basic.ts'
import { resourceConfigSpec, resourcePoolRuntimeInfo, resourcePoolSummary } from '../types/inventory.ts'
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

const runtime = { memory: unused, cpu: unused, overallStatus: 'green' } as const

/** What a pool has that nobody has given anything. The limit says that there is none. */
const nothingReserved = { reservation: 0, expandableReservation: true, limit: -1 }

const configOf = (pool: VsphereObject) => ({
  entity: entityReference(pool),
  cpuAllocation: { ...nothingReserved, shares: { shares: 4000, level: 'normal' as const } },
  memoryAllocation: { ...nothingReserved, shares: { shares: 163_840, level: 'normal' as const } },
})

export const resourcePool: ManagedType = {
  name: 'ResourcePool',
  base: managedEntity,
  properties: {
    runtime: property(resourcePoolRuntimeInfo, read, () => runtime),
    config: property(resourceConfigSpec, read, configOf),
    summary: property(resourcePoolSummary, read, (pool: VsphereObject) => ({
      name: pool.name,
      config: configOf(pool),
      runtime,
    })),
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
