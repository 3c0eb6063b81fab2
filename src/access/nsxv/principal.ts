import type { RemotePerson } from '../principal.ts'
import { type NsxvFeature, type NsxvPermission, roleGives } from './feature-matrix.ts'
import type { NsxvRole } from './roles.ts'

/** The object that stands for everything an NSX Manager has. */
export const globalRoot = 'globalroot-0'

/** A role, and the objects it is for. */
export interface Grant {
  readonly role: NsxvRole
  /** Ids of objects; the global root is all of them. */
  readonly scope: readonly string[]
}

/** Whoever calls the API of NSX Manager for vSphere, with what they may do. Never changes. */
export interface NsxvPrincipal {
  /** As the audit log shows it. */
  readonly name: string
  /** By which users are found. */
  readonly key: string
  /** One for a user with a role of their own, several for who has roles by their groups; none: no role at all. */
  readonly grants: readonly Grant[]
  /** `userinfo-N`, where they have a role of their own. */
  readonly objectId?: string
  /** Which account or user of vCenter's it is: another one who gets the name later has another. */
  readonly identity: string
  /** Of a directory's user: as the directory told of them. */
  readonly person?: RemotePerson
  /** Of an account of the command line. */
  readonly userid?: number
}

/**
 * Whether a role of the principal's reaches an object and gives the permission on the feature.
 *
 * @param object Id of the object that the call is about, or `any` where one object in scope is enough.
 * @see nsxv-api.md 2.4 (scope), 2.5 (features)
 */
export function allows(
  { grants }: Pick<NsxvPrincipal, 'grants'>,
  feature: NsxvFeature,
  permission: NsxvPermission,
  object: string = globalRoot,
): boolean {
  return grants.some(
    ({ role, scope }) =>
      (object === 'any' || scope.includes(globalRoot) || scope.includes(object)) &&
      roleGives(role, feature, permission),
  )
}

/** Whether it is a System Administrator. */
export const isSuperUser = ({ grants }: Pick<NsxvPrincipal, 'grants'>) =>
  grants.some(({ role }) => role === 'super_user')
