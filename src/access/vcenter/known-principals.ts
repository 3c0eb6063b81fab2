import { localUsers } from './inferred.ts'
import { localDomain, ssoDomain } from './principal.ts'
import type { SsoDirectory } from './sso/directory.ts'

/**
 * Whether there is such a user or group, as far as it can be told without asking anybody: in a domain that a directory
 * elsewhere keeps, every name may be one.
 *
 * @param isForeign Whether a directory elsewhere keeps the domain.
 */
export function createKnownPrincipals(directory: SsoDirectory, isForeign: (domain: string) => boolean) {
  return (name: string, domain: string, group: boolean): boolean => {
    switch (domain.toLowerCase()) {
      case ssoDomain:
        return (group ? directory.groupNamed(name) : directory.userNamed(name)) !== undefined
      case localDomain:
        return !group && localUsers.includes(name.toLowerCase())
      default:
        return isForeign(domain)
    }
  }
}
