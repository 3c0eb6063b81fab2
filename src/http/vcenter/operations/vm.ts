import { uuidOf } from '../../../inventory/vsphere/uuid.ts'
import { inferred } from '../inferred.ts'
import { operation } from '../vapi/operation.ts'
import { t } from '../vapi/types.ts'
import { PowerStateType, powerStateOfWire, powerStateToWire } from './power-states.ts'

const service = 'com.vmware.vcenter.VM'

const FilterSpec = t.structure(`${service}.filter_spec`, {
  vms: t.optional(t.set(t.id)),
  names: t.optional(t.set(t.string)),
  folders: t.optional(t.set(t.id)),
  datacenters: t.optional(t.set(t.id)),
  hosts: t.optional(t.set(t.id)),
  clusters: t.optional(t.set(t.id)),
  resource_pools: t.optional(t.set(t.id)),
  power_states: t.optional(t.set(PowerStateType)),
})

const Summary = t.structure(`${service}.summary`, {
  vm: t.id,
  name: t.string,
  power_state: PowerStateType,
  cpu_count: t.optional(t.integer),
  memory_size_MiB: t.optional(t.integer),
})

/** Clients with a library send every field there is; one that is not built may stand there, and not be set. */
const notBuilt = t.optional(t.void)

const CreateSpec = t.structure(`${service}.create_spec`, {
  guest_OS: t.string,
  name: t.optional(t.string),
  placement: t.optional(
    t.structure(`${service}.placement_spec`, {
      folder: t.optional(t.id),
      resource_pool: t.optional(t.id),
      host: t.optional(t.id),
      cluster: t.optional(t.id),
      datastore: t.optional(t.id),
    }),
  ),
  cpu: t.optional(
    t.structure('com.vmware.vcenter.vm.hardware.cpu.update_spec', {
      count: t.optional(t.integer),
      cores_per_socket: notBuilt,
      hot_add_enabled: notBuilt,
      hot_remove_enabled: notBuilt,
    }),
  ),
  memory: t.optional(
    t.structure('com.vmware.vcenter.vm.hardware.memory.update_spec', {
      size_MiB: t.optional(t.integer),
      hot_add_enabled: notBuilt,
    }),
  ),
  hardware_version: notBuilt,
  boot: notBuilt,
  boot_devices: notBuilt,
  disks: notBuilt,
  nics: notBuilt,
  cdroms: notBuilt,
  floppies: notBuilt,
  parallel_ports: notBuilt,
  serial_ports: notBuilt,
  sata_adapters: notBuilt,
  scsi_adapters: notBuilt,
  nvme_adapters: notBuilt,
  storage_policy: notBuilt,
})

/** No machine has devices: there are lists of them because clients expect some, and nothing in these. */
const noDevices = t.map(t.string)

const Info = t.structure(`${service}.info`, {
  guest_OS: t.string,
  name: t.string,
  identity: t.optional(
    t.structure('com.vmware.vcenter.vm.identity.info', {
      name: t.string,
      bios_uuid: t.string,
      instance_uuid: t.string,
    }),
  ),
  power_state: PowerStateType,
  hardware: t.structure('com.vmware.vcenter.vm.hardware.info', {
    version: t.string,
    upgrade_policy: t.string,
    upgrade_status: t.string,
  }),
  boot: t.structure('com.vmware.vcenter.vm.hardware.boot.info', {
    type: t.string,
    delay: t.integer,
    retry: t.boolean,
    retry_delay: t.integer,
    enter_setup_mode: t.boolean,
  }),
  boot_devices: t.list(t.string),
  cpu: t.structure('com.vmware.vcenter.vm.hardware.cpu.info', {
    count: t.integer,
    cores_per_socket: t.integer,
    hot_add_enabled: t.boolean,
    hot_remove_enabled: t.boolean,
  }),
  memory: t.structure('com.vmware.vcenter.vm.hardware.memory.info', {
    size_MiB: t.integer,
    hot_add_enabled: t.boolean,
  }),
  disks: noDevices,
  nics: noDevices,
  cdroms: noDevices,
  floppies: noDevices,
  parallel_ports: noDevices,
  serial_ports: noDevices,
  sata_adapters: noDevices,
  scsi_adapters: noDevices,
  nvme_adapters: t.optional(noDevices),
})

const none: ReadonlyMap<string, string> = new Map()

const withoutDevices = {
  boot_devices: [],
  disks: none,
  nics: none,
  cdroms: none,
  floppies: none,
  parallel_ports: none,
  serial_ports: none,
  sata_adapters: none,
  scsi_adapters: none,
  nvme_adapters: none,
}

/** @see vcenter-api.md 6 */
export const vmOperations = [
  operation({
    service,
    id: 'list',
    summary: 'List at most 4000 virtual machines that the caller may read and the filter matches',
    input: { filter: t.optional(FilterSpec) },
    output: t.list(Summary),
    requires: { privilege: 'System.Read', on: 'each virtual machine that is listed' },
    errors: ['invalid_argument', 'unable_to_allocate_resource'],
    rest: { method: 'GET', path: '/vcenter/vm', query: ['filter'] },
    legacy: { method: 'GET', path: '/vcenter/vm' },
    reads: true,
    async run({ vsphereQueries }, { caller }, { filter: { resource_pools, power_states, ...filter } = {} }) {
      const vms = await vsphereQueries.virtualMachines(caller, {
        ...filter,
        resourcePools: resource_pools,
        powerStates: power_states?.map((state) => powerStateOfWire[state]),
      })
      return vms.map(({ id, name, details }) => ({
        vm: id,
        name,
        power_state: powerStateToWire[details.powerState],
        cpu_count: details.cpuCount,
        memory_size_MiB: details.memoryMiB,
      }))
    },
  }),
  operation({
    service,
    id: 'get',
    summary: 'Read a virtual machine',
    input: { vm: t.id },
    output: Info,
    requires: { privilege: 'System.Read', on: 'the virtual machine' },
    errors: ['not_found'],
    rest: { method: 'GET', path: '/vcenter/vm/{vm}' },
    legacy: { method: 'GET', path: '/vcenter/vm/{vm}' },
    reads: true,
    run({ vsphereQueries, appliances }, call, { vm }) {
      const { id, name, details } = vsphereQueries.read(call, vm, 'VirtualMachine')
      const uuid = uuidOf(appliances.vcenter.id, id)
      return {
        guest_OS: details.guestOs,
        name,
        identity: { name, bios_uuid: uuid, instance_uuid: uuid },
        power_state: powerStateToWire[details.powerState],
        hardware: inferred.hardware,
        boot: inferred.boot,
        cpu: { count: details.cpuCount, cores_per_socket: 1, hot_add_enabled: false, hot_remove_enabled: false },
        memory: { size_MiB: details.memoryMiB, hot_add_enabled: false },
        ...withoutDevices,
      }
    },
  }),
  operation({
    service,
    id: 'create',
    summary: 'Create a virtual machine, powered off',
    input: { spec: CreateSpec },
    output: t.id,
    requires: {
      privilege: 'VirtualMachine.Inventory.Create',
      on: 'the folder; and Resource.AssignVMToPool on the resource pool, Datastore.AllocateSpace on the datastore',
    },
    errors: ['already_exists', 'invalid_argument', 'not_found', 'unable_to_allocate_resource'],
    rest: { method: 'POST', path: '/vcenter/vm', body: 'spec', status: 201 },
    legacy: { method: 'POST', path: '/vcenter/vm' },
    run({ virtualMachines }, call, { spec: { guest_OS, name, placement = {}, cpu, memory } }) {
      const { folder, resource_pool, host, cluster, datastore } = placement
      return virtualMachines.create(call, {
        name,
        guestOs: guest_OS,
        placement: { folder, resourcePool: resource_pool, host, cluster, datastore },
        cpuCount: cpu?.count,
        memoryMiB: memory?.size_MiB,
      })
    },
  }),
  operation({
    service,
    id: 'delete',
    summary: 'Delete a virtual machine that does not run',
    input: { vm: t.id },
    output: t.void,
    requires: { privilege: 'VirtualMachine.Inventory.Delete', on: 'the virtual machine and its folder' },
    errors: ['not_allowed_in_current_state', 'not_found'],
    rest: { method: 'DELETE', path: '/vcenter/vm/{vm}' },
    legacy: { method: 'DELETE', path: '/vcenter/vm/{vm}' },
    run: ({ virtualMachines }, call, { vm }) => virtualMachines.remove(call, vm),
  }),
]
