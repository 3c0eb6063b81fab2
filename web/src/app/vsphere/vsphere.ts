/** What `/sallyport/v1/vcenter` answers. */

export interface InventoryObject {
  id: string
  type: string
  /** As vCenter keeps it; absent where the person may not see the object. */
  name?: string
}

export interface TreeObject extends InventoryObject {
  has_children: boolean
}

export interface ObjectInPlace extends TreeObject {
  /** From the root folder down. */
  path: InventoryObject[]
}

export type PrincipalType = 'USER' | 'GROUP'

export interface Principal {
  type: PrincipalType
  name: string
  domain: string
}

export interface RoleName {
  id: string
  name: string
  label: string
}

export interface Permission {
  permission: string
  object: InventoryObject
  principal: Principal
  role: RoleName
  propagating: boolean
}

export interface ReachingPermission extends Permission {
  inherited: boolean
  overridden: boolean
}

export interface ObjectPermissions {
  holder: InventoryObject
  modifiable: boolean
  permissions: ReachingPermission[]
  next_cursor?: string
}

export interface Role extends RoleName {
  description: string
  system: boolean
  grantable: boolean
  privilege_count: number
  use_count: number
}

export interface RoleWithPrivileges extends Role {
  privileges: string[]
}

export interface Privilege {
  id: string
  name: string
  description: string
  on_parent: boolean
}

export interface PrivilegeGroup {
  group: string
  label: string
  privileges: Privilege[]
}

export interface Entry extends Permission {
  outcome: 'decides' | 'user_before_groups' | 'not_propagating' | 'nearer_decides'
  gives: boolean
  through: Principal[]
}

export interface Step {
  object?: InventoryObject
  entries: Entry[]
  hidden: number
}

export interface Explanation {
  allowed: boolean
  reason: 'granted' | 'anonymous' | 'on_the_way' | 'no_permission' | 'no_access' | 'not_in_role'
  principal: Principal & { known: boolean }
  privilege: string
  object: InventoryObject
  holder: InventoryObject
  steps: Step[]
  below: InventoryObject[]
}

export interface AllowedPrincipal extends Principal {
  entries: Entry[]
}

export interface Place {
  object: InventoryObject
  here: boolean
  below: boolean
  entries: Entry[]
}

export interface HeldPrivileges {
  principal: Principal & { known: boolean }
  privileges: { privilege: string; permissions: string[] }[]
  entries: Entry[]
  hidden: number
}

export const rootFolder = 'group-d1'
export const globalRoot = 'GlobalAcl'

/** An object's name as people know it: vCenter keeps slashes, backslashes and percent signs escaped. */
export function nameOf({ id, name }: InventoryObject): string {
  if (id === globalRoot) return 'Global permissions'
  return name?.replace(/%(2f|5c|25)/gi, (escaped) => decodeURIComponent(escaped)) ?? id
}

const kinds: Record<string, string> = {
  Folder: 'folder',
  Datacenter: 'datacenter',
  ClusterComputeResource: 'cluster',
  ComputeResource: 'compute resource',
  HostSystem: 'host',
  ResourcePool: 'resource pool',
  VirtualApp: 'vApp',
  VirtualMachine: 'virtual machine',
  Datastore: 'datastore',
  StoragePod: 'datastore cluster',
  Network: 'network',
  OpaqueNetwork: 'network',
  DistributedVirtualPortgroup: 'distributed port group',
  DistributedVirtualSwitch: 'distributed switch',
  InventoryServiceCategory: 'category of tags',
  InventoryServiceTag: 'tag',
  GlobalAcl: 'above the whole inventory',
}

export const kindOf = ({ type }: InventoryObject): string => kinds[type] ?? type

export const principalName = ({ name, domain }: Principal): string => `${name}@${domain}`

/** A role as lists show it: its name, and what people call it where that is something else. */
export const roleName = ({ name, label }: RoleName): string => (label === name ? name : `${label} (${name})`)
