import { connectionStates } from '../../../../inventory/vsphere/object.ts'
import { boolean, dateTime, enumeration, int, long, reference, short, string } from './basic.ts'
import { dataObject, derived, list, optional } from './vim-type.ts'
import { powerState } from './virtual-machine.ts'

export const managedEntityStatus = enumeration('ManagedEntityStatus', ['gray', 'green', 'yellow', 'red'])

export const datacenterConfigInfo = dataObject('DatacenterConfigInfo', {})

const computeResourceFields = {
  totalCpu: int,
  totalMemory: long,
  numCpuCores: int,
  numCpuThreads: int,
  effectiveCpu: int,
  effectiveMemory: long,
  numHosts: int,
  numEffectiveHosts: int,
  overallStatus: managedEntityStatus,
}
export const computeResourceSummary = dataObject('ComputeResourceSummary', computeResourceFields)
export const clusterComputeResourceSummary = derived(
  dataObject('ClusterComputeResourceSummary', {
    ...computeResourceFields,
    currentFailoverLevel: int,
    numVmotions: int,
  }),
)

const clusterConfigFields = {
  dasConfig: dataObject('ClusterDasConfigInfo', { enabled: optional(boolean) }),
  drsConfig: dataObject('ClusterDrsConfigInfo', { enabled: optional(boolean) }),
}
const computeResourceConfigFields = { vmSwapPlacement: string }
export const computeResourceConfigInfo = dataObject('ComputeResourceConfigInfo', computeResourceConfigFields)
export const clusterConfigInfo = dataObject('ClusterConfigInfo', clusterConfigFields)
export const clusterConfigInfoEx = derived(
  dataObject('ClusterConfigInfoEx', { ...computeResourceConfigFields, ...clusterConfigFields }),
)

export const distributedVirtualSwitchSummary = dataObject('DVSSummary', { name: string, uuid: string, numPorts: int })

export const hostRuntimeInfo = dataObject('HostRuntimeInfo', {
  connectionState: enumeration('HostSystemConnectionState', connectionStates),
  powerState: enumeration('HostSystemPowerState', ['poweredOn', 'poweredOff', 'standBy', 'unknown']),
  inMaintenanceMode: boolean,
})

const hostSystemInfo = { vendor: string, model: string, uuid: string }

export const hostHardwareInfo = dataObject('HostHardwareInfo', {
  systemInfo: dataObject('HostSystemInfo', hostSystemInfo),
  cpuInfo: dataObject('HostCpuInfo', {
    numCpuPackages: short,
    numCpuCores: short,
    numCpuThreads: short,
    hz: long,
  }),
  memorySize: long,
  smcPresent: boolean,
})

export const hostListSummary = dataObject('HostListSummary', {
  host: optional(reference),
  hardware: optional(
    dataObject('HostHardwareSummary', {
      ...hostSystemInfo,
      memorySize: long,
      cpuModel: string,
      cpuMhz: int,
      numCpuPkgs: short,
      numCpuCores: short,
      numCpuThreads: short,
      numNics: int,
      numHBAs: int,
    }),
  ),
  runtime: optional(hostRuntimeInfo),
  config: dataObject('HostConfigSummary', {
    name: string,
    port: int,
    vmotionEnabled: boolean,
    faultToleranceEnabled: boolean,
  }),
  quickStats: dataObject('HostListSummaryQuickStats', {}),
  overallStatus: managedEntityStatus,
  rebootRequired: boolean,
})

const usage = dataObject('ResourcePoolResourceUsage', {
  reservationUsed: long,
  reservationUsedForVm: long,
  unreservedForPool: long,
  unreservedForVm: long,
  overallUsage: long,
  maxUsage: long,
})
export const resourcePoolRuntimeInfo = dataObject('ResourcePoolRuntimeInfo', {
  memory: usage,
  cpu: usage,
  overallStatus: managedEntityStatus,
})

const allocation = dataObject('ResourceAllocationInfo', {
  reservation: optional(long),
  expandableReservation: optional(boolean),
  limit: optional(long),
  shares: optional(
    dataObject('SharesInfo', { shares: int, level: enumeration('SharesLevel', ['low', 'normal', 'high', 'custom']) }),
  ),
})

export const resourceConfigSpec = dataObject('ResourceConfigSpec', {
  entity: optional(reference),
  cpuAllocation: allocation,
  memoryAllocation: allocation,
})

export const resourcePoolSummary = dataObject('ResourcePoolSummary', {
  name: string,
  config: resourceConfigSpec,
  runtime: resourcePoolRuntimeInfo,
})

export const datastoreSummary = dataObject('DatastoreSummary', {
  datastore: optional(reference),
  name: string,
  url: string,
  capacity: long,
  freeSpace: long,
  accessible: boolean,
  type: string,
})

export const storagePodSummary = dataObject('StoragePodSummary', { name: string, capacity: long, freeSpace: long })

export const networkSummary = dataObject('NetworkSummary', {
  network: optional(reference),
  name: string,
  accessible: boolean,
  ipPoolName: string,
})

export const virtualMachineRuntimeInfo = dataObject('VirtualMachineRuntimeInfo', {
  host: optional(reference),
  connectionState: enumeration('VirtualMachineConnectionState', [
    'connected',
    'disconnected',
    'orphaned',
    'inaccessible',
    'invalid',
  ]),
  powerState,
  faultToleranceState: enumeration('VirtualMachineFaultToleranceState', ['notConfigured']),
  toolsInstallerMounted: boolean,
  numMksConnections: int,
  recordReplayState: enumeration('VirtualMachineRecordReplayState', ['recording', 'replaying', 'inactive']),
  onlineStandby: boolean,
  consolidationNeeded: boolean,
})

const toolsStatus = enumeration('VirtualMachineToolsStatus', [
  'toolsNotInstalled',
  'toolsNotRunning',
  'toolsOld',
  'toolsOk',
])

export const guestInfo = dataObject('GuestInfo', {
  toolsStatus: optional(toolsStatus),
  toolsVersionStatus: optional(string),
  toolsVersionStatus2: optional(string),
  toolsRunningStatus: optional(string),
  guestState: string,
  guestOperationsReady: optional(boolean),
  interactiveGuestOperationsReady: optional(boolean),
  guestStateChangeSupported: optional(boolean),
})

export const virtualMachineGuestSummary = dataObject('VirtualMachineGuestSummary', {
  guestId: optional(string),
  guestFullName: optional(string),
  toolsStatus: optional(toolsStatus),
  toolsVersionStatus: optional(string),
  toolsVersionStatus2: optional(string),
  toolsRunningStatus: optional(string),
})

export const virtualMachineSummary = dataObject('VirtualMachineSummary', {
  vm: optional(reference),
  runtime: virtualMachineRuntimeInfo,
  guest: optional(virtualMachineGuestSummary),
  config: dataObject('VirtualMachineConfigSummary', {
    name: string,
    template: boolean,
    vmPathName: string,
    memorySizeMB: optional(int),
    numCpu: optional(int),
    uuid: optional(string),
    instanceUuid: optional(string),
    guestId: optional(string),
    guestFullName: optional(string),
  }),
  quickStats: dataObject('VirtualMachineQuickStats', { guestHeartbeatStatus: managedEntityStatus }),
  overallStatus: managedEntityStatus,
})

export const virtualMachineConfigInfo = dataObject('VirtualMachineConfigInfo', {
  changeVersion: string,
  modified: dateTime,
  name: string,
  guestFullName: string,
  version: string,
  uuid: string,
  instanceUuid: optional(string),
  template: boolean,
  guestId: string,
  alternateGuestName: string,
  files: dataObject('VirtualMachineFileInfo', {}),
  tools: optional(dataObject('ToolsConfigInfo', {})),
  flags: dataObject('VirtualMachineFlagInfo', {}),
  defaultPowerOps: dataObject('VirtualMachineDefaultPowerOpInfo', {}),
  hardware: dataObject('VirtualHardware', {
    numCPU: int,
    memoryMB: int,
    device: list(dataObject('VirtualDevice', {})),
  }),
})
