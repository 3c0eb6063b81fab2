import { AccessError } from './errors.ts'
import type { Principal } from './principal.ts'
import { rolesAt } from './roles/roles-for-paths.ts'

/** How an object is protected from the one who looks at it. @see nsx-api.md 0.4 */
export type Protection = 'NOT_PROTECTED' | 'PROTECTED' | 'REQUIRE_OVERRIDE'

/** An Enterprise Admin. That a clone of the role is none is inferred. */
export function isSuperuser({ rolesForPaths }: Principal): boolean {
  return rolesAt(rolesForPaths, '/').has('enterprise_admin')
}

/** Who owns what a principal makes: its name where it is an identity whose objects are protected, else nobody. */
export function ownerFor(principal: Principal): string {
  return principal.kind === 'principal_identity' && principal.isProtected ? principal.name : ''
}

// Identities of several nodes share their name so that they share their objects.
const owns = (principal: Principal, owner: string) =>
  principal.kind === 'principal_identity' && principal.name === owner

/**
 * @param owner Name of the principal identity that owns the object; empty: nobody does.
 * @see NSX REST API 4.2, ManagedResource._protection
 */
export function protectionFrom(viewer: Principal, owner: string): Protection {
  if (owner === '' || owns(viewer, owner)) return 'NOT_PROTECTED'
  return isSuperuser(viewer) ? 'REQUIRE_OVERRIDE' : 'PROTECTED'
}

/**
 * Refuses a change of an object that a principal identity protects: only the owner may make it, and an Enterprise
 * Admin who says so.
 *
 * @param overwrite What the caller said about overwriting; undefined: nothing.
 * @throws {AccessError} `not_owner`
 * @see nsx-api.md 0.10, 6.4
 */
export function requireUnprotected(
  caller: Principal,
  owner: string,
  resourceType: string,
  overwrite: boolean | undefined,
): void {
  const protection = protectionFrom(caller, owner)
  if (protection === 'NOT_PROTECTED' || (protection === 'REQUIRE_OVERRIDE' && overwrite)) return
  const roles = [...rolesAt(caller.rolesForPaths, '/')].join(', ')
  throw new AccessError(
    'not_owner',
    `Principal '${caller.name}' with role '[${roles}]' attempts to delete or modify an object of type ${resourceType} it doesn't own. (createUser=${owner}, allowOverwrite=${overwrite ?? null})`,
  )
}
