import type { Stores } from '../../../store/stores.ts'
import { createSsoDirectory, type SsoDirectory } from './directory.ts'

/** The directory of what is stored. */
export async function loadSsoDirectory(stores: Stores): Promise<SsoDirectory> {
  const directory = createSsoDirectory()
  for (const user of await stores.ssoUsers.list()) directory.putUser(user)
  const members = Map.groupBy(await stores.ssoGroups.allMembers(), ({ groupId }) => groupId)
  for (const group of await stores.ssoGroups.list()) {
    directory.putGroup({ ...group, members: members.get(group.id) ?? [] })
  }
  return directory
}
