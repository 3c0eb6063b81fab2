import type { Stores } from '../../../store/stores.ts'
import { globalRoot, rootFolder } from '../object-tree.ts'
import { principalKey, ssoDomain } from '../principal.ts'
import { granteeOf } from './permission.ts'
import { rowOfPermission } from './rows.ts'
import { administratorRole } from './system-roles.ts'

/** Who has every privilege in the beginning, of the server's own domain. @see vcenter-api.md 8, permissions at birth */
const firstAdministrators = [
  { name: 'Administrator', group: false },
  { name: 'Administrators', group: true },
]

/** Gives a store its first permissions. */
export async function layPermissions({ vcenterPermissions }: Stores): Promise<void> {
  for (const objectId of [globalRoot, rootFolder]) {
    for (const { name, group } of firstAdministrators) {
      const grantee = granteeOf(group, principalKey(name, ssoDomain))
      const permission = {
        objectId,
        grantee,
        name,
        domain: ssoDomain,
        group,
        roleId: administratorRole,
        propagate: true,
      }
      await vcenterPermissions.insert(rowOfPermission(permission))
    }
  }
}
