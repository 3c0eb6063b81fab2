import { isA, rootPoolOf, type VsphereObject } from '../../../../inventory/vsphere/object.ts'
import { uuidOf } from '../../../../inventory/vsphere/uuid.ts'
import type { SdkCall } from '../call.ts'
import { type ManagedType, property } from '../managed-type.ts'
import { hostHardwareInfo, hostListSummary, hostRuntimeInfo } from '../types/inventory.ts'
import { entities, objectsBelow } from './contents.ts'
import { datastoresOf, networksOf } from './datacenter.ts'
import { entityReference, managedEntity, read } from './managed-entity.ts'

type Host = VsphereObject<'HostSystem'>

const runtimeOf = ({ details: { connectionState, powerState } }: Host) => ({
  connectionState,
  powerState,
  inMaintenanceMode: false,
})

/** What a host is made of is not kept: it has none of anything that is counted. */
const unknownHardware = { memorySize: 0, numCpuCores: 0, numCpuThreads: 0 }

const systemOf = ({ id }: Host, { services }: SdkCall) => ({
  vendor: '',
  model: '',
  uuid: uuidOf(services.appliances.vcenter.id, id),
})

export const hostSystem: ManagedType = {
  name: 'HostSystem',
  base: managedEntity,
  properties: {
    runtime: property(hostRuntimeInfo, read, runtimeOf),
    summary: property(hostListSummary, read, (host: Host, call) => ({
      host: entityReference(host),
      hardware: {
        ...unknownHardware,
        ...systemOf(host, call),
        cpuModel: '',
        cpuMhz: 0,
        numCpuPkgs: 0,
        numNics: 0,
        numHBAs: 0,
      },
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
    hardware: property(hostHardwareInfo, read, (host: Host, call) => {
      const { memorySize, ...cpus } = unknownHardware
      return {
        systemInfo: systemOf(host, call),
        cpuInfo: { ...cpus, numCpuPackages: 0, hz: 0 },
        memorySize,
        smcPresent: false,
      }
    }),
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
