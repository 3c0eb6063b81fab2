import type { FastifyRequest } from 'fastify'
import { AccessError, type AccessErrorCode } from '../../access/errors.ts'
import { JournalError } from '../../audit/journal.ts'
import type { ErrorReply } from '../face.ts'
import { RequestError, type RequestErrorCode } from '../request-error.ts'
import { document, toXml, type Value } from './document.ts'
import { inferred } from './inferred.ts'
import { contentTypes, formFor } from './media.ts'
import { statusPage } from './status-page.ts'

/** A refusal of the servlet container, which is a page, or of a service, which has a code. */
type Reply =
  | { status: number; page: (error: Refusal) => string }
  | { status: number; code: number; details: (error: Refusal) => string }

type Refusal = AccessError | RequestError

const said = ({ message }: Refusal) => message
const page = (status: number, message: string | ((error: Refusal) => string)): Reply => ({
  status,
  page: typeof message === 'string' ? () => message : message,
})
const error = (status: number, code: number, details: (error: Refusal) => string = said): Reply => ({
  status,
  code,
  details,
})

/** What the refusal is about. */
const about = (refusal: Refusal) => (refusal instanceof AccessError ? (refusal.details.value ?? '') : '')

// The blank before the colon is the product's.
const notFound = (refusal: Refusal) =>
  `The requested object : ${about(refusal)} could not be found. Object identifiers are case sensitive.`

// So is the grammar.
const notPermitted = (refusal: Refusal) => `This operations is not permitted. ${refusal.message}.`

function notAuthorized(refusal: Refusal): string {
  const { objectId, privilege } = refusal instanceof AccessError ? refusal.details : {}
  return `User is not authorized to access object ${objectId} and feature ${inferred.featurePrefix}${privilege}, please check object access scope and feature permissions for the user.`
}

export const noRole = 'VC user does not have any role on NSX Manager.'
export const badCredentials = 'Bad Username or Credentials presented'
const busy = page(503, 'The server is busy. Please retry.')
/** Refusals that no call of NSX-v's meets. */
const elsewhere = error(400, 205)

/** How each refusal looks. Codes with a source are in nsxv-api.md 3.3; 205 for what is not valid is inferred. */
const replies = {
  unauthenticated: page(403, badCredentials),
  no_role: page(403, noRole),
  password_must_change: page(403, said),
  forbidden: error(403, 254, notAuthorized),
  busy,
  rate_exceeded: busy,
  client_busy: busy,
  server_busy: busy,
  invalid_field: error(400, 205),
  not_found: error(404, 202, notFound),
  user_not_found: error(400, 202, notFound),
  user_exists: error(400, 203),
  already_exists: error(400, 203),
  not_supported_for_user: error(400, 204, notPermitted),
  in_use: error(400, 209),
  limit_reached: error(400, 205),
  too_many_users: error(400, 205),
  password_rejected: error(400, 205),
  // The appliance's web service is stopped.
  wrong_state: page(503, said),
  token_mismatch: elsewhere,
  service_needed: elsewhere,
  stale_revision: elsewhere,
  old_password_wrong: elsewhere,
  ssh_key_exists: elsewhere,
  binding_fixed: elsewhere,
  exporter_exists: elsewhere,
  too_many_exporters: elsewhere,
  host_unknown: error(400, 205),
  certificate_untrusted: elsewhere,
  not_owner: elsewhere,
  role_fixed: elsewhere,
  directory_unreachable: elsewhere,
  sign_in_not_completed: elsewhere,
  provider_unavailable: elsewhere,
  last_administrator: elsewhere,
  already_in_state: elsewhere,
  too_many_sessions: elsewhere,
  unsupported: elsewhere,
  url_not_canonical: page(400, said),
  path_unknown: page(404, said),
  method_unknown: page(405, said),
  media_type_unknown: page(415, 'Unsupported Media Type'),
  not_acceptable: page(406, 'Not Acceptable'),
  body_malformed: error(400, 205, ({ message }) => `The request body cannot be read: ${message}`),
  body_too_large: page(413, said),
  field_unexpected: error(400, 205),
  service_unknown: elsewhere,
  operation_unknown: elsewhere,
  not_built: error(501, 501),
  upstream_failed: error(502, 502),
  upstream_timeout: error(504, 504),
  client_gone: error(499, 499),
} satisfies Record<AccessErrorCode | RequestErrorCode, Reply>

/** A refusal as an NSX Manager answers it. Anything nobody foresaw is a bare 500. @see nsxv-api.md 3 */
export function nsxvErrorReply(cause: unknown, request: FastifyRequest): ErrorReply {
  if (cause instanceof JournalError) {
    return { ...pageReply(503, 'The audit log cannot be written; no request is served without it.'), foreseen: false }
  }
  if (!(cause instanceof AccessError || cause instanceof RequestError)) {
    return { ...pageReply(500, 'An internal error occurred. See the log of the server.'), foreseen: false }
  }
  // No password was presented that could be wrong.
  if (cause.code === 'unauthenticated' && request.refusedName === undefined) {
    const headers = { 'www-authenticate': inferred.challenge }
    return { ...pageReply(401, cause.message), headers, foreseen: true }
  }
  const reply: Reply = replies[cause.code]
  if ('page' in reply) return { ...pageReply(reply.status, reply.page(cause)), foreseen: true }
  return { ...errorReply(reply.status, reply.code, reply.details(cause), request), foreseen: true }
}

const pageReply = (status: number, message: string) => ({
  status,
  body: statusPage(status, message),
  type: 'text/html;charset=utf-8',
})

function errorReply(status: number, errorCode: number, details: string, request: FastifyRequest) {
  const moduleName = 'core-services'
  if (formFor(request.headers.accept, ['xml', 'json']) !== 'json') {
    const content: Record<string, Value> = { details, errorCode, moduleName }
    return { status, body: toXml(document('error', content)), type: contentTypes.xml }
  }
  // JSON has what XML leaves out. @see nsxv-api.md 3.3
  const body = JSON.stringify({ details, errorCode, rootCauseString: null, moduleName, errorData: null })
  return { status, body, type: contentTypes.json }
}
