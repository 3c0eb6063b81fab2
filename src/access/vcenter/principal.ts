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

/** Whom the cost of a call is charged to, as turns have it; nobody stands for all who are not known. */
export const chargedKeyOf = (caller: VcenterPrincipal | undefined): string => caller?.key ?? ''

/**
 * `DOMAIN\name`, as vCenter shows principals; of the local domain the name alone, unless it could be taken for more.
 *
 * @see vcenter-api.md 3.2; vim25, Permission.principal
 */
export function displayName({ name, domain }: Pick<VcenterPrincipal, 'name' | 'domain'>): string {
  const isPlain = domain.toLowerCase() === localDomain && !/[\\@]/.test(name)
  return isPlain ? name : `${domain.toUpperCase()}\\${name}`
}

/**
 * A user or group as permissions name them: `DOMAIN\name`, `name@domain`, or a name of the local domain.
 *
 * @see vcenter-api.md 3.2
 */
export function parsePrincipal(text: string): { name: string; domain: string } {
  const backslash = text.indexOf('\\')
  if (backslash >= 0) return { domain: text.slice(0, backslash) || localDomain, name: text.slice(backslash + 1) }
  const at = text.lastIndexOf('@')
  if (at >= 0) return { domain: text.slice(at + 1) || localDomain, name: text.slice(0, at) }
  return { domain: localDomain, name: text }
}
