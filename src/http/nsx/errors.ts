import { AccessError, type AccessErrorCode } from '../../access/errors.ts'
import { JournalError } from '../../audit/journal.ts'
import { maskKey } from '../../audit/mask.ts'
import { RequestError, type RequestErrorCode } from '../request-error.ts'

interface Reply {
  status: number
  errorCode: number
  /** Reason in upper case; absent from what the reverse proxy answers itself. */
  httpStatus?: string
  module?: string
  /** Instead of the error's own message. */
  message?: string
  wrap?: (message: string) => string
}

const common = 'common-services'
const nodeServices = 'node-services'

/** One text for all that goes wrong with signing in, so that nothing gives away what it was. */
export const badCredentials = 'The credentials were incorrect or the account specified has been locked.'

const field = (message: string) => `Field level validation errors: {${message}}`

/**
 * How each refusal looks on the wire. Codes with a source are in nsx-api.md 0.9; the others are that section's
 * inferred ones or follow their pattern.
 */
export const nsxReplies = {
  unauthenticated: { status: 403, errorCode: 403, message: badCredentials },
  token_mismatch: { status: 403, errorCode: 98, message: badCredentials },
  password_must_change: { status: 403, httpStatus: 'FORBIDDEN', errorCode: 10006 },
  // Of NSX-v's and the console's.
  no_role: { status: 403, httpStatus: 'FORBIDDEN', errorCode: 401 },
  forbidden: { status: 403, httpStatus: 'FORBIDDEN', errorCode: 401 },
  busy: { status: 503, httpStatus: 'SERVICE_UNAVAILABLE', errorCode: 503 },
  rate_exceeded: { status: 429, errorCode: 102 },
  // 429 in guides for 2.x and 3.x; code and text are inferred. @see nsx-api.md 7.5
  client_busy: { status: 503, errorCode: 103 },
  server_busy: { status: 503, errorCode: 104 },
  service_needed: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 36520, module: nodeServices },
  invalid_field: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 255, wrap: field },
  not_found: {
    status: 404,
    httpStatus: 'NOT_FOUND',
    errorCode: 600,
    wrap: (id) => `The requested object : ${id} could not be found. Object identifiers are case sensitive.`,
  },
  already_exists: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 500127 },
  stale_revision: { status: 412, httpStatus: 'PRECONDITION_FAILED', errorCode: 604 },
  in_use: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 500030 },
  user_not_found: { status: 404, httpStatus: 'NOT_FOUND', errorCode: 36500, module: nodeServices },
  user_exists: { status: 409, httpStatus: 'CONFLICT', errorCode: 36501, module: nodeServices },
  password_rejected: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 36502, module: nodeServices },
  old_password_wrong: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 36503, module: nodeServices },
  not_supported_for_user: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 36504, module: nodeServices },
  too_many_users: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 36505, module: nodeServices },
  // The vendor's SDKs know no 409 of this call.
  ssh_key_exists: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 36506, module: nodeServices },
  // The first as NSX's client library knows it, the second as published answers show it.
  certificate_untrusted: { status: 500, httpStatus: 'INTERNAL_SERVER_ERROR', errorCode: 99 },
  not_owner: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 289 },
  binding_fixed: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 36507 },
  exporter_exists: { status: 409, httpStatus: 'CONFLICT', errorCode: 36508, module: nodeServices },
  // A limit like any other, but for its code and module: so NSX has them for Log Insight servers, of which it takes one.
  too_many_exporters: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 36400, module: nodeServices },
  host_unknown: {
    status: 400,
    httpStatus: 'BAD_REQUEST',
    errorCode: 36569,
    module: nodeServices,
    message: 'Error modifying firewall rule due to invalid hostname.',
  },
  role_fixed: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 36510 },
  limit_reached: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 36511 },
  directory_unreachable: { status: 503, httpStatus: 'SERVICE_UNAVAILABLE', errorCode: 36509 },
  sign_in_not_completed: { status: 403, httpStatus: 'FORBIDDEN', errorCode: 403 },
  provider_unavailable: { status: 503, httpStatus: 'SERVICE_UNAVAILABLE', errorCode: 503 },
  // Rules of vCenter's, which no call of NSX's meets.
  last_administrator: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 400 },
  unsupported: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 400 },
  wrong_state: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 400 },
  already_in_state: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 400 },
  too_many_sessions: { status: 503, httpStatus: 'SERVICE_UNAVAILABLE', errorCode: 503 },
  url_not_canonical: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 400 },
  path_unknown: { status: 404, httpStatus: 'NOT_FOUND', errorCode: 404 },
  method_unknown: { status: 405, httpStatus: 'METHOD_NOT_ALLOWED', errorCode: 405 },
  not_acceptable: { status: 406, httpStatus: 'NOT_ACCEPTABLE', errorCode: 406 },
  media_type_unknown: { status: 415, httpStatus: 'UNSUPPORTED_MEDIA_TYPE', errorCode: 415 },
  body_malformed: {
    status: 400,
    httpStatus: 'BAD_REQUEST',
    errorCode: 220,
    wrap: (reason) => `Unable to parse request body: ${reason}`,
  },
  body_too_large: { status: 413, httpStatus: 'PAYLOAD_TOO_LARGE', errorCode: 413 },
  field_unexpected: { status: 400, httpStatus: 'BAD_REQUEST', errorCode: 255, wrap: field },
  service_unknown: { status: 404, httpStatus: 'NOT_FOUND', errorCode: 404 },
  operation_unknown: { status: 404, httpStatus: 'NOT_FOUND', errorCode: 404 },
  not_built: { status: 501, httpStatus: 'NOT_IMPLEMENTED', errorCode: 501 },
  upstream_failed: { status: 502, httpStatus: 'BAD_GATEWAY', errorCode: 502 },
  upstream_timeout: { status: 504, httpStatus: 'GATEWAY_TIMEOUT', errorCode: 504 },
  // Nobody reads it but the audit record.
  client_gone: { status: 499, httpStatus: 'CLIENT_CLOSED_REQUEST', errorCode: 499 },
} satisfies Record<AccessErrorCode | RequestErrorCode, Reply>

const internal: Reply = {
  status: 500,
  httpStatus: 'INTERNAL_SERVER_ERROR',
  errorCode: 500,
  message: 'An internal error occurred. See the log of the server.',
}

const unwritable: Reply = {
  status: 503,
  httpStatus: 'SERVICE_UNAVAILABLE',
  errorCode: 503,
  message: 'The audit log cannot be written; no request is served without it.',
}

/** An error as an NSX Manager answers it: status and JSON text. Anything nobody foresaw is a bare 500. */
export function nsxErrorReply(error: unknown): { status: number; body: string; foreseen: boolean } {
  if (error instanceof JournalError) return { ...render(unwritable, error.message), foreseen: false }
  if (!(error instanceof AccessError || error instanceof RequestError)) {
    return { ...render(internal, ''), foreseen: false }
  }
  return { ...render(nsxReplies[error.code], error.message), foreseen: true }
}

function render(reply: Reply, message: string): { status: number; body: string } {
  const plain = maskKey(message)
  const text = reply.message ?? reply.wrap?.(plain) ?? plain
  const module_name = reply.module ?? common
  if (reply.httpStatus === undefined)
    return { status: reply.status, body: proxyBody(module_name, text, reply.errorCode) }
  const body = {
    httpStatus: reply.httpStatus,
    error_code: reply.errorCode,
    module_name,
    error_message: text,
    ...(reply.errorCode === 255 ? { details: text } : {}),
  }
  return { status: reply.status, body: JSON.stringify(body) }
}

/** The reverse proxy's own errors come in its own layout. @see nsx-api.md 0.7 */
function proxyBody(module: string, message: string, code: number): string {
  return `{\n  "module_name" : ${JSON.stringify(module)},\n  "error_message" : ${JSON.stringify(message)},\n  "error_code" : ${code}\n}\n`
}
