import { Type } from 'typebox'
import type { Roles } from '../../../access/roles/roles.ts'
import type { RolesForPath } from '../../../access/roles/roles-for-paths.ts'

/** @see nsx-api.md 6.2 */
export const rolePattern = '^[_a-z0-9-]+$'

export const WireRoles = Type.Array(Type.Object({ role: Type.String(), role_display_name: Type.String() }))
export const WireRolesForPaths = Type.Array(Type.Object({ path: Type.String(), roles: WireRoles }))

/** Puts roles into the API's words, with the names they have now. */
export function createRoleWire(roles: Roles) {
  const wireRoles = (ids: Iterable<string>) =>
    [...ids].map((id) => ({ role: id, role_display_name: roles.find(id)?.displayName ?? id }))

  return {
    wireRoles,
    wireRolesForPaths: (bound: readonly RolesForPath[]) =>
      bound.map(({ path, roles: ids }) => ({ path, roles: wireRoles(ids) })),
  }
}

/** Every role that is bound anywhere, once. */
export const rolesAnywhere = (bound: readonly RolesForPath[]) => [...new Set(bound.flatMap(({ roles }) => roles))]
