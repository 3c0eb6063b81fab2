import type { FastifyRequest } from 'fastify'
import type { TokenSubject } from '../access/identity-sources/vidm/vidm.ts'
import type { Principal } from '../access/principal.ts'

/** Whom a bearer token signs in, and until when. */
export interface TokenCaller {
  principal: Principal
  subject: TokenSubject
}

/** The token of `Authorization: Bearer`; undefined where another scheme is used, or none. @see RFC 6750 2.1 */
export function bearerToken({ headers: { authorization } }: FastifyRequest): string | undefined {
  return authorization !== undefined && /^bearer /i.test(authorization) ? authorization.slice(7).trim() : undefined
}

/**
 * Whom a bearer token signs in: a person of the OpenID provider, or a principal identity where the token is a program's
 * own. At once where it was verified a moment ago.
 *
 * A token that is no good names nobody: the audit log has the failure, and no count of failures does.
 *
 * @throws {AccessError} `unauthenticated`, with the request's refused name set.
 */
export function callerOfToken(request: FastifyRequest, token: string): TokenCaller | Promise<TokenCaller> {
  request.refusedName = ''
  const subject = request.server.services.vidm.subjectOfToken(request.manager.realmId, token)
  return subject instanceof Promise ? subject.then((known) => callerOf(request, known)) : callerOf(request, subject)
}

function callerOf(request: FastifyRequest, subject: TokenSubject): TokenCaller {
  const { identities, remoteBindings } = request.server.services
  // The provider's word for it, whoever it is here.
  if (subject.kind === 'machine') request.refusedName = subject.name
  const principal =
    subject.kind === 'machine'
      ? identities.recogniseMachine(subject.name, subject.nodeId)
      : remoteBindings.resolve(subject.person)
  request.refusedName = undefined
  return { principal, subject }
}
