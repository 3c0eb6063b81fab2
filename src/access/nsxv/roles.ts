import { AccessError } from '../errors.ts'

/** In the order in which NSX Manager lists them. @see nsxv-api.md 2.3 */
export const nsxvRoleIds = [
  'super_user',
  'vshield_admin',
  'security_admin',
  'auditor',
  'enterprise_admin',
  'security_engineer',
  'network_engineer',
  'security_role_admin',
] as const
export type NsxvRole = (typeof nsxvRoleIds)[number]

interface RoleFacts {
  displayName: string
  /** Whether it may be limited to some objects; the others are for the whole system. */
  scopable: boolean
}

/** @see nsxv-api.md 2.4; that security_role_admin may be scoped is inferred there. */
export const nsxvRoles: Readonly<Record<NsxvRole, RoleFacts>> = {
  super_user: { displayName: 'System Administrator', scopable: false },
  vshield_admin: { displayName: 'NSX Administrator', scopable: false },
  security_admin: { displayName: 'Security Administrator', scopable: true },
  auditor: { displayName: 'Auditor', scopable: true },
  enterprise_admin: { displayName: 'Enterprise Administrator', scopable: false },
  security_engineer: { displayName: 'Security Engineer', scopable: true },
  network_engineer: { displayName: 'Network Engineer', scopable: true },
  security_role_admin: { displayName: 'Security & Role Administrator', scopable: true },
}

/** Which roles accounts of the appliance's own may have: any, as in 6.2, or those of later releases. */
export type CliRoleRule = '6.2' | 'later'

const laterCliRoles: readonly NsxvRole[] = ['auditor', 'security_admin', 'super_user']

/** Names are matched exactly. @throws {AccessError} `invalid_field` */
export function requireRole(name: string): NsxvRole {
  const role = nsxvRoleIds.find((id) => id === name)
  if (role) return role
  throw new AccessError('invalid_field', `Invalid role ${name}; it is one of ${nsxvRoleIds.join(', ')}`, {
    field: 'role',
    value: name,
  })
}

/** @throws {AccessError} `invalid_field`, which names the roles that may be given. @see nsxv-api.md 2.4 */
export function requireCliRole(rule: CliRoleRule, role: NsxvRole): void {
  if (rule === '6.2' || laterCliRoles.includes(role)) return
  throw new AccessError(
    'invalid_field',
    `Role ${role} cannot be assigned to a CLI or local user; it is one of ${laterCliRoles.join(', ')}`,
    { field: 'role', value: role },
  )
}
