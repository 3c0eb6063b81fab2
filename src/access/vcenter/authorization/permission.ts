import type { PrincipalKey } from '../principal.ts'
import { controls } from './wording.ts'

/** A user, or a group, by its key: `user:domain\name` or `group:domain\name`. */
export type Grantee = string

export const granteeOf = (group: boolean, key: PrincipalKey): Grantee => `${group ? 'group' : 'user'}:${key}`

/** That somebody has a role on an object. There is one at most for an object and a grantee. Never changes. */
export interface Permission {
  readonly objectId: string
  /** As they were given; compared by `grantee`. */
  readonly name: string
  readonly domain: string
  readonly group: boolean
  readonly grantee: Grantee
  readonly roleId: number
  /** Whether it counts on the objects below, too. */
  readonly propagate: boolean
}

/**
 * The name of a permission, safe in a URL: the object and the grantee, of which there is one pair for each.
 *
 * @see vcenter-api.md 2.2, inferred: real ids are opaque
 */
export const permissionId = ({ objectId, grantee }: Pick<Permission, 'objectId' | 'grantee'>): string =>
  Buffer.from(`${objectId}:${grantee}`).toString('base64url')

/** What a permission's id says; undefined where it is none. */
export function readPermissionId(id: string): Pick<Permission, 'objectId' | 'grantee'> | undefined {
  const text = Buffer.from(id, 'base64url').toString()
  const colon = text.indexOf(':')
  const named = { objectId: text.slice(0, colon), grantee: text.slice(colon + 1) }
  // One text alone is the id: not another spelling of its bytes; and no name has a control character.
  return colon > 0 && permissionId(named) === id && !controls.test(text) ? named : undefined
}
