/** An object that a role can be limited to. */
export interface ScopingObject {
  objectId: string
  objectTypeName: string
  name: string
}

/** Who has a role on the NSX Manager for vSphere, as it tells of them. @see nsxv-api.md 2.3 */
export interface NsxvUser {
  objectId: string
  /** `DOMAIN\name`, or a name alone. */
  name: string
  isEnabled: boolean
  isGroup: boolean
  /** An account of the appliance's command line. */
  isCli: boolean
  /** An account of the appliance, with a console (`isCli`) or without. */
  isLocal: boolean
  hasGlobalObjectAccess: boolean
  accessControlEntry: { role?: string; resource?: ScopingObject[] }
}

interface Role {
  id: string
  name: string
  /** What it is for. */
  meaning: string
  /** Whether it can be limited to some objects. */
  scopable: boolean
  /** What it may do about users. @see nsxv-api.md 2.5, user account management */
  users: 'none' | 'read' | 'write'
}

/** In the order in which the wizard offers them. System Administrator comes with the appliance and is not offered. @see nsxv-api.md 2.4 */
export const roles: readonly Role[] = [
  {
    id: 'enterprise_admin',
    name: 'Enterprise Administrator',
    meaning: 'Everything in NSX, users included.',
    scopable: false,
    users: 'write',
  },
  {
    id: 'vshield_admin',
    name: 'NSX Administrator',
    meaning: 'Installs and runs this NSX Manager; no security rules.',
    scopable: false,
    users: 'read',
  },
  {
    id: 'security_admin',
    name: 'Security Administrator',
    meaning: 'Security policy: firewall, NAT, VPN, load balancers. Reads the rest.',
    scopable: true,
    users: 'none',
  },
  {
    id: 'auditor',
    name: 'Auditor',
    meaning: 'Looks at settings, events and reports, and changes nothing.',
    scopable: true,
    users: 'read',
  },
  {
    id: 'security_engineer',
    name: 'Security Engineer',
    meaning: 'Security content; reads the infrastructure.',
    scopable: true,
    users: 'none',
  },
  {
    id: 'network_engineer',
    name: 'Network Engineer',
    meaning: 'Edges, upgrades and configuration.',
    scopable: true,
    users: 'read',
  },
  {
    id: 'security_role_admin',
    name: 'Security & Role Administrator',
    meaning: 'Security content, and users with their roles.',
    scopable: true,
    users: 'write',
  },
]

const superUser: Role = {
  id: 'super_user',
  name: 'System Administrator',
  meaning: 'Everything, the appliance included.',
  scopable: false,
  users: 'write',
}

export const roleOf = (id: string): Role | undefined => [superUser, ...roles].find((role) => role.id === id)
export const roleName = (id: string): string => roleOf(id)?.name ?? id

/** The real console shows nothing to those who have no role; here they are told what to do. */
export const mayRead = (role: string | null): boolean => role === null || (roleOf(role)?.users ?? 'none') !== 'none'
export const mayManage = (role: string | null | undefined): boolean => roleOf(role ?? '')?.users === 'write'

/** Where an account comes from. @see nsxv-api.md 7, Origin */
export function originOf({ isCli, isLocal, isGroup }: NsxvUser): string {
  if (isCli) return 'NSX CLI User'
  if (isLocal) return 'NSX local user'
  return isGroup ? 'vCenter group' : 'vCenter user'
}

export function scopeOf({ hasGlobalObjectAccess, accessControlEntry }: NsxvUser): string {
  if (hasGlobalObjectAccess) return 'Global'
  return (accessControlEntry.resource ?? []).map(({ name }) => name).join(', ')
}

/** admin, and whoever else administers the appliance, is not changed here. @see nsxv-api.md 2.4 */
export const isInert = ({ accessControlEntry }: NsxvUser): boolean => accessControlEntry.role === superUser.id

/** A name as the paths of the API have it: `name@domain`. @see nsxv-api.md 1 */
export function pathName(name: string): string {
  const backslash = name.indexOf('\\')
  return backslash < 0 ? name : `${name.slice(backslash + 1)}@${name.slice(0, backslash)}`
}
