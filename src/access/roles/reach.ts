import { AccessError } from '../errors.ts'
import { covers, type FindRole, may, rightsAt, rightsOf } from '../permissions/rights.ts'
import type { Principal } from '../principal.ts'
import { isWithin, type RolesForPath } from './roles-for-paths.ts'

const assignments = 'users_role_assignments'

/**
 * Refuses what a caller may not change at a path: they must be allowed to assign roles there, and have there
 * themselves all that the roles give which they take away or put in their place.
 *
 * @throws {AccessError} `forbidden`
 * @see nsx-api.md 6.3: the permission at a path is that of the path and its ancestors
 */
export function requireReach(
  caller: Principal,
  find: FindRole,
  path: string,
  before: readonly string[],
  after: readonly string[],
): void {
  const own = rightsAt(caller.rolesForPaths, path, find)
  const refuse = (why: string) =>
    new AccessError('forbidden', `User is not authorized to perform this operation: ${why}`)
  if (!may(own, assignments, 'crud')) throw refuse(`roles at ${path} are not theirs to assign`)
  if (!covers(own, rightsOf(after, find))) throw refuse(`the roles give more rights at ${path} than the caller has`)
  if (!covers(own, rightsOf(before, find))) throw refuse(`the user has more rights at ${path} than the caller`)
}

/** What a caller may see of the roles bound: those at paths where they may read assignments. */
export function visibleTo(caller: Principal, find: FindRole): (bound: readonly RolesForPath[]) => RolesForPath[] {
  const sees = (path: string) => may(rightsAt(caller.rolesForPaths, path, find), assignments, 'read')
  if (sees('/')) return (bound) => [...bound]
  return (bound) => bound.filter(({ path }) => sees(path))
}

/** Roles that count at a path or somewhere below it. */
export function boundAround(bound: readonly RolesForPath[], root: string): RolesForPath[] {
  const trimmed = withoutSlash(root)
  return bound.filter(({ path }) => isWithin(path, trimmed) || isWithin(trimmed, path))
}

/** Roles bound at a path or below it. */
export function boundWithin(bound: readonly RolesForPath[], root: string): RolesForPath[] {
  const trimmed = withoutSlash(root)
  return bound.filter(({ path }) => isWithin(path, trimmed))
}

const withoutSlash = (path: string) => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)
