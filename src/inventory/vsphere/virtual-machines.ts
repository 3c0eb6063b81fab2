import { AccessError } from '../../access/errors.ts'
import type { Authorization } from '../../access/vcenter/authorization.ts'
import type { VcenterCall } from '../../access/vcenter/call.ts'
import { entityName } from './entity-name.ts'
import type { VsphereInventory } from './inventory.ts'
import { computeResourceOf, isA, type ObjectDetails, rootPoolOf, type VsphereObject } from './object.ts'
import {
  addObjects,
  type ObjectsRemoved,
  removeObject,
  requireFreeName,
  requireNamed,
  requireObject,
  requireRow,
} from './objects.ts'
import { type PowerOperation, powerPrivileges, powerStateAfter } from './power-state.ts'

/** Where a virtual machine is to stand and run: ids. */
export interface Placement {
  folder?: string | undefined
  resourcePool?: string | undefined
  host?: string | undefined
  cluster?: string | undefined
  datastore?: string | undefined
}

export interface VirtualMachineSpec {
  /** Its id, where it is left out. */
  name?: string | undefined
  guestOs: string
  placement: Placement
  cpuCount?: number | undefined
  memoryMiB?: number | undefined
}

/** What a guest gets that asks for nothing. [inferred] */
const defaultCpuCount = 1
const defaultMemoryMiB = 1024

/** The most that virtual hardware takes. */
const mostCpus = 768
const mostMemoryMiB = 24 * 1024 * 1024

export type VirtualMachines = ReturnType<typeof createVirtualMachines>

/** @see the vCenter API, com.vmware.vcenter.VM and com.vmware.vcenter.vm.power */
export function createVirtualMachines(tree: VsphereInventory, authorization: Authorization, removed: ObjectsRemoved) {
  /** The pool that is named, or that a host or cluster has of itself. */
  function poolOf({ resourcePool, host, cluster }: Placement): VsphereObject<'ResourcePool'> {
    if (resourcePool !== undefined) {
      return requireNamed(tree, resourcePool, 'ResourcePool', 'spec.placement.resource_pool')
    }
    if (host !== undefined) {
      return rootPoolOf(requireNamed(tree, host, 'HostSystem', 'spec.placement.host').parent!)
    }
    if (cluster !== undefined) {
      return rootPoolOf(requireNamed(tree, cluster, 'ClusterComputeResource', 'spec.placement.cluster'))
    }
    throw invalid('spec.placement.resource_pool', 'needed where there is neither a host nor a cluster')
  }

  /** The host that is named, or the first that can run it. @throws {AccessError} `limit_reached` where none can. */
  function hostOf(named: string | undefined, compute: VsphereObject): VsphereObject<'HostSystem'> {
    if (named !== undefined) {
      const host = requireNamed(tree, named, 'HostSystem', 'spec.placement.host')
      if (host.parent !== compute) throw invalid('spec.placement.host', `${named} is not where its resource pool is`)
      return host
    }
    for (const child of compute.children as ReadonlySet<VsphereObject>) {
      if (isA(child, 'HostSystem') && child.details.connectionState === 'connected') return child
    }
    throw new AccessError('limit_reached', `No host of ${compute.id} is connected`, { objectId: compute.id })
  }

  return {
    /**
     * Creates a virtual machine, powered off.
     *
     * @throws {AccessError} `not_found`; `forbidden`; `invalid_field`; `already_exists`; `limit_reached`
     */
    async create(call: VcenterCall, { name, guestOs, placement, ...sizes }: VirtualMachineSpec): Promise<string> {
      const folder = requireNamed(tree, placement.folder, 'Folder', 'spec.placement.folder')
      authorization.require(call, folder.id, 'VirtualMachine.Inventory.Create')
      const pool = poolOf(placement)
      authorization.require(call, pool.id, 'Resource.AssignVMToPool')
      const datastore = requireNamed(tree, placement.datastore, 'Datastore', 'spec.placement.datastore')
      authorization.require(call, datastore.id, 'Datastore.AllocateSpace')

      if (folder.details.folderType !== 'vm') {
        throw invalid('spec.placement.folder', `${folder.id} is no folder of virtual machines`)
      }
      const compute = computeResourceOf(pool)!
      if (placement.cluster !== undefined && placement.cluster !== compute.id) {
        throw invalid('spec.placement.cluster', `${placement.cluster} is not where its resource pool is`)
      }
      for (const [field, object] of [
        ['resource_pool', pool],
        ['datastore', datastore],
      ] as const) {
        if (object.datacenter !== folder.datacenter) {
          throw invalid(`spec.placement.${field}`, `${object.id} is in another datacenter than the folder`)
        }
      }
      if (!/^[A-Z][A-Z0-9_]{0,63}$/.test(guestOs)) throw invalid('spec.guest_OS', 'it is not the name of a guest')
      const details: ObjectDetails['VirtualMachine'] = {
        powerState: 'poweredOff',
        guestOs,
        cpuCount: sizeIn(1, mostCpus, sizes.cpuCount ?? defaultCpuCount, 'spec.cpu.count'),
        memoryMiB: sizeIn(4, mostMemoryMiB, sizes.memoryMiB ?? defaultMemoryMiB, 'spec.memory.size_MiB'),
        host: hostOf(placement.host, compute).id,
      }
      const given = name === undefined ? undefined : entityName(name, 'spec.name')

      return call.change(async (change) => {
        await requireRow(change.stores, folder.id)
        await requireRow(change.stores, pool.id)
        if (given !== undefined) await requireFreeName(change.stores, folder.id, given)
        return addObjects(change, tree, (builder) =>
          builder.add('VirtualMachine', given ?? `vm-${builder.nextNumber}`, folder.id, details, pool.id),
        )
      })
    },

    /** @throws {AccessError} `not_found`; `forbidden`; `wrong_state` while it is powered on. */
    async remove(call: VcenterCall, id: string): Promise<void> {
      const vm = requireObject(tree, id, 'VirtualMachine')
      authorization.require(call, id, 'VirtualMachine.Inventory.Delete')
      authorization.require(call, vm.parent!.id, 'VirtualMachine.Inventory.Delete')
      await call.change(async (change) => {
        const row = await requireRow(change.stores, id)
        if (JSON.parse(row.details).powerState === 'poweredOn') {
          throw new AccessError('wrong_state', `Virtual machine ${id} is powered on`, { objectId: id })
        }
        await removeObject(change, tree, row, removed)
      })
    },

    /** @throws {AccessError} `not_found`; `forbidden`; `already_in_state`; `wrong_state` */
    async power(call: VcenterCall, id: string, operation: PowerOperation): Promise<void> {
      requireObject(tree, id, 'VirtualMachine')
      authorization.require(call, id, powerPrivileges[operation])
      await call.change(async ({ stores, values, onCommit }) => {
        const row = await requireRow(stores, id)
        const details: ObjectDetails['VirtualMachine'] = JSON.parse(row.details)
        const powerState = powerStateAfter(operation, details.powerState, id)
        values(id, { powerState: details.powerState }, { powerState })
        if (powerState === details.powerState) return
        const after = { ...row, details: JSON.stringify({ ...details, powerState }) }
        await stores.inventoryObjects.update(after)
        onCommit(() => tree.follow({ updated: [after] }))
      })
    },
  }
}

const invalid = (field: string, reason: string) => new AccessError('invalid_field', `${field}: ${reason}`, { field })

function sizeIn(least: number, most: number, size: number, field: string): number {
  if (size < least || size > most) throw invalid(field, `it must be from ${least} to ${most}`)
  return size
}
