import type { LdapDirectories, LdapDirectory } from '../../identity-sources/ldap-directories.ts'
import type { RemotePerson } from '../../principal.ts'

/** Whether vCenter still has the identity source that somebody is of. */
export type KnowsSource = (person: Pick<RemotePerson, 'sourceType' | 'sourceId'>) => boolean

/** The directories whose users vCenter knows. */
export interface VcenterDirectories {
  /** The directory that answers for `user@domain`. */
  sourceOf(name: string): LdapDirectory | undefined
  find(id: string): LdapDirectory | undefined
  knows: KnowsSource
}

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
  const find = (id: string) => own.find(id) ?? shared?.find(id)
  return {
    sourceOf: (name) => own.sourceOf(name) ?? shared?.sourceOf(name),
    find,
    knows: ({ sourceType, sourceId }) => sourceType === 'LDAP' && find(sourceId) !== undefined,
  }
}
