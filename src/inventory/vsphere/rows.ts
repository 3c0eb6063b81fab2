import { type ObjectType, rootFolder } from '../../access/vcenter/object-tree.ts'
import type { InventoryObjectTable } from '../../store/schema.ts'
import type { FolderType, ObjectDetails } from './object.ts'

/** How ids begin; a number follows that no other object has. @see vcenter-api.md 3.1 */
const prefixes: Record<Exclude<ObjectType, 'Folder'>, string> = {
  Datacenter: 'datacenter-',
  ClusterComputeResource: 'domain-c',
  ComputeResource: 'domain-s',
  HostSystem: 'host-',
  ResourcePool: 'resgroup-',
  VirtualApp: 'resgroup-v',
  VirtualMachine: 'vm-',
  Datastore: 'datastore-',
  StoragePod: 'group-p',
  Network: 'network-',
  OpaqueNetwork: 'network-o',
  DistributedVirtualPortgroup: 'dvportgroup-',
  VmwareDistributedVirtualSwitch: 'dvs-',
}

const folderPrefixes: Record<FolderType, string> = {
  datacenter: 'group-d',
  vm: 'group-v',
  host: 'group-h',
  datastore: 'group-s',
  network: 'group-n',
}

/** The number that the first object below the root folder gets: a vCenter's first datacenter is `datacenter-3`. */
export const firstNumber = 3

/** Where the store keeps the next one: numbers are not used again, or a new object would have an old one's permissions. */
export const nextNumberProperty = 'inventory_next_number'

export const rootFolderRow: InventoryObjectTable = {
  number: 1,
  id: rootFolder,
  type: 'Folder',
  name: 'Datacenters',
  parent: null,
  secondParent: null,
  details: '{"folderType":"datacenter"}',
}

export interface DatacenterIds {
  id: string
  vmFolder: string
  hostFolder: string
  datastoreFolder: string
  networkFolder: string
}

export type RowBuilder = ReturnType<typeof createRowBuilder>

/**
 * Makes the rows of new objects, with those that come with them.
 *
 * @param number The next that no object has had.
 */
export function createRowBuilder(number: number) {
  const rows: InventoryObjectTable[] = []
  const texts = new WeakMap<object, string>()

  function row(
    type: ObjectType,
    prefix: string,
    name: string,
    parent: string,
    secondParent: string | null,
    details: object,
  ): string {
    const id = `${prefix}${number}`
    let text = texts.get(details)
    if (text === undefined) {
      text = JSON.stringify(details)
      texts.set(details, text)
    }
    rows.push({ number: number++, id, type, name, parent, secondParent, details: text })
    return id
  }

  function add<T extends Exclude<ObjectType, 'Folder'>>(
    type: T,
    name: string,
    parent: string,
    details: ObjectDetails[T],
    secondParent: string | null = null,
  ): string {
    return row(type, prefixes[type], name, parent, secondParent, details)
  }

  function folder(folderType: FolderType, name: string, parent: string): string {
    return row('Folder', folderPrefixes[folderType], name, parent, null, { folderType })
  }

  return {
    rows,
    get nextNumber() {
      return number
    },
    add,
    folder,

    /** A datacenter with its four folders. */
    datacenter(name: string, parent: string): DatacenterIds {
      const id = add('Datacenter', name, parent, {})
      return {
        id,
        vmFolder: folder('vm', 'vm', id),
        hostFolder: folder('host', 'host', id),
        datastoreFolder: folder('datastore', 'datastore', id),
        networkFolder: folder('network', 'network', id),
      }
    },

    /** A cluster with its root pool. */
    cluster(name: string, parent: string, details: ObjectDetails['ClusterComputeResource']) {
      const id = add('ClusterComputeResource', name, parent, details)
      return { id, pool: add('ResourcePool', 'Resources', id, {}) }
    },

    /** A host by itself, with the compute resource around it and that one's root pool. */
    standaloneHost(name: string, parent: string, details: ObjectDetails['HostSystem']) {
      const id = add('ComputeResource', name, parent, {})
      return { id, pool: add('ResourcePool', 'Resources', id, {}), host: add('HostSystem', name, id, details) }
    },
  }
}
