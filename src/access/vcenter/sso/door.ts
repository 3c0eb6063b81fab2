import type { SsoUserStore } from '../../../store/sso-users.ts'
import { AccessError } from '../../errors.ts'
import { createDoor, type DoorAccounts, type DoorParts } from '../../sign-in/door.ts'
import { lockoutSource } from '../../sign-in/lockout.ts'
import { ssoDomain } from '../principal.ts'
import type { SsoDirectory } from './directory.ts'
import type { RemoteUserPrincipal, SignedIn } from './principals.ts'
import type { SsoUser } from './user.ts'
import { parseSignInName } from './user-name.ts'

export type VcenterDoor = ReturnType<typeof createVcenterDoor>

/** A name and a password, and where they were presented. */
export interface VcenterCredentials {
  /** `user@domain`, `DOMAIN\user`, or bare. */
  name: string
  password: string
  /** The address they came from. */
  source: string
}

export interface VcenterDoorParts
  extends Pick<DoorParts<SsoUser, RemoteUserPrincipal>, 'hashing' | 'lockouts' | 'sourceOf' | 'steady' | 'log'> {
  /** Of the appliance that failures are counted at. */
  applianceId: string
  directory: SsoDirectory
  users: SsoUserStore
}

/** No user has this id: asking for its password costs what asking for a real one does. */
const nobody = ''

/** The one source of all failures: an account is locked wherever they come from. */
const everywhere = ''

/** The way into vCenter: the same door as any other appliance's, to the users of vCenter's own domain and of directories. */
export function createVcenterDoor({ applianceId, directory, users, ...parts }: VcenterDoorParts) {
  const accounts: DoorAccounts<SsoUser> = {
    find(_realmId, name) {
      const at = name.lastIndexOf('@')
      return name.slice(at + 1) === ssoDomain ? directory.userNamed(name.slice(0, at)) : undefined
    },
    idOf: ({ id }) => id,
    nameOf: ({ name }) => `${name}@${ssoDomain}`,
    passwordHash: (_realmId, user) => users.passwordHash(user?.id ?? nobody),
    mayEnter: ({ disabled }) => !disabled,
    // Whoever else fails as the built-in administrator must not keep the administrator out.
    countedUnder: ({ builtIn }, address) => (builtIn ? lockoutSource(address) : everywhere),
  }
  const door = createDoor<SsoUser, RemoteUserPrincipal>({
    ...parts,
    accounts,
    sourceOf: (name) => (name.endsWith(`@${ssoDomain}`) ? undefined : parts.sourceOf(name)),
    welcome(person) {
      const principal = directory.principalOfPerson(person)
      if (principal) return principal
      throw new AccessError('unauthenticated', "A directory's user has a name at a domain that is not its own")
    },
    isImmune: () => false,
  })

  function credentialsOf({ name, password, source }: VcenterCredentials) {
    const given = parseSignInName(name)
    return {
      applianceId,
      realmId: ssoDomain,
      source,
      name: `${given.name}@${given.domain.toLowerCase()}`,
      password,
    }
  }

  const principalOf = (found: SsoUser | RemoteUserPrincipal): SignedIn =>
    'kind' in found ? found : directory.principalOfUser(found)

  return {
    /** @throws {AccessError} `unauthenticated`, or `busy` when too many sign-ins are waiting. */
    async signIn(credentials: VcenterCredentials): Promise<SignedIn> {
      return principalOf(await door.signIn(credentialsOf(credentials)))
    },

    /** Who it is, at once, if just this password was verified before; else undefined. */
    recall(credentials: VcenterCredentials): SignedIn | undefined {
      const found = door.recall(credentialsOf(credentials))
      return found && principalOf(found)
    },

    /**
     * Checks a user's password again, counting failures like a sign-in.
     *
     * @throws {AccessError} `old_password_wrong`, also while the account is locked.
     */
    confirm(user: SsoUser, { password, source }: Pick<VcenterCredentials, 'password' | 'source'>): Promise<void> {
      return door.confirm(credentialsOf({ name: accounts.nameOf(user), password, source }), user)
    },

    /** Forgets who signed in through a source that was changed or removed. */
    forgetSource: door.forgetSource,
  }
}
