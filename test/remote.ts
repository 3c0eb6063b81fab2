import type { RemotePerson } from '../src/access/principal.ts'
import type { Client } from './client.ts'
import type { Lab } from './lab.ts'

export const ldapPerson = (name: string, groups: string[] = [], sourceId = 'corp'): RemotePerson => ({
  sourceType: 'LDAP',
  sourceId,
  name,
  groups,
})

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
