import type { FastifyRequest } from 'fastify'
import { mustChangePassword } from '../access/accounts/account.ts'
import { AccessError } from '../access/errors.ts'
import { permits } from '../http/nsx/permits.ts'
import type { Requirement } from '../http/request.ts'

/** @throws {AccessError} `unauthenticated`, `password_must_change` or `forbidden` unless the caller meets the requirement. */
export function requirePermission(request: FastifyRequest, requires: Requirement): void {
  if (requires === 'nothing') return
  const { identity } = request
  if (!identity) throw new AccessError('unauthenticated', 'Full authentication is required')
  if (requires === 'own-password') return
  const { principal } = identity
  // A session was begun with a good password; one that must change ends it, one that grows old does not.
  if (
    !identity.session &&
    principal.kind === 'local_user' &&
    mustChangePassword(principal.account, request.server.services.clock())
  ) {
    throw new AccessError(
      'password_must_change',
      'The password has expired or must be changed before anything else. Change it with POST /api/v1/node/users?action=reset_own_password',
    )
  }
  if (requires === 'sign-in') return
  if (typeof requires === 'string' || 'privilege' in requires || !permits(request, principal, requires)) {
    throw new AccessError('forbidden', 'User is not authorized to perform this operation')
  }
}
