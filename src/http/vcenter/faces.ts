import type { FastifyRequest } from 'fastify'
import { AccessError } from '../../access/errors.ts'
import type { AuditRecord } from '../../audit/record.ts'
import type { ErrorReply, Face } from '../face.ts'
import { takeClientPlace } from '../places.ts'
import { declareTo, opIdOf, stateOf } from './call.ts'
import { vcenterRecord } from './call-record.ts'
import { type VapiError, vapiErrorOf } from './errors.ts'
import { inferred } from './inferred.ts'
import { sessionIdOf } from './session-id.ts'

/** On every answer of vCenter's. */
const headers = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'cache-control': 'no-store',
}

/**
 * A face of vCenter.
 *
 * @param write How an error looks on it.
 */
export function vcenterFace(
  name: NonNullable<AuditRecord['face']>,
  write: (error: VapiError, request: FastifyRequest, cause: unknown) => Omit<ErrorReply, 'foreseen'>,
): Face {
  return {
    headers,
    limiter: ({ server }) => server.services.vcenterLimiter,

    begin(request) {
      const { headers, route } = request
      stateOf(request).opId = opIdOf(headers['vapi-ctx-opid'], headers['x-request-id'])
      if (route.vapi) declareTo(request, route.vapi)
    },

    identify(request, done) {
      identifyBySession(request, sessionIdOf(request.headers))
      done()
    },

    admit(request, requires) {
      const { session } = stateOf(request)
      if (session) countAs(request)
      else if (requires !== 'nothing') throw new AccessError('unauthenticated', 'There is no session')
    },

    refuse(cause, request) {
      const error = vapiErrorOf(cause)
      stateOf(request).failure = error
      return { ...write(error, request, cause), foreseen: error.foreseen }
    },

    record: (request, status, bytes) => vcenterRecord(request, name, status, bytes),
  }
}

/** Tells the call whose session it shows, if it is one. */
export function identifyBySession(request: FastifyRequest, id: string | undefined): void {
  if (id !== undefined) stateOf(request).session = request.server.services.vcenterSessions.authenticate(id)
}

/** Counts the call as its caller's. @throws {AccessError} `client_busy` */
export function countAs(request: FastifyRequest): void {
  const { session } = stateOf(request)
  if (!session) return
  const { key, name } = session.principal
  takeClientPlace(request, request.server.services.vcenterLimiter, key, name)
}

/** `/api` @see vcenter-api.md 1.5 */
export const restFace = vcenterFace('rest', ({ name, status, message }) => ({
  status,
  body: JSON.stringify({
    error_type: name.toUpperCase(),
    messages: [message],
    ...(name === 'unauthenticated' ? { challenge: inferred.challenge } : {}),
  }),
}))

/** `/rest` @see vcenter-api.md 1.5 */
export const legacyFace = vcenterFace('legacy', ({ name, status, message }) => ({
  status,
  body: JSON.stringify({ type: `com.vmware.vapi.std.errors.${name}`, value: { messages: [message] } }),
}))
