import { isA, rootPoolOf, type VsphereObject } from '../../../../inventory/vsphere/object.ts'
import { type ManagedType, property } from '../managed-type.ts'
import { reference } from '../types/basic.ts'
import { hostListSummary, hostRuntimeInfo } from '../types/inventory.ts'
import { list } from '../types/vim-type.ts'
import { datacenterDatastores, datacenterNetworks } from './compute-resource.ts'
import { objectsBelow, ofType, visible } from './contents.ts'
import { entityReference, managedEntity, read, unset } from './managed-entity.ts'

type Host = VsphereObject<'HostSystem'>

/** Machines run in the pools beside the host. */
function* machinesOn(host: Host): Generator<VsphereObject<'VirtualMachine'>> {
  if (!host.parent) return
  for (const machine of ofType(objectsBelow(rootPoolOf(host.parent)), 'VirtualMachine')) {
    if (machine.details.host === host.id) yield machine
  }
}

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
    vm: property(list(reference), read, (host: Host, call) => visible(machinesOn(host), call)),
    datastore: datacenterDatastores,
    network: datacenterNetworks,
  },
  methods: {},
}
