import type { PowerState, VsphereObject } from '../../../../inventory/vsphere/object.ts'
import type { PowerOperation } from '../../../../inventory/vsphere/power-state.ts'
import { uuidOf } from '../../../../inventory/vsphere/uuid.ts'
import type { SdkCall } from '../call.ts'
import { type ManagedObject, type ManagedType, method, property } from '../managed-type.ts'
import { asTask, destroying, taskOf } from '../task.ts'
import type { Task } from '../tasks.ts'
import { reference } from '../types/basic.ts'
import { vimFault } from '../types/faults.ts'
import {
  guestInfo,
  managedEntityStatus,
  virtualMachineConfigInfo,
  virtualMachineRuntimeInfo,
  virtualMachineSummary,
} from '../types/inventory.ts'
import { objectOf } from '../types/object-parameter.ts'
import { list, optional, type ValueOf } from '../types/vim-type.ts'
import { none } from './extensible.ts'
import { guestIdOf } from './guest-os.ts'
import { entityReference, managedEntity, read } from './managed-entity.ts'
import { asPowerFault } from './refusals.ts'

type Machine = VsphereObject<'VirtualMachine'>

const runtimeOf = ({ details: { host, powerState } }: Machine): ValueOf<typeof virtualMachineRuntimeInfo> => ({
  host: { type: 'HostSystem', id: host },
  connectionState: 'connected',
  powerState,
  faultToleranceState: 'notConfigured',
  toolsInstallerMounted: false,
  numMksConnections: 0,
  recordReplayState: 'inactive',
  onlineStandby: false,
  consolidationNeeded: false,
})

function identityOf(machine: Machine, { services }: SdkCall) {
  const uuid = uuidOf(services.appliances.vcenter.id, machine.id)
  const guestId = guestIdOf(machine.details.guestOs)
  return {
    name: machine.name,
    template: false,
    uuid,
    instanceUuid: uuid,
    guestId,
    guestFullName: guestId,
  }
}

/** No machine here runs anything: tools are in none. */
const tools = {
  toolsStatus: 'toolsNotInstalled',
  toolsVersionStatus: 'guestToolsNotInstalled',
  toolsVersionStatus2: 'guestToolsNotInstalled',
  toolsRunningStatus: 'guestToolsNotRunning',
} as const

/** The pool it runs in, which may be a vApp. */
const poolOf = ({ pool }: Machine) => pool && entityReference(pool)

interface PowerChange extends Pick<Task, 'method' | 'operation'> {
  use: PowerOperation
  becomes: PowerState
}

function changePower(call: SdkCall, target: ManagedObject<Machine>, { use, becomes, ...task }: PowerChange) {
  return asTask(call, task, target, () =>
    asPowerFault(target, becomes, () => call.services.virtualMachines.power(call, target.id, use)),
  )
}

const begins = { requires: 'session', result: reference, changes: true, answer: taskOf } as const

const power = (change: PowerChange) =>
  method({
    ...begins,
    parameters: {},
    run: (call, _args, target: ManagedObject<Machine>) => changePower(call, target, change),
  })

export const virtualMachine: ManagedType = {
  name: 'VirtualMachine',
  base: managedEntity,
  properties: {
    config: property(virtualMachineConfigInfo, read, (machine: Machine, call) => ({
      ...identityOf(machine, call),
      // Not kept, and what vCenter says of a machine that it has not seen changed.
      changeVersion: '',
      modified: 0,
      version: 'vmx-21',
      alternateGuestName: '',
      files: {},
      tools: {},
      flags: {},
      defaultPowerOps: {},
      hardware: { numCPU: machine.details.cpuCount, memoryMB: machine.details.memoryMiB, device: [] },
    })),
    resourcePool: property(reference, read, poolOf),
    parentVApp: property(reference, read, (machine: Machine) =>
      machine.pool?.type === 'VirtualApp' ? poolOf(machine) : undefined,
    ),
    runtime: property(virtualMachineRuntimeInfo, read, runtimeOf),
    guest: property(guestInfo, read, () => ({
      ...tools,
      guestState: 'notRunning',
      guestOperationsReady: false,
      interactiveGuestOperationsReady: false,
      guestStateChangeSupported: false,
    })),
    summary: property(virtualMachineSummary, read, (machine: Machine, call) => {
      const { cpuCount, memoryMiB } = machine.details
      const config = identityOf(machine, call)
      return {
        vm: entityReference(machine),
        runtime: runtimeOf(machine),
        guest: { guestId: config.guestId, guestFullName: config.guestFullName, ...tools },
        config: { ...config, vmPathName: '', memorySizeMB: memoryMiB, numCpu: cpuCount },
        quickStats: { guestHeartbeatStatus: 'gray' as const },
        overallStatus: 'green' as const,
      }
    }),
    datastore: property(list(reference), 'System.View', () => []),
    network: property(list(reference), 'System.View', () => []),
    rootSnapshot: none('ManagedObjectReference', read),
    guestHeartbeatStatus: property(managedEntityStatus, read, () => 'gray'),
  },
  methods: {
    PowerOnVM_Task: method({
      ...begins,
      parameters: { host: optional(objectOf('HostSystem')) },
      run(call, { host }, target: ManagedObject<Machine>) {
        if (host && host.id !== target.subject.details.host) {
          throw vimFault('NotSupported', 'Powering on on another host is not built yet.', {})
        }
        const change = { method: 'PowerOnVM_Task', operation: 'powerOn', use: 'start', becomes: 'poweredOn' } as const
        return changePower(call, target, change)
      },
    }),
    PowerOffVM_Task: power({ method: 'PowerOffVM_Task', operation: 'powerOff', use: 'stop', becomes: 'poweredOff' }),
    SuspendVM_Task: power({ method: 'SuspendVM_Task', operation: 'suspend', use: 'suspend', becomes: 'suspended' }),
    ResetVM_Task: power({ method: 'ResetVM_Task', operation: 'reset', use: 'reset', becomes: 'poweredOn' }),
    Destroy_Task: method({
      ...begins,
      parameters: {},
      run: (call, _args, target) =>
        asTask(call, destroying, target, () =>
          asPowerFault(target, 'poweredOff', () => call.services.virtualMachines.remove(call, target.id)),
        ),
    }),
  },
}
