import type { FastifyRequest } from 'fastify'
import { AccessError } from '../../../access/errors.ts'
import { allows } from '../../../access/nsxv/principal.ts'
import { isSuperuser } from '../../../access/protection.ts'
import { isSsoAdministrator } from '../../../access/vcenter/sso/principals.ts'
import type { Surface } from '../../../audit/trail/facets.ts'
import { permits } from '../../nsx/permits.ts'
import { stateOf } from '../state.ts'

/**
 * Whose records a caller may read: NSX Manager's with the right that its own audit log needs, vCenter's as one of its
 * administrators, who may read NSX-v's too, as everyone may whose role there has its audit log.
 *
 * @param asked The surfaces that are asked for; undefined: all that may be read.
 * @throws {AccessError} `forbidden` where that is none, or not all that is asked for.
 */
export function readableSurfaces(request: FastifyRequest, asked?: readonly Surface[]): Surface[] {
  const may = mayRead(request)
  const all: Surface[] = ['nsx', 'nsxv', 'vcenter']
  const missing = (asked ?? []).find((surface) => !may[surface])
  if (missing !== undefined) throw new AccessError('forbidden', `The audit records of ${missing} are not yours to read`)
  const readable = all.filter((surface) => may[surface] && (asked?.includes(surface) ?? true))
  if (readable.length > 0) return readable
  throw new AccessError(
    'forbidden',
    'This needs the permission read on system_log of NSX Manager, or to be an administrator of vCenter, or a role in NSX for vSphere',
  )
}

/** Whether a caller may know why upstreams gave no answer, as in the answers of the relay. */
export function mayReadRelayReasons({ identity }: FastifyRequest): boolean {
  return identity !== undefined && isSuperuser(identity.principal)
}

/** Of which surfaces a caller may read the records. */
export function mayRead(request: FastifyRequest): Record<Surface, boolean> {
  const { identity, server } = request
  const { vcenter } = stateOf(request)
  const administrator = vcenter !== undefined && isSsoAdministrator(vcenter.principal)
  const person = vcenter && server.services.nsxv?.signIn.asPerson(vcenter.principal)
  return {
    nsx: identity !== undefined && permits(request, identity.principal, { feature: 'system_log', permission: 'read' }),
    nsxv: administrator || (person !== undefined && allows(person, 'audit_logs', 'read', 'any')),
    vcenter: administrator,
  }
}
