import type { RemotePerson } from '../src/access/principal.ts'
import type { Client } from './client.ts'
import type { TestDatabase } from './database.ts'
import { type Lab, openLab } from './lab.ts'

export const ldapPerson = (name: string, groups: string[] = [], sourceId = 'corp'): RemotePerson => ({
  sourceType: 'LDAP',
  sourceId,
  name,
  groups,
})

/** A lab that knows the LDAP sources `corp` and `other`; their servers are nowhere. */
export async function openLabWithSources(database: TestDatabase): Promise<Lab> {
  const lab = await openLab(database)
  for (const id of ['corp', 'other']) {
    const { status } = await lab.admin.put(`/policy/api/v1/aaa/ldap-identity-sources/${id}`, {
      resource_type: 'OpenLdapIdentitySource',
      domain_name: `${id}.test`,
      base_dn: `dc=${id},dc=test`,
      ldap_servers: [{ url: 'ldap://127.0.0.1:1' }],
    })
    if (status !== 200) throw new Error(`source ${id} was answered with ${status}`)
  }
  return lab
}

/** A client with a session of somebody whom an identity source vouched for, as if they had just signed in. */
export async function remoteSession({ server, managerIds, a }: Lab, person: RemotePerson): Promise<Client> {
  const { appliances, journal, remoteBindings, sessions } = server.services
  const manager = appliances.manager(managerIds[0])
  if (!manager) throw new Error('the lab has no manager')
  const { id, token } = await journal.change(
    (change) => sessions.create(change, manager.id, manager.realmId, remoteBindings.resolve(person)),
    () => undefined,
  )
  return a.with({ headers: { cookie: `JSESSIONID=${id}`, 'x-xsrf-token': token } })
}
