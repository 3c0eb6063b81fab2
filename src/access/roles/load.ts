import type { Stores } from '../../store/stores.ts'
import { createDirectory, type Directory } from '../accounts/directory.ts'
import type { RemoteSourceType } from '../principal.ts'
import { customRoleOf } from './custom-roles.ts'
import { createRemoteBindings, type RemoteBindings } from './remote-bindings.ts'
import { createRoles, type Roles } from './roles.ts'

/** The roles that are stored, and who has them: local users, and people and groups of identity sources. */
export async function loadRoles(
  stores: Stores,
): Promise<{ roles: Roles; directory: Directory; remoteBindings: RemoteBindings }> {
  const roles = createRoles((await stores.customRoles.list()).map(customRoleOf))
  const directory = createDirectory(roles)
  const remoteBindings = createRemoteBindings(roles)
  for (const account of await stores.accounts.list()) directory.put(account)
  for (const {
    id,
    realmId,
    userid,
    type,
    name,
    sourceType,
    sourceId,
    rolesForPaths,
  } of await stores.roleBindings.listAll()) {
    const bound = JSON.parse(rolesForPaths)
    if (type !== 'local_user') {
      remoteBindings.put(id, { type, name, sourceType: sourceType as RemoteSourceType, sourceId }, bound)
      continue
    }
    const account = userid === null ? undefined : directory.find(realmId, userid)?.account
    if (account) directory.put(account, bound)
  }
  return { roles, directory, remoteBindings }
}
