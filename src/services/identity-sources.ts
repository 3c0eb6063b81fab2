import {
  createLdapIdentitySources,
  type LdapIdentitySources,
  type ReliesOnSources,
} from '../access/identity-sources/ldap-identity-sources.ts'
import type { Nsxv } from '../access/nsxv/nsxv.ts'
import { createPeopleRenewal, type PeopleRenewal } from '../access/sign-in/people-renewal.ts'
import { type KnowsSource, reliesOnShared } from '../access/vcenter/sso/vcenter-directories.ts'
import type { Journal } from '../audit/journal.ts'
import type { AuditRecord } from '../audit/record.ts'
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

/** Which sources 010-vcenter-identity-sources has copied; there until a start has told the administrator. */
const copiedProperty = 'copied_identity_sources'

export async function openIdentitySources(
  ground: Ground,
  journal: Journal,
  { ldapDirectories, ownDirectories, vcenterDirectories, sourceDown }: SignInServices,
  { vcenterSessions, vcenterDoor }: VcenterServices,
  { sessions, door }: NsxServices,
  nsxv: Nsxv | undefined,
): Promise<IdentitySourceServices> {
  const { config, steady, stores, secrets } = ground
  const inNsx: ReliesOnSources[] = [{ sessions, door }]
  // Whoever signs in to NSX Manager for vSphere is somebody of vCenter's.
  const ofVcenter = [vcenterSessions, ...(nsxv ? [nsxv.tokens] : [])]
  const inVcenter: ReliesOnSources[] = ofVcenter.map((holder) => ({ sessions: holder, door: vcenterDoor }))
  await tellOfCopies(ground, journal)
  await endOfUnknown(journal, ofVcenter, vcenterDirectories.knows)
  return {
    ldapIdentitySources: createLdapIdentitySources(
      stores,
      ({ ldapIdentitySources }) => ldapIdentitySources,
      secrets,
      ldapDirectories,
      config.sharedIdentitySources ? [...inNsx, ...inVcenter.map(reliesOnShared)] : inNsx,
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
      steady,
      sourceDown,
    ),
  }
}

/** Says at the first start on a store of before which identity sources vCenter has got copies of. */
async function tellOfCopies({ clock, log, stores, appliances }: Ground, journal: Journal): Promise<void> {
  const copied = await stores.properties.find(copiedProperty)
  if (copied === undefined) return
  const ids: string[] = JSON.parse(copied)
  log.warn(
    `vCenter has identity sources of its own now: ${ids.join(', ')} were copied from those of NSX Manager. See 'sallyport sso source list', and remove what vCenter is not to have`,
  )
  await journal.change(
    ({ stores }) => stores.properties.remove(copiedProperty),
    (): AuditRecord => ({
      at: clock(),
      host: appliances.vcenter.name,
      pid: process.pid,
      surface: 'vcenter',
      kind: 'call',
      user: 'sallyport',
      source: '',
      requestId: '',
      method: 'START',
      url: '',
      status: 200,
      bytes: 0,
      agent: '',
      micros: 0,
      module: 'sallyport.sso',
      operation: 'identity-sources.copied-from-nsx',
      write: true,
      entity: ids.join(', '),
    }),
  )
}

/** Ends what people hold whose source was shared with vCenter before this start, and is no more. */
async function endOfUnknown(
  journal: Journal,
  holders: readonly Pick<Nsxv['tokens'], 'people' | 'renew'>[],
  knows: KnowsSource,
): Promise<void> {
  for (const holder of holders) {
    for (const person of holder.people().filter((one) => !knows(one))) {
      await journal.change(
        (change) => holder.renew(change, person, undefined),
        () => undefined,
      )
    }
  }
}
