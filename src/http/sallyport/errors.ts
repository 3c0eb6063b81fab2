import { Type } from 'typebox'
import { AccessError, type AccessErrorCode, type RefusalDetails } from '../../access/errors.ts'
import { JournalError } from '../../audit/journal.ts'
import { maskKey } from '../../audit/mask.ts'
import { RequestError, type RequestErrorCode } from '../request-error.ts'

interface Reply {
  status: number
  /** Instead of the error's own code. */
  code?: string
  /** Instead of the error's own message. */
  message?: string
}

/** One text for all that goes wrong with signing in, so that nothing gives away what it was. */
const unauthenticated: Reply = {
  status: 401,
  code: 'unauthenticated',
  message: 'The credentials are missing or wrong, or the session has ended',
}
const notFound: Reply = { status: 404, code: 'not_found' }
const exists: Reply = { status: 409, code: 'already_exists' }
const busy: Reply = { status: 503, code: 'busy' }
const limit: Reply = { status: 409, code: 'limit_reached' }
const notSupported: Reply = { status: 409, code: 'not_supported' }
const unreachable: Reply = { status: 503, code: 'directory_unreachable' }

/** How each refusal looks in Sallyport's own API. */
export const sallyportReplies = {
  unauthenticated,
  token_mismatch: unauthenticated,
  sign_in_not_completed: unauthenticated,
  password_must_change: { status: 403 },
  forbidden: { status: 403 },
  busy,
  server_busy: busy,
  client_busy: busy,
  too_many_sessions: busy,
  rate_exceeded: { status: 429 },
  invalid_field: { status: 400 },
  not_found: notFound,
  user_not_found: notFound,
  already_exists: exists,
  user_exists: exists,
  ssh_key_exists: exists,
  exporter_exists: exists,
  already_in_state: { status: 409 },
  wrong_state: { status: 409 },
  in_use: { status: 409 },
  stale_revision: { status: 412 },
  password_rejected: { status: 400 },
  old_password_wrong: { status: 400 },
  not_supported_for_user: notSupported,
  unsupported: notSupported,
  binding_fixed: notSupported,
  role_fixed: notSupported,
  last_administrator: { status: 409 },
  limit_reached: limit,
  too_many_users: limit,
  too_many_exporters: limit,
  not_owner: { status: 403 },
  no_role: { status: 403, code: 'forbidden' },
  not_acceptable: { status: 406 },
  service_needed: { status: 409 },
  host_unknown: { status: 400 },
  certificate_untrusted: { status: 400 },
  directory_unreachable: unreachable,
  provider_unavailable: unreachable,
  url_not_canonical: { status: 400 },
  path_unknown: notFound,
  service_unknown: notFound,
  operation_unknown: notFound,
  method_unknown: { status: 405, code: 'method_not_allowed' },
  media_type_unknown: { status: 415 },
  body_malformed: { status: 400 },
  body_too_large: { status: 413 },
  field_unexpected: { status: 400, code: 'invalid_field' },
  not_built: { status: 501 },
  upstream_failed: { status: 502 },
  upstream_timeout: { status: 504 },
  // Nobody reads it but the audit record.
  client_gone: { status: 499 },
} satisfies Record<AccessErrorCode | RequestErrorCode, Reply>

export const SallyportError = Type.Object(
  {
    error: Type.Object({
      code: Type.String({ description: 'Stable; for programs' }),
      message: Type.String({ description: 'For people' }),
      field: Type.Optional(Type.String({ description: 'What is wrong in the request' })),
      surface: Type.Optional(Type.Enum(['nsx', 'vcenter'], { description: 'Whose user must change the password' })),
    }),
  },
  { description: 'A refusal' },
)

/** The refusals that any call can meet. */
export const errorAnswers = { '4xx': SallyportError, '5xx': SallyportError }

export interface SallyportErrorReply {
  status: number
  code: string
  body: string
  foreseen: boolean
}

/** An error as our own API answers it. Anything nobody foresaw is a bare 500. */
export function sallyportErrorReply(error: unknown): SallyportErrorReply {
  if (error instanceof JournalError) {
    return render(503, 'audit_unwritable', 'The audit log cannot be written; no call is served without it', false)
  }
  if (!(error instanceof AccessError || error instanceof RequestError)) {
    return render(500, 'internal', 'An internal error occurred. See the log of the server', false)
  }
  const { status, code = error.code, message = maskKey(error.message) }: Reply = sallyportReplies[error.code]
  return render(status, code, message, true, error instanceof AccessError ? error.details : {})
}

function render(
  status: number,
  code: string,
  message: string,
  foreseen: boolean,
  { field, surface }: RefusalDetails = {},
): SallyportErrorReply {
  return { status, code, body: JSON.stringify({ error: { code, message, field, surface } }), foreseen }
}
