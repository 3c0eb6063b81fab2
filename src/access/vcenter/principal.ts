/** A user or group by name and domain, as `domain\name` in lower case: names are compared without regard to case. */
export type PrincipalKey = string

/** @see vcenter-api.md 3.2 */
export const principalKey = (name: string, domain: string): PrincipalKey =>
  `${domain.toLowerCase()}\\${name.toLowerCase()}`

/** The domain of names that come without one. */
export const localDomain = 'localos'

/** The domain that the server keeps itself. */
export const ssoDomain = 'vsphere.local'

/** Who calls. Never changes: whatever happens to a user or a group puts a new one in its place. */
export interface VcenterPrincipal {
  readonly name: string
  readonly domain: string
  readonly key: PrincipalKey
  /** All groups the user is in, those of groups included. */
  readonly groups: ReadonlySet<PrincipalKey>
}
