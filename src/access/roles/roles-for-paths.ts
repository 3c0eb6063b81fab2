/** Roles that hold on a path and everything below it; `/` is everywhere. */
export interface RolesForPath {
  path: string
  roles: string[]
}

/** A path's roles as a caller sends them; `remove` takes the path out of the binding. */
export interface RolesForPathChange extends RolesForPath {
  remove: boolean
}

/**
 * The binding after a change: paths that are sent replace those of the same name, the others stay.
 *
 * @see nsx-api.md 6.3: a path goes only by being sent with `delete_path`
 */
export function mergeRolesForPaths(
  stored: readonly RolesForPath[],
  sent: readonly RolesForPathChange[],
): RolesForPath[] {
  const merged = new Map(stored.map(({ path, roles }) => [path, roles]))
  for (const { path, roles, remove } of sent) {
    if (remove) merged.delete(path)
    else merged.set(path, roles)
  }
  return [...merged].map(([path, roles]) => ({ path, roles }))
}

/** Roles that hold at a path: those bound there and at every path above it. */
export function rolesAt(bound: readonly RolesForPath[], path: string): Set<string> {
  const reaching = bound.filter((b) => isWithin(path, b.path))
  return new Set(reaching.flatMap((b) => b.roles))
}

/** Whether one path is another or lies below it; below `/` is everything. */
export function isWithin(path: string, root: string): boolean {
  return root === '/' || path === root || path.startsWith(`${root}/`)
}

/** Whether a role is bound at any path. */
export function holdsRole(bound: readonly RolesForPath[], role: string): boolean {
  return bound.some(({ roles }) => roles.includes(role))
}
