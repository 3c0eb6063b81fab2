import {
  createLdapIdentitySources,
  type LdapIdentitySources,
  type ReliesOnSources,
} from '../access/identity-sources/ldap-identity-sources.ts'
import type { Nsxv } from '../access/nsxv/nsxv.ts'
import { createPeopleRenewal, type PeopleRenewal } from '../access/sign-in/people-renewal.ts'
import type { Journal } from '../audit/journal.ts'
import type { Ground } from './ground.ts'
import type { NsxServices } from './nsx.ts'
import type { SignInServices } from './sign-in.ts'
import type { VcenterServices } from './vcenter.ts'

/** The directories that NSX Manager and vCenter each know, and what goes with a change of them. */
export interface IdentitySourceServices {
  /** NSX Manager's. */
  ldapIdentitySources: LdapIdentitySources
  vcenterIdentitySources: LdapIdentitySources
  peopleRenewal: PeopleRenewal
}

export async function openIdentitySources(
  { config, clock, log, stores, secrets }: Ground,
  journal: Journal,
  { ldapDirectories, ownDirectories, vcenterDirectories, sourceDown }: SignInServices,
  { vcenterSessions, vcenterDoor }: VcenterServices,
  { sessions, door }: NsxServices,
  nsxv: Nsxv | undefined,
): Promise<IdentitySourceServices> {
  const inNsx: ReliesOnSources[] = [{ sessions, door }]
  // Whoever signs in to NSX Manager for vSphere is somebody of vCenter's.
  const ofVcenter = [vcenterSessions, ...(nsxv ? [nsxv.tokens] : [])]
  const inVcenter: ReliesOnSources[] = ofVcenter.map((holder) => ({ sessions: holder, door: vcenterDoor }))
  const copied = await stores.properties.find('copied_identity_sources')
  if (copied !== undefined) {
    log.warn(
      `vCenter has identity sources of its own now: ${JSON.parse(copied).join(', ')} were copied from those of NSX Manager. See 'sallyport sso source list', and remove what vCenter is not to have`,
    )
    await journal.change(
      ({ stores }) => stores.properties.remove('copied_identity_sources'),
      () => undefined,
    )
  }
  return {
    ldapIdentitySources: createLdapIdentitySources(
      stores,
      ({ ldapIdentitySources }) => ldapIdentitySources,
      secrets,
      ldapDirectories,
      config.sharedIdentitySources ? [...inNsx, ...inVcenter] : inNsx,
    ),
    vcenterIdentitySources: createLdapIdentitySources(
      stores,
      ({ vcenterIdentitySources }) => vcenterIdentitySources,
      secrets,
      ownDirectories,
      inVcenter,
    ),
    peopleRenewal: createPeopleRenewal(
      [
        { find: ldapDirectories.find, people: sessions.people, renew: sessions.renew },
        ...ofVcenter.map(({ people, renew }) => ({ find: vcenterDirectories.find, people, renew })),
      ],
      journal,
      clock,
      sourceDown,
    ),
  }
}
