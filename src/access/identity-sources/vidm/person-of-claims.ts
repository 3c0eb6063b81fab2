import type { Claims } from '../../../providers/openid-provider.ts'
import type { RemotePerson } from '../../principal.ts'

/** The one vIDM of a realm; role bindings of its users name no identifier. */
export const vidmSource = { sourceType: 'VIDM', sourceId: '' } as const

/** Where providers say which groups somebody is in. */
const groupClaims = ['groups', 'group_names']

const longestName = 255
// Spaces and what cannot be seen make two names look like one.
const plainName = /^[^\s\p{C}]+$/u

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestName && plainName.test(value)
}

/**
 * Whom a provider's claims are about, as `name@domain`: `preferred_username`, else `sub`. A name without a domain gets
 * the provider's, so that nobody is taken for a local user.
 *
 * @param given The name that was given with a password; the provider vouches for it where it says nothing else.
 * @returns undefined where they have no usable name.
 */
export function personOf(
  claims: Claims,
  domain: string,
  given?: string,
  source: Pick<RemotePerson, 'sourceType' | 'sourceId'> = vidmSource,
): RemotePerson | undefined {
  const name = nameOf(claims, domain, given)
  return isName(name) ? { ...source, name, groups: groupsOf(claims) } : undefined
}

function nameOf({ preferred_username, sub }: Claims, domain: string, given: string | undefined): unknown {
  const claimed = preferred_username ?? given ?? sub
  if (!isName(claimed) || claimed.includes('@')) return claimed
  const local = given?.slice(0, given.lastIndexOf('@'))
  return local !== undefined && local.toLowerCase() === claimed.toLowerCase() ? given : `${claimed}@${domain}`
}

function groupsOf(claims: Claims): string[] {
  const listed = groupClaims.map((name) => claims[name]).find(Array.isArray) ?? []
  const groups = listed.filter((group): group is string => typeof group === 'string' && group.length <= longestName)
  return [...new Set(groups)]
}

/**
 * Whether a name is `user@domain` and spelt in one way only: failures are counted by the name, and a provider that
 * overlooks a space or a look-alike letter would be asked as many times again.
 */
export function isRemoteName(name: string): boolean {
  return isName(name) && name === name.normalize('NFKC') && /^[^@]+@[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(name)
}
