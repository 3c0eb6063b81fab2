import { rootPoolOf, type VsphereObject } from '../../../../inventory/vsphere/object.ts'
import { type ManagedType, property } from '../managed-type.ts'
import { reference } from '../types/basic.ts'
import {
  clusterComputeResourceSummary,
  clusterConfigInfo,
  clusterConfigInfoEx,
  computeResourceConfigInfo,
  computeResourceSummary,
} from '../types/inventory.ts'
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

/** Where a machine's swap file is unless somebody says otherwise, which nobody can here. */
const swapPlacement = { vmSwapPlacement: 'vmDirectory' }

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
    configurationEx: property(computeResourceConfigInfo, read, () => swapPlacement),
  },
  methods: {},
}

type Cluster = VsphereObject<'ClusterComputeResource'>

const configOf = ({ details: { haEnabled, drsEnabled } }: Cluster) => ({
  dasConfig: { enabled: haEnabled },
  drsConfig: { enabled: drsEnabled },
})

export const clusterComputeResource: ManagedType = {
  name: 'ClusterComputeResource',
  base: computeResource,
  properties: {
    summary: property(clusterComputeResourceSummary, read, (compute: VsphereObject) => ({
      ...summaryOf(compute),
      currentFailoverLevel: 0,
      numVmotions: 0,
    })),
    configuration: property(clusterConfigInfo, read, configOf),
    configurationEx: property(clusterConfigInfoEx, read, (cluster: Cluster) => ({
      ...swapPlacement,
      ...configOf(cluster),
    })),
  },
  methods: {},
}
