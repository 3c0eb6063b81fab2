import { isA, rootPoolOf, type VsphereObject } from '../../../../inventory/vsphere/object.ts'
import { type ManagedType, property } from '../managed-type.ts'
import { hostListSummary, hostRuntimeInfo } from '../types/inventory.ts'
import { entities, objectsBelow } from './contents.ts'
import { datastoresOf, networksOf } from './datacenter.ts'
import { entityReference, managedEntity, read, unset } from './managed-entity.ts'

type Host = VsphereObject<'HostSystem'>

const runtimeOf = ({ details: { connectionState, powerState } }: Host) => ({
  connectionState,
  powerState,
  inMaintenanceMode: false,
})

export const hostSystem: ManagedType = {
  name: 'HostSystem',
  base: managedEntity,
  properties: {
    runtime: property(hostRuntimeInfo, read, runtimeOf),
    summary: property(hostListSummary, read, (host: Host) => ({
      host: entityReference(host),
      runtime: runtimeOf(host),
      config: {
        name: host.name,
        port: 443,
        vmotionEnabled: isA(host.parent, 'ClusterComputeResource'),
        faultToleranceEnabled: false,
      },
      quickStats: {},
      overallStatus: 'green' as const,
      rebootRequired: false,
    })),
    hardware: unset(read),
    config: unset(read),
    // Machines run in the pools beside the host.
    vm: entities(
      read,
      ({ parent }: Host) => (parent ? objectsBelow(rootPoolOf(parent)) : []),
      (candidate, { id }) => isA(candidate, 'VirtualMachine') && candidate.details.host === id,
    ),
    datastore: datastoresOf('System.View'),
    network: networksOf('System.View'),
  },
  methods: {},
}
