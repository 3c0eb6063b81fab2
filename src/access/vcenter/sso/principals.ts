import type { RemotePerson } from '../../principal.ts'
import { localDomain, type PrincipalKey, principalKey, ssoDomain, type VcenterPrincipal } from '../principal.ts'
import { administratorsGroup } from './ground.ts'
import type { SsoUser } from './user.ts'

/** Somebody who signed in, with where they are known. */
export type SignedIn = SsoUserPrincipal | RemoteUserPrincipal

export interface SsoUserPrincipal extends VcenterPrincipal {
  readonly kind: 'sso_user'
  readonly user: SsoUser
}

/** A user of an LDAP directory. */
export interface RemoteUserPrincipal extends VcenterPrincipal {
  readonly kind: 'remote_user'
  readonly person: RemotePerson
}

/** Domains whose users and groups no identity source elsewhere can speak for. */
const own = new Set([ssoDomain, localDomain])

/** Who a directory's user is; undefined where its name is at one of our own domains. */
export function remoteName({ name }: RemotePerson): { name: string; domain: string; key: PrincipalKey } | undefined {
  return foreignName(name)
}

/**
 * The groups that a directory says a user is in, as permissions name them. Their distinguished names, which role
 * bindings of NSX may use, are no names here.
 */
export function remoteGroups({ groups }: RemotePerson): PrincipalKey[] {
  return groups
    .filter((group) => !group.includes('='))
    .map(foreignName)
    .filter((group) => group !== undefined)
    .map(({ key }) => key)
}

const administrators = principalKey(administratorsGroup, ssoDomain)

/** Whether somebody may manage the users and groups of vCenter's own domain. */
export const isSsoAdministrator = ({ groups }: Pick<VcenterPrincipal, 'groups'>) => groups.has(administrators)

function foreignName(text: string): { name: string; domain: string; key: PrincipalKey } | undefined {
  const at = text.lastIndexOf('@')
  const [name, domain] = [text.slice(0, at), text.slice(at + 1)]
  if (at < 1 || domain === '' || own.has(domain.toLowerCase())) return undefined
  return { name, domain, key: principalKey(name, domain) }
}
