import { privileges, systemPrivileges } from './privileges.ts'
import type { Role } from './role.ts'

const trusted = [...privileges.keys()].filter((id) => id.startsWith('TrustedAdmin.') || id.startsWith('Host.Tpm.'))

const cryptographic = [
  ...[...privileges.keys()].filter((id) => id.startsWith('Cryptographer.')),
  'Global.Diagnostics',
  'Host.Inventory.AddHostToCluster',
  'Host.Inventory.AddStandaloneHost',
  'Host.Local.ManageUserGroups',
  'VirtualMachine.Interact.GuestControl',
]

function allBut(...without: string[]): ReadonlySet<string> {
  return new Set([...privileges.keys()].filter((id) => !without.includes(id)))
}

function systemRole(
  id: number,
  name: string,
  label: string,
  description: string,
  given: Iterable<string>,
  grantable = true,
): Role {
  return { id, name, label, description, privileges: new Set(given), system: true, grantable }
}

/** The role that every server keeps somebody in. */
export const administratorRole = -1

/** The roles that nobody can change. @see vcenter-roles.json */
export const systemRoles: readonly Role[] = [
  systemRole(administratorRole, 'Admin', 'Administrator', 'Every privilege', privileges.keys()),
  systemRole(
    -2,
    'ReadOnly',
    'Read-only',
    'May look at objects and their details, may change nothing',
    systemPrivileges,
  ),
  systemRole(
    -3,
    'View',
    'View',
    'Sees that objects exist; used by the server only, not grantable',
    ['System.Anonymous', 'System.View'],
    false,
  ),
  systemRole(
    -4,
    'Anonymous',
    'Anonymous',
    'What a caller without a session has; not grantable',
    ['System.Anonymous'],
    false,
  ),
  systemRole(-5, 'NoAccess', 'No access', 'Grants nothing; masks access inherited from above', []),
  systemRole(
    -6,
    'NoCryptoAdmin',
    'No cryptography administrator',
    'Everything but the cryptography and trusted infrastructure privileges',
    allBut(...trusted, ...cryptographic),
  ),
  systemRole(-7, 'TrustedAdmin', 'Trusted Infrastructure administrator', 'Sets up and watches trusted infrastructure', [
    ...systemPrivileges,
    ...trusted,
  ]),
  systemRole(
    -8,
    'NoTrustedAdmin',
    'No Trusted Infrastructure administrator',
    'Everything but the trusted infrastructure privileges',
    allBut(...trusted),
  ),
]
