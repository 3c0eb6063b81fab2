import { AccessError } from '../../errors.ts'
import type { Authorization } from '../authorization.ts'
import type { VcenterCall } from '../call.ts'
import type { PermissionIndex } from './permission-index.ts'

/** Told of every check that somebody's call makes of an object that is there. */
export type RecordCheck = (call: VcenterCall, objectId: string, privilege: string) => void

/** Decides from roles and permissions as they are now. */
export function createAuthorization(index: PermissionIndex, record: RecordCheck): Authorization {
  function may(call: VcenterCall, objectId: string, privilege: string): boolean {
    const allowed = index.isAllowed(call.caller, objectId, privilege)
    record(call, objectId, privilege)
    return allowed
  }

  return {
    may,

    require(call, objectId, privilege) {
      if (may(call, objectId, privilege)) return
      if (!call.caller) throw new AccessError('unauthenticated', 'Authentication required.')
      const { name, domain } = call.caller
      const message = `${domain}\\${name} does not have the privilege ${privilege} on ${objectId}`
      throw new AccessError('forbidden', message, { objectId, privilege })
    },

    allows: index.isAllowed,
    privilegesOn: index.privilegesOn,
    rolesOn: (principal, objectId) => index.grantOn(principal, objectId)?.roles ?? [],
  }
}
