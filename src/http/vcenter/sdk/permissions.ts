import type { Permission } from '../../../access/vcenter/authorization/permission.ts'
import { displayName } from '../../../access/vcenter/principal.ts'
import type { SdkCall } from './call.ts'
import { referenceOf } from './errors.ts'
import type { permission } from './types/authorization.ts'
import type { ValueOf } from './types/vim-type.ts'

/** A permission as vim25 has it. @see vcenter-api.md 7.4 */
export function wirePermission(
  { objectId, name, domain, group, roleId, propagate }: Permission,
  call: SdkCall,
): ValueOf<typeof permission> {
  return { entity: referenceOf(call, objectId), principal: displayName({ name, domain }), group, roleId, propagate }
}
