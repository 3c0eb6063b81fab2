import type { LdapDirectories, LdapDirectory } from '../../identity-sources/ldap-directories.ts'
import type { ReliesOnSources } from '../../identity-sources/ldap-identity-sources.ts'
import type { RemotePerson } from '../../principal.ts'

/** Whether vCenter still has the identity source that somebody is of, and their name is still one of that source's. */
export type KnowsSource = (person: Pick<RemotePerson, 'sourceType' | 'sourceId' | 'name'>) => boolean

/** The directories whose users vCenter knows. */
export interface VcenterDirectories {
  /** The directory that answers for `user@domain`. */
  sourceOf(name: string): LdapDirectory | undefined
  find(id: string): LdapDirectory | undefined
  knows: KnowsSource
}

/** No source of vCenter's own can be called so. */
const mark = 'nsx/'

/** What vCenter calls a source of NSX Manager's: each product names its sources as it likes. */
const sharedId = (id: string) => mark + id

/**
 * vCenter's own directories and, where the administrator shares them, NSX Manager's after those.
 *
 * @param shared NSX Manager's; undefined: vCenter's are its own alone.
 * @see docs/decisions/032-identity-sources.md
 */
export function createVcenterDirectories(
  own: LdapDirectories,
  shared: LdapDirectories | undefined,
): VcenterDirectories {
  const sourceOf = (name: string) => own.sourceOf(name) ?? asShared(shared?.sourceOf(name))
  return {
    sourceOf,
    find: (id) => own.find(id) ?? (id.startsWith(mark) ? asShared(shared?.find(id.slice(mark.length))) : undefined),
    knows: ({ sourceType, sourceId, name }) => sourceType === 'LDAP' && sourceOf(name)?.id === sourceId,
  }
}

function asShared(directory: LdapDirectory | undefined): LdapDirectory | undefined {
  if (!directory) return undefined
  const id = sharedId(directory.id)
  const asOurs = (person: RemotePerson | undefined) => person && { ...person, sourceId: id }
  return {
    ...directory,
    id,
    verify: async (name, password) => asOurs(await directory.verify(name, password)),
    lookUp: async (name) => asOurs(await directory.lookUp(name)),
  }
}

/** Who lets a source's users in to vCenter, as NSX Manager's sources are told. */
export const reliesOnShared = ({ sessions, door }: ReliesOnSources): ReliesOnSources => ({
  sessions: { endOfSource: (change, type, id) => sessions.endOfSource(change, type, sharedId(id)) },
  door: { forgetSource: (type, id) => door.forgetSource(type, sharedId(id)) },
})
