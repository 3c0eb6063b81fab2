import { rootPoolOf, type VsphereObject } from '../../../../inventory/vsphere/object.ts'
import { type ManagedType, property } from '../managed-type.ts'
import { reference } from '../types/basic.ts'
import { clusterComputeResourceSummary, computeResourceSummary } from '../types/inventory.ts'
import { areOf, childrenOf, entities, ofType } from './contents.ts'
import { datastoresOf, networksOf } from './datacenter.ts'
import { entityReference, managedEntity, read } from './managed-entity.ts'

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
    host: entities('System.View', (compute: VsphereObject) => childrenOf(compute), areOf('HostSystem')),
    datastore: datastoresOf('System.View'),
    network: networksOf('System.View'),
    summary: property(computeResourceSummary, read, summaryOf),
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
