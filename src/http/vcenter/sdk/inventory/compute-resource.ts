import { rootPoolOf, type VsphereObject } from '../../../../inventory/vsphere/object.ts'
import { type ManagedType, type Property, property } from '../managed-type.ts'
import { reference } from '../types/basic.ts'
import { clusterComputeResourceSummary, computeResourceSummary } from '../types/inventory.ts'
import { list } from '../types/vim-type.ts'
import { childrenOf, ofType, visible } from './contents.ts'
import { datastoresOf, networksOf } from './datacenter.ts'
import { entityReference, managedEntity, read, unset } from './managed-entity.ts'

/** Of what is in a datacenter: the datacenter's own, for which host has which is not kept. */
export const datacenterDatastores: Property = property(list(reference), 'System.View', (entity: VsphereObject, call) =>
  visible(entity.datacenter ? datastoresOf(entity.datacenter) : [], call),
)
export const datacenterNetworks: Property = property(list(reference), 'System.View', (entity: VsphereObject, call) =>
  visible(entity.datacenter ? networksOf(entity.datacenter) : [], call),
)

/** Hosts are counted; what they are made of is not kept. */
function summaryOf(compute: VsphereObject) {
  const hosts = [...ofType(childrenOf(compute), 'HostSystem')]
  return {
    totalCpu: 0,
    totalMemory: 0,
    numCpuCores: 0,
    numCpuThreads: 0,
    effectiveCpu: 0,
    effectiveMemory: 0,
    numHosts: hosts.length,
    numEffectiveHosts: hosts.filter(({ details }) => details.connectionState === 'connected').length,
    overallStatus: 'green' as const,
  }
}

/** A host by itself, with what is around it. */
export const computeResource: ManagedType = {
  name: 'ComputeResource',
  base: managedEntity,
  properties: {
    resourcePool: property(reference, 'System.View', (compute: VsphereObject) => entityReference(rootPoolOf(compute))),
    host: property(list(reference), 'System.View', (compute: VsphereObject, call) =>
      visible(ofType(childrenOf(compute), 'HostSystem'), call),
    ),
    datastore: datacenterDatastores,
    network: datacenterNetworks,
    summary: property(computeResourceSummary, read, summaryOf),
    environmentBrowser: unset('System.View'),
  },
  methods: {},
}

export const clusterComputeResource: ManagedType = {
  name: 'ClusterComputeResource',
  base: computeResource,
  properties: {
    summary: property(clusterComputeResourceSummary, read, (compute: VsphereObject) => ({
      ...summaryOf(compute),
      currentFailoverLevel: 0,
      numVmotions: 0,
    })),
  },
  methods: {},
}
