import { mustChangePassword } from '../accounts/account.ts'
import type { Clock } from '../clock.ts'
import { AccessError } from '../errors.ts'
import type { LocalUser } from '../principal.ts'
import type { DoorTo } from '../sign-in/door.ts'
import type { VcenterPrincipal } from '../vcenter/principal.ts'
import type { VcenterCredentials } from '../vcenter/sso/door.ts'
import { type People, personName, rolesOfPerson } from './people.ts'
import type { NsxvPrincipal } from './principal.ts'
import { objectIdOf } from './user.ts'
import type { NsxvUserView } from './user-view.ts'

export type NsxvSignIn = ReturnType<typeof createNsxvSignIn>

export interface NsxvSignInParts {
  applianceId: string
  realmId: string
  /** To the accounts of the command line and nobody else. */
  door: DoorTo<LocalUser, never>
  people: People
  view: NsxvUserView
  clock: Clock
}

const refusal = () => new AccessError('unauthenticated', 'Unknown name, wrong password, or the user may not sign in')

/**
 * The way into the API. Three gates, none of which implies another: a user with a password, for accounts of the
 * command line the web-interface privilege, and a role. The first two refuse alike. Who has no role comes in with no
 * rights, so that they are told what is missing.
 *
 * @see nsxv-api.md 0; 1, who may authenticate
 */
export function createNsxvSignIn({ applianceId, realmId, door, people, view, clock }: NsxvSignInParts) {
  function accountPrincipal(entry: LocalUser): NsxvPrincipal {
    const { account, name } = entry
    if (!view.hasWebInterface(account.userid)) throw refusal()
    const user = view.find(name)
    // A user of vCenter's may have the name of an account; the role is theirs then.
    const own = user?.origin === 'cli' ? user : undefined
    if (own && !own.enabled) throw refusal()
    if (mustChangePassword(account, clock())) {
      throw new AccessError(
        'password_must_change',
        "The password must be changed before anything else, on the console: 'cli password' in configuration mode",
      )
    }
    return { name, key: name, account, ...(own ? { grants: [own], objectId: objectIdOf(own) } : { grants: [] }) }
  }

  function personPrincipal(person: VcenterPrincipal): NsxvPrincipal {
    const grants = rolesOfPerson(person, view)
    if (!grants) throw refusal()
    const own = grants.find(({ group }) => !group)
    return { name: personName(person), key: person.key, grants, ...(own ? { objectId: objectIdOf(own) } : {}) }
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
        if (!entry.account.active) throw refusal()
        return accountPrincipal(entry)
      }),
    asPerson: (person: VcenterPrincipal): NsxvPrincipal | undefined => unlessRefused(() => personPrincipal(person)),

    /** @throws {AccessError} `unauthenticated`, `password_must_change`; `busy` when too many sign-ins are waiting. */
    async signIn(credentials: VcenterCredentials): Promise<NsxvPrincipal> {
      if (isPerson(credentials.name)) return personPrincipal(await people.signIn(credentials))
      return accountPrincipal(await door.signIn(ofRealm(credentials)))
    },

    /** Who it is, at once, if just this password was verified before; else undefined. @throws as `signIn` */
    recall(credentials: VcenterCredentials): NsxvPrincipal | undefined {
      if (isPerson(credentials.name)) {
        const person = people.recall(credentials)
        return person && personPrincipal(person)
      }
      const entry = door.recall(ofRealm(credentials))
      return entry && accountPrincipal(entry)
    },
  }
}
