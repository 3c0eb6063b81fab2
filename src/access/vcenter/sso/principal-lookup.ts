import { unreachable } from '../../identity-sources/ldap/problem.ts'
import { localGroups, localUsers } from '../inferred.ts'
import { localDomain, ssoDomain } from '../principal.ts'
import type { SsoDirectory } from './directory.ts'
import type { SignedIn } from './principals.ts'
import type { VcenterDirectories } from './vcenter-directories.ts'

export type PrincipalLookup = ReturnType<typeof createPrincipalLookup>

/** Who users and groups are that are only named: those of our own domain, and those of directories. */
export function createPrincipalLookup(directory: SsoDirectory, ldap: Pick<VcenterDirectories, 'sourceOf'>) {
  const isOwn = (domain: string) => domain.toLowerCase() === ssoDomain

  /**
   * A user with all groups, as if they had signed in. A disabled user is one too.
   *
   * @returns undefined where there is none.
   * @throws {AccessError} `directory_unreachable`
   */
  async function user(name: string, domain: string): Promise<SignedIn | undefined> {
    if (isOwn(domain)) {
      const found = directory.userNamed(name)
      return found && directory.principalOfUser(found)
    }
    const source = ldap.sourceOf(`${name}@${domain}`)
    const person = await source?.lookUp(`${name}@${domain}`).catch(unreachable(source.id))
    return person && directory.principalOfPerson(person)
  }

  return {
    user,

    /** Whether there is a user or a group of that name. @throws {AccessError} `directory_unreachable` */
    async exists(name: string, domain: string, group: boolean): Promise<boolean> {
      if (domain.toLowerCase() === localDomain) {
        return (group ? localGroups : localUsers).includes(name.toLowerCase())
      }
      if (!group) return (await user(name, domain)) !== undefined
      if (isOwn(domain)) return directory.groupNamed(name) !== undefined
      const source = ldap.sourceOf(`${name}@${domain}`)
      return (await source?.hasGroup(name).catch(unreachable(source.id))) ?? false
    },
  }
}
