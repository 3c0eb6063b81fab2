import type { IncomingHttpHeaders } from 'node:http'
import type { Face } from '../../face.ts'
import { RequestError } from '../../request-error.ts'
import { stateOf } from '../call.ts'
import { vcenterFace } from '../faces.ts'
import { cookieOf } from '../session-id.ts'
import type { VapiErrorName } from '../vapi/errors.ts'
import { writeFault } from './envelope.ts'
import { requestProblem } from './errors.ts'
import { type FaultName, VimFault, vimFault, writeFaultDetail } from './types/faults.ts'

export const soapMediaType = 'text/xml; charset=utf-8'

/** The cookie that carries the session's id. @see vcenter-api.md 1.3 */
const sessionCookie = 'vmware_soap_session'

/** The session's id, where a call shows one. */
export const soapSessionOf = ({ cookie }: IncomingHttpHeaders) => cookieOf(cookie, sessionCookie)

/** Clients want just these attributes, and read no others. @see vcenter-api.md 7.1 */
export const sessionCookieOf = (id: string) => `${sessionCookie}=${id}; Path=/; HttpOnly; Secure; SameSite=Strict`

/** What the audit log calls a fault: it has one word for a refusal, whatever the face. */
const recorded = {
  AlreadyExists: 'already_exists',
  AuthMinimumAdminPermission: 'resource_busy',
  DuplicateName: 'already_exists',
  InvalidArgument: 'invalid_argument',
  InvalidCollectorVersion: 'invalid_argument',
  InvalidFolder: 'invalid_argument',
  InvalidLocale: 'invalid_argument',
  InvalidLogin: 'unauthenticated',
  InvalidName: 'invalid_argument',
  InvalidPowerState: 'not_allowed_in_current_state',
  InvalidProperty: 'invalid_argument',
  InvalidRequest: 'invalid_request',
  InvalidState: 'not_allowed_in_current_state',
  LimitExceeded: 'unable_to_allocate_resource',
  ManagedObjectNotFound: 'not_found',
  MethodNotFound: 'operation_not_found',
  NoPermission: 'unauthorized',
  NotAuthenticated: 'unauthenticated',
  NotFound: 'not_found',
  NotSupported: 'unsupported',
  PasswordExpired: 'unauthenticated',
  RemoveFailed: 'resource_in_use',
  RequestCanceled: 'canceled',
  ResourceInUse: 'resource_in_use',
  SystemError: 'service_unavailable',
  UserNotFound: 'not_found',
} satisfies Record<FaultName, VapiErrorName>

/** Statuses that say something of the HTTP request; whatever a method fails with is a 500. @see vcenter-api.md 7.1 */
const transportStatuses = new Set([404, 405, 413, 415, 501, 503])

const face = vcenterFace('soap', ({ status, message: { default_message } }, _request, cause) => {
  const text = cause instanceof RequestError ? requestProblem(cause) : default_message
  const fault = status < 500 ? vimFault('InvalidRequest', text, {}) : vimFault('SystemError', text, { reason: text })
  return {
    status: transportStatuses.has(status) ? status : 500,
    type: soapMediaType,
    body: faultBody(fault),
  }
})

/** vim25 at `/sdk` @see vcenter-api.md 7 */
export const soapFace: Face = {
  ...face,

  refuse(cause, request) {
    if (!(cause instanceof VimFault)) return face.refuse(cause, request)
    const { status } = cause
    stateOf(request).failure = { name: recorded[cause.fault], status }
    return { status, type: soapMediaType, body: faultBody(cause), foreseen: true }
  },
}

export const faultBody = (fault: VimFault): string => writeFault(fault.message, writeFaultDetail(fault))
