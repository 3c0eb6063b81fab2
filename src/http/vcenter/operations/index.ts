import type { Operation } from '../vapi/operation.ts'
import { clusterOperations } from './cluster.ts'
import { datacenterOperations } from './datacenter.ts'
import { datastoreOperations } from './datastore.ts'
import { folderOperations } from './folder.ts'
import { globalPermissionOperations } from './global-permission.ts'
import { hostOperations } from './host.ts'
import { metadataPrivilegeOperations } from './metadata-privilege.ts'
import { networkOperations } from './network.ts'
import { permissionOperations } from './permissions.ts'
import { privilegeCheckOperations } from './privilege-checks.ts'
import { privilegeOperations } from './privileges.ts'
import { resourcePoolOperations } from './resource-pool.ts'
import { roleOperations } from './roles.ts'
import { sessionOperations } from './session.ts'
import { taggingAssociationOperations } from './tagging-association.ts'
import { taggingCategoryOperations } from './tagging-category.ts'
import { taggingTagOperations } from './tagging-tag.ts'
import { vmOperations } from './vm.ts'
import { vmPowerOperations } from './vm-power.ts'

/** Every operation that there is. */
export const operations: readonly Operation[] = [
  ...sessionOperations,
  ...datacenterOperations,
  ...folderOperations,
  ...clusterOperations,
  ...hostOperations,
  ...resourcePoolOperations,
  ...vmOperations,
  ...vmPowerOperations,
  ...datastoreOperations,
  ...networkOperations,
  ...roleOperations,
  ...permissionOperations,
  ...privilegeOperations,
  ...privilegeCheckOperations,
  ...metadataPrivilegeOperations,
  ...globalPermissionOperations,
  ...taggingCategoryOperations,
  ...taggingTagOperations,
  ...taggingAssociationOperations,
]
