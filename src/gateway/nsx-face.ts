import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { ClientKey, Limiter } from '../access/limits/limiter.ts'
import type { Principal } from '../access/principal.ts'
import { callRecord } from '../http/call-record.ts'
import type { Face } from '../http/face.ts'
import { nsxErrorReply } from '../http/nsx/errors.ts'
import { nsxHeaders } from '../http/nsx/headers.ts'
import { takeClientPlace } from '../http/places.ts'
import { identify } from './identify.ts'
import { requirePermission } from './permit.ts'

/** The second half of every task's id. */
const processId = randomUUID()

/** NSX Manager's API, and the pages that have no surface of their own. */
export const nsxFace: Face = {
  headers: nsxHeaders,
  limiter: limiterOf,
  identify,

  admit(request, requires) {
    const { identity } = request
    if (identity) takeClientPlace(request, limiterOf(request), clientKey(identity.principal), identity.principal.name)
    requirePermission(request, requires)
  },

  refuse: nsxErrorReply,
  record: callRecord,

  finish(request, reply) {
    reply.header('vmw-task-id', `${request.callId}_${processId}`)
    reply.header('x-envoy-upstream-service-time', Math.round(performance.now() - request.arrivedAt))
  },
}

function limiterOf({ server, manager }: FastifyRequest): Limiter {
  return server.services.limiters.of(manager.id)
}

/** Nothing need be written together for a local user; a name keeps remote ones apart from them by its type. */
function clientKey(principal: Principal): ClientKey {
  return principal.kind === 'local_user' ? principal.account.userid : principal.name.toLowerCase()
}
