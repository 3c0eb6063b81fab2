export type AccessErrorCode =
  | 'unauthenticated'
  | 'token_mismatch'
  | 'password_must_change'
  | 'forbidden'
  | 'busy'
  | 'rate_exceeded'
  | 'client_busy'
  | 'server_busy'
  | 'service_needed'
  | 'invalid_field'
  | 'not_found'
  | 'already_exists'
  | 'stale_revision'
  | 'in_use'
  | 'user_not_found'
  | 'user_exists'
  | 'password_rejected'
  | 'old_password_wrong'
  | 'not_supported_for_user'
  | 'too_many_users'
  | 'ssh_key_exists'
  | 'binding_fixed'
  | 'exporter_exists'
  | 'too_many_exporters'
  | 'host_unknown'
  | 'certificate_untrusted'
  | 'not_owner'
  | 'role_fixed'
  | 'limit_reached'
  | 'too_many_sources'
  | 'directory_unreachable'
  | 'sign_in_not_completed'
  | 'provider_unavailable'

/** A refusal the caller may be told about. Anything else that is thrown is a bug. */
export class AccessError extends Error {
  override name = 'AccessError'
  readonly code: AccessErrorCode

  constructor(code: AccessErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
