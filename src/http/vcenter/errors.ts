import { AccessError, type AccessErrorCode } from '../../access/errors.ts'
import { globalRoot } from '../../access/vcenter/object-tree.ts'
import { JournalError } from '../../audit/journal.ts'
import { maskKey } from '../../audit/mask.ts'
import { RequestError, type RequestErrorCode } from '../request-error.ts'
import { inferred } from './inferred.ts'
import { type VapiErrorName, vapiErrors } from './vapi/errors.ts'

interface Reply {
  error: VapiErrorName
  /** Message id, where the real one is known. */
  id?: string
  /** Instead of the error's own message. */
  message?: string
  /** Instead of the error's own status, where HTTP has one for just that. */
  status?: number
}

const signIn: Reply = {
  error: 'unauthenticated',
  id: 'com.vmware.vapi.endpoint.method.authentication.required',
  message: 'Authentication required.',
}

const overloaded: Reply = { error: 'service_unavailable' }

/** How each refusal looks on vCenter's REST and JSON-RPC faces. @see vcenter-api.md 1.5 */
export const vcenterReplies = {
  unauthenticated: signIn,
  token_mismatch: signIn,
  password_must_change: signIn,
  sign_in_not_completed: signIn,
  forbidden: { error: 'unauthorized' },
  busy: overloaded,
  rate_exceeded: overloaded,
  client_busy: overloaded,
  server_busy: overloaded,
  too_many_sessions: {
    error: 'service_unavailable',
    id: 'com.vmware.vapi.endpoint.failedToLoginMaxUserSessionCountReached',
  },
  directory_unreachable: overloaded,
  provider_unavailable: overloaded,
  invalid_field: { error: 'invalid_argument' },
  not_found: { error: 'not_found' },
  already_exists: { error: 'already_exists' },
  in_use: { error: 'resource_in_use' },
  role_fixed: { error: 'unsupported' },
  unsupported: { error: 'unsupported' },
  last_administrator: { error: 'resource_busy' },
  already_in_state: { error: 'already_in_desired_state' },
  wrong_state: { error: 'not_allowed_in_current_state' },
  stale_revision: { error: 'concurrent_change' },
  limit_reached: { error: 'unable_to_allocate_resource' },
  // Rules of NSX's and of its accounts, which no call of vCenter's meets.
  service_needed: { error: 'not_allowed_in_current_state' },
  user_not_found: { error: 'not_found' },
  user_exists: { error: 'already_exists' },
  password_rejected: { error: 'invalid_argument' },
  old_password_wrong: { error: 'invalid_argument' },
  not_supported_for_user: { error: 'unsupported' },
  too_many_users: { error: 'unable_to_allocate_resource' },
  ssh_key_exists: { error: 'already_exists' },
  certificate_untrusted: { error: 'unverified_peer' },
  no_role: { error: 'unauthorized' },
  not_owner: { error: 'unauthorized' },
  binding_fixed: { error: 'unsupported' },
  exporter_exists: { error: 'already_exists' },
  too_many_exporters: { error: 'unable_to_allocate_resource' },
  host_unknown: { error: 'invalid_argument' },
  url_not_canonical: { error: 'invalid_request' },
  path_unknown: { error: 'not_found', id: 'com.vmware.vapi.rest.httpNotFound' },
  method_unknown: { error: 'not_found', id: 'com.vmware.vapi.rest.httpNotFound' },
  not_acceptable: { error: 'invalid_request', status: 406 },
  media_type_unknown: { error: 'invalid_request', status: 415 },
  body_malformed: { error: 'invalid_request' },
  body_too_large: { error: 'invalid_request', status: 413 },
  field_unexpected: { error: 'unexpected_input' },
  service_unknown: { error: 'operation_not_found', id: 'vapi.method.input.invalid.interface' },
  operation_unknown: { error: 'operation_not_found', id: 'vapi.method.input.invalid.method' },
  not_built: { error: 'operation_not_found', status: 501 },
  upstream_failed: { error: 'service_unavailable', status: 502 },
  upstream_timeout: { error: 'timed_out' },
  // Nobody reads it but the audit record.
  client_gone: { error: 'canceled', status: 499 },
} satisfies Record<AccessErrorCode | RequestErrorCode, Reply>

/** The one message about permissions whose real id is known. @see vcenter-api.md 2.6 */
const globalPermissionExists: Reply = {
  error: 'already_exists',
  id: 'com.vmware.vcenter.authorization.permissions.already_exists_global',
}

const internal: Reply = {
  error: 'internal_server_error',
  message: 'An internal error occurred. See the log of the server.',
}

const unwritable: Reply = {
  error: 'service_unavailable',
  message: 'The audit log cannot be written; no call is served without it.',
}

/** An error as vAPI knows it; each face has its own way to write it. */
export interface VapiError {
  name: VapiErrorName
  /** On REST. */
  status: number
  message: { id: string; default_message: string; args: string[] }
  foreseen: boolean
}

/** Anything nobody foresaw is an internal error, and says no more. */
export function vapiErrorOf(error: unknown): VapiError {
  if (error instanceof JournalError) return render(unwritable, 'audit_unwritable', '', [], false)
  if (error instanceof AccessError && error.code === 'already_exists' && error.details.objectId === globalRoot) {
    return render(globalPermissionExists, '', error.message, [error.details.value ?? ''], true)
  }
  if (error instanceof AccessError) {
    const args = Object.values(error.details).filter((arg) => arg !== undefined)
    return render(vcenterReplies[error.code], error.code, error.message, args, true)
  }
  if (error instanceof RequestError) return render(vcenterReplies[error.code], error.code, error.message, [], true)
  return render(internal, 'internal', '', [], false)
}

function render(reply: Reply, code: string, message: string, args: string[], foreseen: boolean): VapiError {
  const { error: name, id = inferred.messagePrefix + code, status = vapiErrors[name] } = reply
  const default_message = reply.message ?? maskKey(message)
  return { name, status, message: { id, default_message, args: reply.message ? [] : args }, foreseen }
}
