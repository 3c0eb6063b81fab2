import type { ObjectType } from '../../access/vcenter/object-tree.ts'

type ByType = Readonly<Partial<Record<ObjectType, string>>>

/**
 * Guesses about who may name, move and delete objects, where vim25's definitions name no privilege: those whose names say
 * so. A type that is not here cannot be.
 */
export const inferred = {
  /** On the object. */
  renamePrivileges: {
    Folder: 'Folder.Rename',
    StoragePod: 'Folder.Rename',
    Datacenter: 'Datacenter.Rename',
    ClusterComputeResource: 'Host.Inventory.RenameCluster',
    ResourcePool: 'Resource.RenamePool',
    VirtualApp: 'VApp.Rename',
    VirtualMachine: 'VirtualMachine.Config.Rename',
    Datastore: 'Datastore.Rename',
    Network: 'Network.Config',
    VmwareDistributedVirtualSwitch: 'DVSwitch.Modify',
    DistributedVirtualPortgroup: 'DVPortgroup.Modify',
  } as ByType,
  /** On the object, on what it is in, and on where it goes. */
  movePrivileges: {
    Folder: 'Folder.Move',
    StoragePod: 'Folder.Move',
    Datacenter: 'Datacenter.Move',
    ClusterComputeResource: 'Host.Inventory.MoveCluster',
    ComputeResource: 'Host.Inventory.MoveHost',
    VirtualMachine: 'VirtualMachine.Inventory.Move',
    Datastore: 'Datastore.Move',
    Network: 'Network.Move',
    OpaqueNetwork: 'Network.Move',
    VmwareDistributedVirtualSwitch: 'DVSwitch.Move',
  } as ByType,
  /** On each object of a folder that is deleted. */
  deletePrivileges: {
    Folder: 'Folder.Delete',
    StoragePod: 'Folder.Delete',
    Datacenter: 'Datacenter.Delete',
    ClusterComputeResource: 'Host.Inventory.DeleteCluster',
    ComputeResource: 'Host.Inventory.RemoveHostFromCluster',
    VirtualApp: 'VApp.Delete',
    VirtualMachine: 'VirtualMachine.Inventory.Delete',
    Datastore: 'Datastore.Delete',
    Network: 'Network.Delete',
    VmwareDistributedVirtualSwitch: 'DVSwitch.Delete',
    DistributedVirtualPortgroup: 'DVPortgroup.Delete',
  } as ByType,
}
