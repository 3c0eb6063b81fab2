import type { VcenterCall } from './call.ts'
import type { VcenterPrincipal } from './principal.ts'

/** What every operation of every face asks before it does anything. */
export interface Authorization {
  /**
   * Refuses a call whose caller has not the privilege on the object. The check is recorded for privilege checks.
   *
   * @param objectId A managed object id, or the global root's.
   * @throws {AccessError} `unauthenticated` for nobody; `forbidden`, with the object and the privilege as its details.
   */
  require(call: VcenterCall, objectId: string, privilege: string): void
  /** Whether the caller has the privilege on the object; recorded like `require`. An object that is not there: no. */
  may(call: VcenterCall, objectId: string, privilege: string): boolean
  /** The same asked about anybody, and recorded nowhere. */
  allows(principal: VcenterPrincipal | undefined, objectId: string, privilege: string): boolean
  /** All privileges somebody has on an object. */
  privilegesOn(principal: VcenterPrincipal, objectId: string): ReadonlySet<string>
  /** Ids of the roles that give them, each once. @see vcenter-api.md 7.4, effectiveRole */
  rolesOn(principal: VcenterPrincipal, objectId: string): readonly number[]
}
