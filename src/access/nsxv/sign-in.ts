import { mustChangePassword } from '../accounts/account.ts'
import type { Clock } from '../clock.ts'
import { AccessError } from '../errors.ts'
import type { PasswordHashing } from '../passwords/hashing.ts'
import type { LocalUser } from '../principal.ts'
import { signInRefusal } from '../sign-in/door.ts'
import type { VcenterCredentials } from '../vcenter/sso/door.ts'
import type { SignedIn } from '../vcenter/sso/principals.ts'
import type { NsxvApplianceSettings } from './appliance-settings.ts'
import type { NsxvDoor } from './door.ts'
import { type People, personName, rolesOfPerson } from './people.ts'
import type { NsxvPrincipal } from './principal.ts'
import { grantsOf, objectIdOf } from './user.ts'
import type { NsxvUserView } from './user-view.ts'

export type NsxvSignIn = ReturnType<typeof createNsxvSignIn>

export interface NsxvSignInParts {
  applianceId: string
  realmId: string
  door: NsxvDoor
  people: People
  view: NsxvUserView
  settings: NsxvApplianceSettings
  hashing: PasswordHashing
  clock: Clock
}

/**
 * The way into the API. Three gates, none of which implies another: a user with a password, for accounts of the
 * command line the web-interface privilege, and a role. The first two refuse alike. Who has no role comes in with no
 * rights, so that they are told what is missing.
 *
 * @see nsxv-api.md 0; 1, who may authenticate
 */
export function createNsxvSignIn(parts: NsxvSignInParts) {
  const { applianceId, realmId, door, people, view, clock } = parts

  function accountPrincipal(entry: LocalUser): NsxvPrincipal {
    const { account, name } = entry
    if (!view.hasWebInterface(account.userid)) throw signInRefusal()
    const user = view.find(name)
    // A user of vCenter's may have the name of an account; the role is theirs then.
    const own = user?.userid === account.userid ? user : undefined
    if (own && !own.enabled) throw signInRefusal()
    if (mustChangePassword(account, clock())) {
      throw new AccessError(
        'password_must_change',
        "The password must be changed before anything else, on the console: 'cli password' in configuration mode",
      )
    }
    const { userid } = account
    const identity = `account ${userid}`
    const roles = own ? { grants: grantsOf(own), objectId: objectIdOf(own) } : { grants: [] }
    return { name, key: name, identity, userid, ...roles }
  }

  function personPrincipal(person: SignedIn): NsxvPrincipal {
    const users = rolesOfPerson(person, view, parts.settings.read().ssoUser !== null)
    if (!users) throw signInRefusal()
    const own = users.find(({ group }) => !group)
    const grants = users.flatMap(grantsOf)
    const { key } = person
    const identity = person.kind === 'sso_user' ? `sso ${person.user.id}` : `remote ${key}`
    return {
      name: personName(person),
      key,
      identity,
      grants,
      ...(own ? { objectId: objectIdOf(own) } : {}),
      ...(person.kind === 'remote_user' ? { person: person.person } : {}),
    }
  }

  const isPerson = (name: string) => /[@\\]/.test(name)
  const ofRealm = (credentials: VcenterCredentials) => ({ applianceId, realmId, ...credentials })

  /** Who somebody is, or undefined where the gates refuse them. */
  function unlessRefused(principal: () => NsxvPrincipal): NsxvPrincipal | undefined {
    try {
      return principal()
    } catch (error) {
      if (error instanceof AccessError) return undefined
      throw error
    }
  }

  return {
    /** Who an account or a user of vCenter's is now; undefined where they could not come in. */
    asAccount: (entry: LocalUser): NsxvPrincipal | undefined =>
      unlessRefused(() => {
        if (!entry.account.active) throw signInRefusal()
        return accountPrincipal(entry)
      }),
    asPerson: (person: SignedIn): NsxvPrincipal | undefined => unlessRefused(() => personPrincipal(person)),

    /** @throws {AccessError} `unauthenticated`, `password_must_change`; `busy` when too many sign-ins are waiting. */
    async signIn(credentials: VcenterCredentials): Promise<NsxvPrincipal> {
      if (!isPerson(credentials.name)) return accountPrincipal(await door.signIn(ofRealm(credentials)))
      const remembered = people.recall(credentials) !== undefined
      const person = await people.signIn(credentials)
      const principal = unlessRefused(() => personPrincipal(person))
      if (principal) return principal
      // Whoever is disabled costs what a wrong password does, so that a right one cannot be told.
      if (remembered) await parts.hashing.verify(credentials.password, null)
      throw signInRefusal()
    },

    /** Who it is, at once, if just this password was verified before; else undefined. @throws {AccessError} `password_must_change` */
    recall(credentials: VcenterCredentials): NsxvPrincipal | undefined {
      if (isPerson(credentials.name)) {
        const person = people.recall(credentials)
        return person && unlessRefused(() => personPrincipal(person))
      }
      const entry = door.recall(ofRealm(credentials))
      return entry && accountPrincipal(entry)
    },
  }
}
