export type AccessErrorCode =
  | 'unauthenticated'
  | 'token_mismatch'
  | 'password_must_change'
  | 'forbidden'
  | 'no_role'
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
  | 'directory_unreachable'
  | 'sign_in_not_completed'
  | 'provider_unavailable'
  | 'last_administrator'
  | 'unsupported'
  | 'wrong_state'
  | 'already_in_state'
  | 'too_many_sessions'

/** What a refusal is about, for surfaces whose errors have places for it. */
export interface RefusalDetails {
  /** The object that was asked for, or about. */
  objectId?: string
  /** The privilege that is missing on it. */
  privilege?: string
  /** The field that is wrong. */
  field?: string
  /** The name that is taken, wrong or unknown. */
  value?: string
  /** Whose user it is about, where it may be one of several. */
  surface?: 'nsx' | 'vcenter'
  /** Whether it is a failed sign-in that has locked the account. For the audit record: no caller is told. */
  locks?: true
}

/** A refusal the caller may be told about. Anything else that is thrown is a bug. */
export class AccessError extends Error {
  override name = 'AccessError'
  readonly code: AccessErrorCode
  readonly details: RefusalDetails

  constructor(code: AccessErrorCode, message: string, options: ErrorOptions & RefusalDetails = {}) {
    const { cause, ...details } = options
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.details = details
  }
}

/** Whether an error, or what it was made of, is a failed sign-in that has locked the account. */
export function locksAccount(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (error instanceof AccessError && error.details.locks === true) || locksAccount(error.cause)
}
