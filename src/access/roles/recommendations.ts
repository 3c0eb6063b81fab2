import { type Feature, type FeaturePermissions, type Permission, permissions } from './features.ts'

/** A permission that a set lacks for another one in it to be of use. */
export interface Recommendation {
  srcFeatures: Feature[]
  targetFeature: Feature
  /** Any of these will do. */
  recommendedPermissions: Permission[]
}

/** Who has `read` or more on the first feature needs `read` on the second. Inferred: no source lists them. */
const dependencies: readonly [source: Feature, target: Feature][] = [
  // Whoever assigns roles picks them from the list of roles.
  ['users_role_assignments', 'users_custom_role'],
]

const reads = (permission: Permission = 'none') => permissions.indexOf(permission) >= permissions.indexOf('read')

/** What a set of permissions should have besides; none where it is valid. @see nsx-api.md 6.2, `action=validate` */
export function recommendationsFor(wanted: FeaturePermissions): Recommendation[] {
  return dependencies
    .filter(([source, target]) => reads(wanted[source]) && !reads(wanted[target]))
    .map(([source, target]) => ({
      srcFeatures: [source],
      targetFeature: target,
      recommendedPermissions: permissions.filter((permission) => reads(permission)),
    }))
}
