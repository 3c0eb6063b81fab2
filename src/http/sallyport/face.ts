import type { FastifyRequest } from 'fastify'
import { AccessError } from '../../access/errors.ts'
import { principalKey, ssoDomain } from '../../access/vcenter/principal.ts'
import { administratorsGroup } from '../../access/vcenter/sso/ground.ts'
import type { SignedIn } from '../../access/vcenter/sso/principals.ts'
import { mustChangePassword } from '../../access/vcenter/sso/user.ts'
import { credentialsOf } from '../credentials.ts'
import type { Face } from '../face.ts'
import { takeClientPlace } from '../places.ts'
import { sessionName } from '../vcenter/session-id.ts'
import { sallyportRecord } from './call-record.ts'
import { sallyportErrorReply } from './errors.ts'
import { stateOf } from './state.ts'

const administrators = principalKey(administratorsGroup, ssoDomain)

/**
 * Sallyport's own API. Its callers are those of vCenter, with the id of a session in its header, or with Basic. No
 * cookie counts, and no answer asks a browser for a password: a page elsewhere could otherwise call in its user's name.
 */
export const sallyportFace: Face = {
  headers: {
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  },
  limiter: ({ server }) => server.services.vcenterLimiter,

  identify(request, done) {
    const { vcenterSessions, vcenterDoor } = request.server.services
    const { authorization, [sessionName]: id } = request.headers
    if (typeof id === 'string') {
      const session = vcenterSessions.authenticate(id)
      if (session) stateOf(request).caller = { principal: session.principal, session }
      return done()
    }
    if (authorization === undefined) return done()
    const given = credentialsOf(authorization)
    if (!given) return refuse(new AccessError('unauthenticated', 'No usable credentials'))
    const credentials = { ...given, source: request.source }
    const known = vcenterDoor.recall(credentials)
    if (known) return accept(known)
    vcenterDoor.signIn(credentials).then(accept, refuse)

    function accept(principal: SignedIn): void {
      stateOf(request).caller = { principal, session: undefined }
      done()
    }
    function refuse(error: Error): void {
      request.refusedName = given?.name ?? ''
      done(error)
    }
  },

  admit(request, requires) {
    const { caller } = stateOf(request)
    if (!caller) throw new AccessError('unauthenticated', 'Authentication is required')
    const { principal } = caller
    takeClientPlace(request, request.server.services.vcenterLimiter, principal.key, principal.name)
    if (requires === 'own-password') return
    // A session was begun with a password that was good.
    if (!caller.session && hasToChange(request, principal)) {
      throw new AccessError(
        'password_must_change',
        'The password must be changed before anything else, with POST /sallyport/v1/sso/change-password',
      )
    }
    if (requires === 'sign-in') return
    if (requires === 'sso-administrator' && principal.groups.has(administrators)) return
    throw new AccessError('forbidden', `Only members of ${administratorsGroup}@${ssoDomain} may do this`)
  },

  refuse(error, request) {
    const reply = sallyportErrorReply(error)
    stateOf(request).failure = reply.code
    return reply
  },

  record: sallyportRecord,
}

function hasToChange({ server }: FastifyRequest, principal: SignedIn): boolean {
  const { ssoPolicies, clock } = server.services
  return principal.kind === 'sso_user' && mustChangePassword(principal.user, ssoPolicies.read(), clock())
}
