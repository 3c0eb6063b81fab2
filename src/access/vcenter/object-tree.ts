/** vim25 names of what permissions can be set on. @see vcenter-api.md 3.1, 3.3 */
export const objectTypes = [
  'Folder',
  'Datacenter',
  'ClusterComputeResource',
  'ComputeResource',
  'HostSystem',
  'ResourcePool',
  'VirtualApp',
  'VirtualMachine',
  'Datastore',
  'StoragePod',
  'Network',
  'OpaqueNetwork',
  'DistributedVirtualPortgroup',
  'VmwareDistributedVirtualSwitch',
] as const
export type ObjectType = (typeof objectTypes)[number]

/** Id and type of the object above the root folder, whose permissions are the global ones. */
export const globalRoot = 'GlobalAcl'

/** The folder that every inventory begins with. */
export const rootFolder = 'group-d1'

/** vCenter's names of a category of tags and of a tag. */
export const tagObjectTypes = ['InventoryServiceCategory', 'InventoryServiceTag'] as const
export type TagObjectType = (typeof tagObjectTypes)[number]

/** An object as far as permissions are concerned. The inventory keeps them; there is one for each id. */
export interface ObjectNode {
  /** The managed object id, such as `vm-12`; case-sensitive. */
  readonly id: string
  readonly type: ObjectType | TagObjectType | typeof globalRoot
  /** From whom it inherits permissions: none for the global root, two for a virtual machine. @see vcenter-api.md 3.3 */
  readonly parents: readonly ObjectNode[]
  readonly children: ReadonlySet<ObjectNode>
  /** Whose permissions it has: itself, or what its one parent says where it may hold none of its own. */
  readonly holder: ObjectNode
  /**
   * Its own permissions add to those from above, where those of others take their place.
   *
   * @see vSphere Security, "Permissions on Tag Objects"
   */
  readonly adds?: true
}

/** What permissions can be set on, as access sees it: the inventory, and beside it categories and tags. */
export interface ObjectTree {
  readonly global: ObjectNode
  readonly root: ObjectNode
  /** Any object but the global root. */
  find(id: string): ObjectNode | undefined
  /** Called when objects have come, gone or moved, once that is durable; their names and details do not matter here. */
  onChange(listen: () => void): void
}
