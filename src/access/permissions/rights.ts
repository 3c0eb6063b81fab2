import type { Role } from '../roles/built-in-roles.ts'
import { type Feature, type Permission, permissions } from '../roles/features.ts'
import { type RolesForPath, rolesAt } from '../roles/roles-for-paths.ts'

/** What a principal may do: on each feature the highest permission that one of its roles gives. */
export type Rights = ReadonlyMap<string, number>

/** What a role gives today; undefined for one that does not exist. */
export type FindRole = (id: string) => Role | undefined

const rank = (permission: Permission) => permissions.indexOf(permission)

export function rightsOf(roles: Iterable<string>, find: FindRole): Rights {
  const rights = new Map<string, number>()
  for (const id of roles) {
    for (const [feature, permission = 'none'] of Object.entries(find(id)?.permissions ?? {})) {
      rights.set(feature, Math.max(rights.get(feature) ?? 0, rank(permission)))
    }
  }
  return rights
}

/** Rights at a path: those of the roles bound there and at every path above it. */
export function rightsAt(bound: readonly RolesForPath[], path: string, find: FindRole): Rights {
  return rightsOf(rolesAt(bound, path), find)
}

/** @returns whether the rights reach the permission on the feature; `none` is what everyone has. */
export function may(rights: Rights, feature: Feature, permission: Permission): boolean {
  return (rights.get(feature) ?? 0) >= rank(permission)
}

/** @returns whether nothing that `inner` allows is beyond `outer`. */
export function covers(outer: Rights, inner: Rights): boolean {
  return [...inner].every(([feature, level]) => (outer.get(feature) ?? 0) >= level)
}
