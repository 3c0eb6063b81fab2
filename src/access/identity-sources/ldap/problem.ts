import { AccessError } from '../../errors.ts'

/** What can be wrong with a directory's server. @see nsx-api.md 6.5, error_type */
export const ldapProblems = [
  'BASE_DN_NOT_FOUND',
  'BIND_DN_AND_PASSWORD_REQUIRED',
  'BIND_DN_INVALID',
  'CERTIFICATE_HOSTNAME_MISMATCH_ERROR',
  'CERTIFICATE_MISMATCH_ERROR',
  'CONNECTION_REFUSED',
  'CONNECTION_TIMEOUT',
  'GENERAL_ERROR',
  'INVALID_CONFIGURED_CERTIFICATE',
  'INVALID_CREDENTIALS',
  'SSL_HANDSHAKE_ERROR',
  'STARTTLS_FAILED',
  'UNKNOWN_HOST',
  'NO_ROUTE_TO_HOST',
  'BIND_EXCEPTION',
  'PORT_UNREACHABLE',
  'BASE_DN_NOT_WITHIN_DOMAIN',
  'LDAP_SERVER_DISABLED',
] as const
export type LdapProblem = (typeof ldapProblems)[number]

/** A server that could not be asked. */
export class LdapError extends Error {
  override name = 'LdapError'
  readonly problem: LdapProblem

  constructor(problem: LdapProblem, message: string, options?: ErrorOptions) {
    super(message, options)
    this.problem = problem
  }
}

/** Makes a refusal of a server's failure to answer. @throws {AccessError} `directory_unreachable` */
export const unreachable = (whom: string) => (error: unknown) => {
  if (!(error instanceof LdapError)) throw error
  throw new AccessError('directory_unreachable', `The directory ${whom} cannot be asked: ${error.problem}`, {
    cause: error,
  })
}

const connecting: Record<string, LdapProblem> = {
  ECONNREFUSED: 'CONNECTION_REFUSED',
  ETIMEDOUT: 'CONNECTION_TIMEOUT',
  ENOTFOUND: 'UNKNOWN_HOST',
  EAI_AGAIN: 'UNKNOWN_HOST',
  EHOSTUNREACH: 'NO_ROUTE_TO_HOST',
  ENETUNREACH: 'NO_ROUTE_TO_HOST',
  EADDRINUSE: 'BIND_EXCEPTION',
  EADDRNOTAVAIL: 'BIND_EXCEPTION',
}

/** Why a TCP connection could not be made. */
export function connectProblem(code: string | undefined): LdapProblem {
  return connecting[code ?? ''] ?? 'GENERAL_ERROR'
}

/** Codes of chains that do not lead to a certificate that is trusted. */
const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'INVALID_CA',
])

/** Why a TLS handshake failed. */
export function handshakeProblem(code: string | undefined): LdapProblem {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'CERTIFICATE_HOSTNAME_MISMATCH_ERROR'
  return untrusted.has(code ?? '') ? 'CERTIFICATE_MISMATCH_ERROR' : 'SSL_HANDSHAKE_ERROR'
}

/** Result codes that matter here. @see RFC 4511 4.1.9 */
export const resultCodes = {
  operationsError: 1,
  referral: 10,
  noSuchObject: 32,
  invalidDnSyntax: 34,
  inappropriateAuthentication: 48,
  invalidCredentials: 49,
  insufficientAccess: 50,
  unwillingToPerform: 53,
} as const

const bindProblems: Record<number, LdapProblem> = {
  [resultCodes.noSuchObject]: 'INVALID_CREDENTIALS',
  [resultCodes.invalidCredentials]: 'INVALID_CREDENTIALS',
  [resultCodes.inappropriateAuthentication]: 'INVALID_CREDENTIALS',
  [resultCodes.invalidDnSyntax]: 'BIND_DN_INVALID',
  [resultCodes.unwillingToPerform]: 'BIND_DN_AND_PASSWORD_REQUIRED',
}

/** Why the server does not accept who asks. */
export function bindProblem(code: number): LdapProblem {
  return bindProblems[code] ?? 'GENERAL_ERROR'
}

/** Why a search below the base is refused. */
export function searchProblem(code: number, anonymous: boolean): LdapProblem {
  const { noSuchObject, invalidDnSyntax, referral, operationsError, insufficientAccess } = resultCodes
  const mayNot = [operationsError, insufficientAccess, resultCodes.inappropriateAuthentication] as number[]
  if (anonymous && mayNot.includes(code)) return 'BIND_DN_AND_PASSWORD_REQUIRED'
  const notHere = [noSuchObject, invalidDnSyntax, referral] as number[]
  return notHere.includes(code) ? 'BASE_DN_NOT_FOUND' : 'GENERAL_ERROR'
}
