import type { FastifyRequest } from 'fastify'
import { may, rightsAt } from '../../access/permissions/rights.ts'
import type { Principal } from '../../access/principal.ts'
import type { PermissionRequirement } from '../request.ts'

/** Whether a user of NSX Manager's has the permission that a route requires, where it requires it. */
export function permits(
  request: FastifyRequest,
  { rights, rolesForPaths }: Principal,
  { feature, permission, at }: PermissionRequirement,
): boolean {
  if (may(rights, feature, permission)) return true
  if (at === undefined) return false
  const paths =
    at === 'somewhere' ? rolesForPaths.map(({ path }) => path) : [at(request.params as Record<string, string>)]
  const { find } = request.server.services.roles
  return paths.some((path) => may(rightsAt(rolesForPaths, path, find), feature, permission))
}
