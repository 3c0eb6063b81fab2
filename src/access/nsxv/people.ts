import type { Clock } from '../clock.ts'
import { AccessError } from '../errors.ts'
import type { RemotePerson } from '../principal.ts'
import { ssoDomain, type VcenterPrincipal } from '../vcenter/principal.ts'
import type { SsoDirectory } from '../vcenter/sso/directory.ts'
import type { VcenterCredentials, VcenterDoor } from '../vcenter/sso/door.ts'
import type { SsoPolicies } from '../vcenter/sso/policies.ts'
import type { SignedIn } from '../vcenter/sso/principals.ts'
import { mustChangePassword } from '../vcenter/sso/user.ts'
import type { KnowsSource } from '../vcenter/sso/vcenter-directories.ts'
import { domainName } from './names.ts'
import type { NsxvUser } from './user.ts'
import type { NsxvUserView } from './user-view.ts'

/** What the keys of vCenter's own users begin with. */
const own = `${ssoDomain}\\`

export type People = ReturnType<typeof createPeople>

/** The users of vCenter, as the NSX Manager asks about them. */
export function createPeople(
  door: VcenterDoor,
  directory: SsoDirectory,
  knowsSource: KnowsSource,
  policies: SsoPolicies,
  clock: Clock,
) {
  function requireGoodPassword(person: SignedIn): SignedIn {
    if (person.kind === 'sso_user' && mustChangePassword(person.user, policies.read(), clock())) {
      throw new AccessError('password_must_change', 'The password must be changed in vCenter before anything else')
    }
    return person
  }

  return {
    /** Who it is, at once, if just this password was verified before. @throws {AccessError} `password_must_change` */
    recall(credentials: VcenterCredentials): SignedIn | undefined {
      const person = door.recall(credentials)
      return person && requireGoodPassword(person)
    },

    /** @throws {AccessError} `unauthenticated`, `password_must_change`, `busy` */
    async signIn(credentials: VcenterCredentials): Promise<SignedIn> {
      return requireGoodPassword(await door.signIn(credentials))
    },

    /** A directory's user, with the groups that the directory told last; undefined where the directory is gone. */
    known: (person: RemotePerson): SignedIn | undefined =>
      knowsSource(person) ? directory.principalOfPerson(person) : undefined,

    /** Who has a key now, among the users of vCenter's own domain. */
    find(key: string): SignedIn | undefined {
      const user = key.startsWith(own) ? directory.userNamed(key.slice(own.length)) : undefined
      return user && !user.disabled ? directory.principalOfUser(user) : undefined
    },
  }
}

/**
 * From whom a user of vCenter's has roles: themselves, or else all their groups. Groups that are disabled give none.
 *
 * @param groups Whether groups have roles, for which SSO must be registered.
 * @returns undefined for a user who is disabled.
 * @see nsxv-api.md 1 (who may authenticate), 2.4 (groups)
 */
export function rolesOfPerson(
  person: VcenterPrincipal,
  view: NsxvUserView,
  groups: boolean,
): readonly NsxvUser[] | undefined {
  const own = findPerson(view, person.key)
  if (own && !own.group) return own.enabled ? [own] : undefined
  if (!groups) return []
  return [...person.groups]
    .map((key) => findPerson(view, key))
    .filter((found) => found?.group && found.enabled) as NsxvUser[]
}

// Whoever was added without a domain is of vCenter's own.
function findPerson(view: NsxvUserView, key: string): NsxvUser | undefined {
  const found = view.find(key) ?? (key.startsWith(own) ? view.find(key.slice(own.length)) : undefined)
  return found?.origin === 'vcenter' ? found : undefined
}

export const personName = ({ name, domain }: VcenterPrincipal) => domainName(name, domain).shown
