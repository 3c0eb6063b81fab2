import { AccessError } from '../errors.ts'
import { ssoDomain } from '../vcenter/principal.ts'
import { administratorsGroup } from '../vcenter/sso/ground.ts'
import type { SignedIn } from '../vcenter/sso/principals.ts'
import type { NsxvApplianceSettings } from './appliance-settings.ts'
import type { NsxvCall } from './call.ts'
import { domainName } from './names.ts'
import type { People } from './people.ts'
import { allows, globalRoot } from './principal.ts'
import type { NsxvUsers } from './users.ts'

/** Who registers, as they show themselves. */
export interface Registrar {
  name: string
  password: string
  source: string
}

export type NsxvRegistration = ReturnType<typeof createNsxvRegistration>

export interface NsxvRegistrationParts {
  settings: NsxvApplianceSettings
  people: People
  users: Pick<NsxvUsers, 'giveIfNone'>
}

/** Of who registers with one. [inferred] */
const role = 'enterprise_admin'

const administrators = domainName(administratorsGroup, ssoDomain).key

/**
 * With whose name the NSX Manager is registered with vCenter and with SSO. Without SSO, groups have no roles.
 *
 * @see nsxv-api.md 1 (who may authenticate), 6 (vcconfig, ssoconfig)
 */
export function createNsxvRegistration({ settings, people, users }: NsxvRegistrationParts) {
  /**
   * A wrong password counts as it does at any sign-in.
   *
   * @returns who it is, and the name with its domain, however it was spelt.
   * @throws {AccessError} `invalid_field`, `busy`
   */
  async function administrator(
    { name, password, source }: Registrar,
    field: string,
  ): Promise<{ person: SignedIn; name: string }> {
    const person = await people.signIn({ name, password, source }).catch((error) => {
      if (!(error instanceof AccessError) || error.code === 'busy') throw error
      throw new AccessError('invalid_field', `${field} and its password are not right`, { field })
    })
    if (person.groups.has(administrators)) return { person, name: `${person.name}@${person.domain}` }
    throw new AccessError('invalid_field', `${field} ${name} is no administrator of vCenter`, { field })
  }

  return {
    /**
     * Registers with vCenter anew.
     *
     * @param assignRole Whether the user becomes Enterprise Administrator here, unless they have a role; only who may
     *   manage users may ask for it.
     * @throws {AccessError} `invalid_field`, `forbidden`, `busy`
     */
    async withVcenter(call: NsxvCall, registrar: Registrar, assignRole: boolean): Promise<void> {
      if (assignRole && !allows(call.caller, 'user_account_management', 'write')) {
        throw new AccessError('forbidden', 'Who registers with a role manages users', {
          objectId: globalRoot,
          privilege: 'user_account_management',
        })
      }
      const { person, name } = await administrator(registrar, 'userName')
      await call.change(async (change) => {
        const before = (await settings.stored(change)).vcenterUser
        await settings.apply(change, { vcenterUser: name })
        const key = domainName(person.name, person.domain)
        const given = assignRole && (await users.giveIfNone(change, call, key, role))
        change.values('vcenter', { user: before }, { user: name, ...(given ? { role } : {}) })
      })
    },

    /** @throws {AccessError} `invalid_field`, `busy` */
    async withSso(call: NsxvCall, registrar: Registrar): Promise<void> {
      const { name } = await administrator(registrar, 'ssoAdminUsername')
      await register(call, name)
    },

    /** Groups have no roles from then on. */
    leaveSso: (call: NsxvCall): Promise<void> => register(call, null),
  }

  async function register(call: NsxvCall, ssoUser: string | null): Promise<void> {
    await call.change(async (change) => {
      const before = (await settings.stored(change)).ssoUser
      await settings.apply(change, { ssoUser })
      const shown = (user: string | null) => (user === null ? undefined : { user })
      change.values('sso', shown(before), shown(ssoUser))
    })
  }
}
