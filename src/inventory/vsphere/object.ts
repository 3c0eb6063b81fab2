import type { ObjectNode, ObjectType } from '../../access/vcenter/object-tree.ts'

/** What a folder holds besides folders of its own type. */
export type FolderType = 'datacenter' | 'datastore' | 'host' | 'network' | 'vm'

export const powerStates = ['poweredOn', 'poweredOff', 'suspended'] as const
export type PowerState = (typeof powerStates)[number]

export const connectionStates = ['connected', 'disconnected', 'notResponding'] as const
export type ConnectionState = (typeof connectionStates)[number]

export const datastoreTypes = ['VMFS', 'NFS', 'NFS41', 'CIFS', 'VSAN', 'VFFS', 'VVOL'] as const
export type DatastoreType = (typeof datastoreTypes)[number]

/** What there is to say of an object of a type besides its name and its place. Words are vim25's. */
export interface ObjectDetails {
  Folder: { readonly folderType: FolderType }
  Datacenter: object
  ClusterComputeResource: { readonly haEnabled: boolean; readonly drsEnabled: boolean }
  ComputeResource: object
  HostSystem: { readonly connectionState: ConnectionState; readonly powerState: 'poweredOn' | 'poweredOff' | 'standBy' }
  ResourcePool: object
  VirtualApp: object
  VirtualMachine: {
    readonly powerState: PowerState
    /** As REST names guests, such as `OTHER_LINUX_64`. */
    readonly guestOs: string
    readonly cpuCount: number
    readonly memoryMiB: number
    /** Id of the host it is registered on. */
    readonly host: string
  }
  /** Sizes in bytes. */
  Datastore: { readonly type: DatastoreType; readonly capacity: number; readonly freeSpace: number }
  StoragePod: object
  Network: object
  OpaqueNetwork: object
  DistributedVirtualPortgroup: object
  VmwareDistributedVirtualSwitch: object
}

/** An object of the vSphere inventory. There is one for each id; it changes while the server runs. */
export interface VsphereObject<T extends ObjectType = ObjectType> extends ObjectNode {
  readonly type: T
  /** As vCenter keeps names: a slash in it is written `%2f`. */
  readonly name: string
  readonly details: ObjectDetails[T]
  /**
   * Where it stands in the tree that vim25 shows: undefined for the root folder, a pool for a vApp, the folder of its
   * switch for a distributed port group.
   */
  readonly parent: VsphereObject | undefined
  /** The resource pool or vApp that a virtual machine runs in; undefined for all others. */
  readonly pool: VsphereObject | undefined
  /** The one it is in; undefined for datacenters and what is above them. */
  readonly datacenter: VsphereObject<'Datacenter'> | undefined
}

export function isA<T extends ObjectType>(
  object: VsphereObject | undefined,
  ...types: T[]
): object is VsphereObject<T> {
  return object !== undefined && (types as ObjectType[]).includes(object.type)
}

/** The cluster or single host's compute resource that a host, a pool or a virtual machine belongs to. */
export function computeResourceOf(
  object: VsphereObject,
): VsphereObject<'ClusterComputeResource' | 'ComputeResource'> | undefined {
  let above = object.pool ?? object.parent
  while (above && !isA(above, 'ClusterComputeResource', 'ComputeResource')) above = above.parent
  return above
}

/** The pool that a compute resource has of itself. */
export function rootPoolOf(compute: VsphereObject): VsphereObject<'ResourcePool'> {
  for (const child of compute.children as ReadonlySet<VsphereObject>) if (isA(child, 'ResourcePool')) return child
  throw new Error(`${compute.id} has no resource pool`)
}
