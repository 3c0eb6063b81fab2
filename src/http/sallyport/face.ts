import type { FastifyRequest } from 'fastify'
import { mustChangePassword } from '../../access/accounts/account.ts'
import { AccessError } from '../../access/errors.ts'
import type { Principal } from '../../access/principal.ts'
import { surfacesOfName } from '../../access/sign-in/surface-of-name.ts'
import { rootFolder } from '../../access/vcenter/object-tree.ts'
import { ssoDomain } from '../../access/vcenter/principal.ts'
import { administratorsGroup } from '../../access/vcenter/sso/ground.ts'
import { isSsoAdministrator, type SignedIn } from '../../access/vcenter/sso/principals.ts'
import { mustChangePassword as mustChangeSsoPassword } from '../../access/vcenter/sso/user.ts'
import { credentialsOf } from '../credentials.ts'
import type { Face } from '../face.ts'
import { permits } from '../nsx/permits.ts'
import { sessionCookie } from '../nsx/session-cookie.ts'
import { takeClientPlace } from '../places.ts'
import type { Requirement } from '../request.ts'
import { browserSessionId } from '../vcenter/browser-session.ts'
import { sessionName } from '../vcenter/session-id.ts'
import { sallyportRecord } from './call-record.ts'
import { sallyportErrorReply } from './errors.ts'
import { nsxCallerOf, stateOf, vcenterCallerOf } from './state.ts'

/** The header of calls that nobody made with their own hands: a session does not live on by them. */
export const backgroundHeader = 'x-sallyport-background'

/**
 * Sallyport's own API. Its callers are users of vCenter, with the id of a session in its header; users of NSX Manager;
 * or both at once, as browsers are, with cookies. No cookie counts by itself: each needs its session's token in a
 * header. And no answer asks a browser for a password: a page elsewhere could otherwise call in its user's name.
 */
export const sallyportFace: Face = {
  headers: {
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  },
  limiter: ({ server }) => server.services.vcenterLimiter,

  identify(request, done) {
    const { authorization, [sessionName]: id } = request.headers
    if (authorization !== undefined && id === undefined) return identifyByPassword(request, authorization, done)
    identifyByVcenterSession(request)
    identifyByNsxSession(request)
    done()
  },

  admit(request, requires) {
    const { identity } = request
    const { vcenter } = stateOf(request)
    if (!identity && !vcenter) throw new AccessError('unauthenticated', 'Authentication is required')
    const { key, name } = vcenter ? vcenter.principal : clientOf(identity!.principal)
    takeClientPlace(request, request.server.services.vcenterLimiter, key, name)
    if (requires === 'own-password') return
    requireGoodPasswords(request)
    requireRight(request, requires)
  },

  refuse(error, request) {
    const reply = sallyportErrorReply(error)
    stateOf(request).failure = reply.code
    return reply
  },

  record: sallyportRecord,
}

/** No user of vCenter's has a key with a space where its domain ends. */
const clientOf = ({ name }: Principal) => ({ key: `nsx ${name.toLowerCase()}`, name })

function identifyByVcenterSession(request: FastifyRequest): void {
  const { headers, server } = request
  const given = headers[sessionName]
  const id = typeof given === 'string' ? given : browserSessionId(headers)
  if (id === undefined) return
  const { vcenterSessions } = server.services
  const session = isBackground(request) ? vcenterSessions.withId(id) : vcenterSessions.authenticate(id)
  const state = stateOf(request)
  if (session) state.vcenter = { principal: session.principal, session }
  else state.ended.add('vcenter')
}

function identifyByNsxSession(request: FastifyRequest): void {
  const { headers, manager, server } = request
  const id = sessionCookie(headers.cookie)
  const token = headers['x-xsrf-token']
  if (id === undefined || typeof token !== 'string') return
  try {
    request.identity = server.services.sessions.authenticate(manager.id, id, token, isBackground(request))
  } catch (error) {
    if (!(error instanceof AccessError)) throw error
    stateOf(request).ended.add('nsx')
  }
}

const isBackground = ({ headers }: FastifyRequest) => headers[backgroundHeader] !== undefined

/** Basic: a name without a domain, or at NSX Manager's own, is a user's of NSX Manager, any other one's of vCenter. */
function identifyByPassword(request: FastifyRequest, authorization: string, done: (error?: Error) => void): void {
  const { config, apiService, door, vcenterDoor } = request.server.services
  const { manager, source } = request
  const given = credentialsOf(authorization)
  if (!given) return refuse(new AccessError('unauthenticated', 'No usable credentials'))
  const state = stateOf(request)
  const surfaces = surfacesOfName(given.name, config.localDomain ?? '')
  if (surfaces.includes('vcenter')) {
    state.refusedBy = 'vcenter'
    const credentials = { ...given, source }
    const known = vcenterDoor.recall(credentials)
    if (known) return acceptVcenter(known)
    vcenterDoor.signIn(credentials).then(acceptVcenter, refuse)
    return
  }
  state.refusedBy = 'nsx'
  if (!apiService.read().config.basicAuthenticationEnabled) {
    return refuse(new AccessError('unauthenticated', 'Basic authentication is disabled'))
  }
  const credentials = { applianceId: manager.id, realmId: manager.realmId, source, ...given }
  const known = door.recall(credentials)
  if (known) return acceptNsx(known)
  door.signIn(credentials).then(acceptNsx, refuse)

  function acceptVcenter(principal: SignedIn): void {
    state.vcenter = { principal, session: undefined }
    done()
  }
  function acceptNsx(principal: Principal): void {
    request.identity = { principal, session: undefined }
    done()
  }
  function refuse(error: Error): void {
    request.refusedName = given?.name ?? ''
    done(error)
  }
}

/** A session was begun with a password that was good. @throws {AccessError} `password_must_change` */
function requireGoodPasswords(request: FastifyRequest): void {
  const { ssoPolicies, clock } = request.server.services
  const { identity } = request
  const { vcenter } = stateOf(request)
  const sso = vcenter && !vcenter.session && vcenter.principal.kind === 'sso_user' && vcenter.principal.user
  if (sso && mustChangeSsoPassword(sso, ssoPolicies.read(), clock())) {
    throw new AccessError(
      'password_must_change',
      'The password must be changed before anything else, with POST /sallyport/v1/sso/change-password',
    )
  }
  const local = identity && !identity.session && identity.principal.kind === 'local_user' && identity.principal.account
  if (local && mustChangePassword(local, clock())) {
    throw new AccessError(
      'password_must_change',
      'The password must be changed before anything else, with POST /api/v1/node/users?action=reset_own_password',
    )
  }
}

/** @throws {AccessError} `forbidden`, `unauthenticated` unless the caller meets the requirement. */
function requireRight(request: FastifyRequest, requires: Requirement): void {
  if (typeof requires === 'string') {
    if (requires !== 'sso-administrator' || isSsoAdministrator(vcenterCallerOf(request))) return
    throw new AccessError('forbidden', `Only members of ${administratorsGroup}@${ssoDomain} may do this`)
  }
  if ('privilege' in requires) {
    const { privilege } = requires
    const { authorization } = request.server.services
    if (authorization.allows(vcenterCallerOf(request), rootFolder, privilege)) return
    throw new AccessError('forbidden', `This needs the privilege ${privilege} on the root folder`)
  }
  if (permits(request, nsxCallerOf(request), requires)) return
  throw new AccessError('forbidden', `This needs the permission ${requires.permission} on ${requires.feature}`)
}
