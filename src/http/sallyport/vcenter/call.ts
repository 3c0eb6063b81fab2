import type { FastifyRequest } from 'fastify'
import type { VcenterCall } from '../../../access/vcenter/call.ts'
import type { RouteConfig } from '../../request.ts'
import { sallyportFace } from '../face.ts'
import { stateOf, vcenterCallerOf } from '../state.ts'

/** A call of a user of vCenter's that reads; the use case asks what they may. @throws {AccessError} as `vcenterCallerOf` */
export function readingCall(request: FastifyRequest): VcenterCall {
  return {
    caller: vcenterCallerOf(request),
    sessionKey: stateOf(request).vcenter?.session?.key,
    opId: '',
    now: request.server.services.clock(),
    change: () => Promise.reject(new Error('a call that reads has nothing to change')),
  }
}

/** A call of any user of vCenter's. @param name As the audit log calls it. */
export const vcenterUsers = (name: string): RouteConfig => ({
  face: sallyportFace,
  requires: 'sign-in',
  operation: { module: 'sallyport.vcenter', name },
})
