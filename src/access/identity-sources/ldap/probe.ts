import { PresenceFilter } from 'ldapts'
import { isBaseWithinDomain, isBindIdentity, type LdapSourceConfig } from '../ldap-source.ts'
import { parseCertificates } from '../pem.ts'
import { type Asked, converse } from './conversation.ts'
import { LdapError, type LdapProblem } from './problem.ts'

const anything = new PresenceFilter({ attribute: 'objectClass' })

/**
 * What keeps a server from being of use; undefined where nothing does.
 *
 * @param source What the server is to be used for; absent: only whether it lets us in.
 */
export async function probe(asked: Asked, source?: LdapSourceConfig): Promise<LdapProblem | undefined> {
  const { server } = asked
  if (!server.enabled) return 'LDAP_SERVER_DISABLED'
  if (source && !isBaseWithinDomain(source)) return 'BASE_DN_NOT_WITHIN_DOMAIN'
  if (!server.certificates.every(parseCertificates)) return 'INVALID_CONFIGURED_CERTIFICATE'
  // Alone, a server may be that of either kind of directory.
  const ad = source?.type !== 'OpenLdapIdentitySource'
  if (server.bindIdentity !== '' && !isBindIdentity(server.bindIdentity, ad)) return 'BIND_DN_INVALID'
  if ((server.bindIdentity === '') !== !asked.password) return 'BIND_DN_AND_PASSWORD_REQUIRED'
  try {
    // Every server tells everybody what it is, at its root.
    const base = source?.baseDn ?? ''
    const found = await converse(asked, (conversation) =>
      conversation.search(base, { filter: anything, attributes: ['1.1'], baseOnly: true, most: 1 }),
    )
    return source && found.length === 0 ? 'BASE_DN_NOT_FOUND' : undefined
  } catch (error) {
    if (error instanceof LdapError) return error.problem
    throw error
  }
}
