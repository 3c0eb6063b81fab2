import type { VcenterPermissionTable, VcenterRoleTable } from '../../../store/schema.ts'
import type { Permission } from './permission.ts'
import type { Role } from './role.ts'

export const roleOf = (row: VcenterRoleTable): Role => ({
  id: row.id,
  name: row.name,
  label: row.name,
  description: row.description,
  privileges: new Set(JSON.parse(row.privileges)),
  system: false,
  grantable: true,
})

export const roleKey = (name: string): string => name.toLowerCase()

export const rowOfRole = ({ id, name, description, privileges }: Role): VcenterRoleTable => ({
  id,
  name,
  nameKey: roleKey(name),
  description,
  privileges: JSON.stringify([...privileges].sort()),
})

export const permissionOf = ({ isGroup, propagate, ...row }: VcenterPermissionTable): Permission => ({
  ...row,
  group: isGroup === 1,
  propagate: propagate === 1,
})

export const rowOfPermission = ({ group, propagate, ...permission }: Permission): VcenterPermissionTable => ({
  ...permission,
  isGroup: group ? 1 : 0,
  propagate: propagate ? 1 : 0,
})
