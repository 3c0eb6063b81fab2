import { AccessError } from '../../errors.ts'
import type { Authorization } from '../authorization.ts'
import type { VcenterCall } from '../call.ts'
import { globalRoot, rootFolder } from '../object-tree.ts'
import type { VcenterPrincipal } from '../principal.ts'
import type { PermissionIndex } from './permission-index.ts'

/**
 * Asks for a privilege on what stands outside the inventory, such as roles: it is enough to have it on the root folder
 * or globally.
 *
 * @throws {AccessError} `unauthenticated`, `forbidden`
 * @see vcenter-api.md 4.2, objects outside inventory; 4.3, case 14
 */
export function requireOnServer(authorization: Authorization, call: VcenterCall, privilege: string): void {
  const { allows } = authorization
  const globally = !allows(call.caller, rootFolder, privilege) && allows(call.caller, globalRoot, privilege)
  authorization.require(call, globally ? globalRoot : rootFolder, privilege)
}

/** @throws {AccessError} `unauthenticated` for nobody, who has nothing to change. */
export function callerOf({ caller }: VcenterCall): VcenterPrincipal {
  if (!caller) throw new AccessError('unauthenticated', 'Authentication required.')
  return caller
}

function requireAll(wanted: Iterable<string>, objectId: string, ...held: ReadonlySet<string>[]): void {
  for (const privilege of wanted) {
    if (held.every((set) => set.has(privilege))) continue
    const message = `The caller does not have the privilege ${privilege} on ${objectId}, and so cannot give it`
    throw new AccessError('forbidden', message, { objectId, privilege })
  }
}

const nothing: ReadonlySet<string> = new Set()

/**
 * Refuses to give on an object what the caller does not have there; and with what propagates, what does not reach the
 * objects below for the caller either. A permission further down that keeps the caller from something hinders nobody
 * else, and so it does not count here.
 *
 * @throws {AccessError} `forbidden`
 * @see vcenter-api.md 7.4, who may grant what
 */
export function requireGivable(
  index: PermissionIndex,
  caller: VcenterPrincipal,
  objectId: string,
  propagate: boolean,
  wanted: Iterable<string>,
): void {
  const here = index.grantOn(caller, objectId)?.privileges ?? nothing
  const below = (propagate ? index.flowOn(caller, objectId) : undefined)?.privileges ?? here
  requireAll(wanted, objectId, here, below)
}

/**
 * Refuses to put into a role what the caller has neither on the root folder nor globally.
 *
 * @throws {AccessError} `forbidden`
 * @see vcenter-api.md 2.1, escalation
 */
export function requireOwn(index: PermissionIndex, caller: VcenterPrincipal, wanted: Iterable<string>): void {
  const held = new Set<string>()
  for (const objectId of [rootFolder, globalRoot]) {
    for (const privilege of index.grantOn(caller, objectId)?.privileges ?? []) held.add(privilege)
  }
  requireAll(wanted, rootFolder, held)
}
