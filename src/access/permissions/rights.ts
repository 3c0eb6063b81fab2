import { builtInRoles } from '../roles/built-in-roles.ts'
import { type Feature, type Permission, permissions } from '../roles/features.ts'

/** What a principal may do: on each feature the highest permission that one of its roles gives. */
export type Rights = ReadonlyMap<Feature, number>

const rank = (permission: Permission) => permissions.indexOf(permission)

export function rightsOf(roles: Iterable<string>): Rights {
  const rights = new Map<Feature, number>()
  for (const id of roles) {
    const granted = Object.entries(builtInRoles.get(id)?.permissions ?? {}) as [Feature, Permission][]
    for (const [feature, permission] of granted) {
      rights.set(feature, Math.max(rights.get(feature) ?? 0, rank(permission)))
    }
  }
  return rights
}

/** @returns whether the rights reach the permission on the feature; `none` is what everyone has. */
export function may(rights: Rights, feature: Feature, permission: Permission): boolean {
  return (rights.get(feature) ?? 0) >= rank(permission)
}

/** @returns whether nothing that `inner` allows is beyond `outer`. */
export function covers(outer: Rights, inner: Rights): boolean {
  return [...inner].every(([feature, level]) => (outer.get(feature) ?? 0) >= level)
}
