import type { Account } from './accounts/account.ts'
import type { Rights } from './permissions/rights.ts'
import type { RolesForPath } from './roles/roles-for-paths.ts'

/**
 * Whoever calls, with what they may do. A principal never changes: whatever happens to an account, a binding or a
 * role puts a new one in its place, so that what was remembered about the old one is forgotten with it.
 */
export type Principal = LocalUser | RemoteUser | PrincipalIdentity

interface Subject {
  /** As the audit log and `_create_user` show it. */
  readonly name: string
  readonly rolesForPaths: readonly RolesForPath[]
  /** Rights at `/`. */
  readonly rights: Rights
}

/** A user that the appliance itself keeps. */
export interface LocalUser extends Subject {
  readonly kind: 'local_user'
  readonly account: Account
}

/** A user that an identity source keeps. */
export interface RemoteUser extends Subject {
  readonly kind: 'remote_user'
  readonly person: RemotePerson
}

/** A program that signs in with a certificate or a token of its own. */
export interface PrincipalIdentity extends Subject {
  readonly kind: 'principal_identity'
  readonly id: string
  /** Tells identities of one name apart: those of the nodes of a cluster. */
  readonly nodeId: string
  /** Whether what it makes is protected from others. */
  readonly isProtected: boolean
  /** Undefined where it signs in with a token. */
  readonly certificateId: string | undefined
}

/** What an identity source says of a user who signed in. */
export interface RemotePerson {
  readonly sourceType: RemoteSourceType
  /** Identifier of the source among those of its type. */
  readonly sourceId: string
  /** `name@domain`. */
  readonly name: string
  /** The user's groups, by the names that role bindings give them. */
  readonly groups: readonly string[]
}

/** @see nsx-api.md 6.3, `identity_source_type` */
export const remoteSourceTypes = ['VIDM', 'LDAP', 'OIDC', 'CSP'] as const
export type RemoteSourceType = (typeof remoteSourceTypes)[number]
