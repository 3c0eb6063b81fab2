import type { Nsxv } from '../../../../access/nsxv/nsxv.ts'
import { globalRoot } from '../../../../access/nsxv/principal.ts'
import { type NsxvUser, objectIdOf } from '../../../../access/nsxv/user.ts'
import type { Members } from '../../document.ts'
import { objectMembers } from '../../objects.ts'
import { entryMembers } from './access-control-entry.ts'

/** A user as it is listed; the order of the members is inferred. @see nsxv-api.md 2.3, userInfo */
export function userMembers(user: NsxvUser, nsxv: Nsxv): Members {
  const { name, fullName, email, origin, enabled, group, scope, revision } = user
  return {
    ...objectMembers({ id: objectIdOf(user), type: 'UserInfo', name }, nsxv, revision),
    fullname: fullName || undefined,
    email: email || undefined,
    isLocal: origin !== 'vcenter',
    isEnabled: enabled,
    isGroup: group,
    isCli: origin === 'cli',
    hasGlobalObjectAccess: scope.includes(globalRoot),
    accessControlEntry: entryMembers(user, nsxv),
  }
}
