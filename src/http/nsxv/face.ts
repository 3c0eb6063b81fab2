import type { FastifyRequest } from 'fastify'
import { AccessError } from '../../access/errors.ts'
import type { Nsxv } from '../../access/nsxv/nsxv.ts'
import { allows, globalRoot, type NsxvPrincipal } from '../../access/nsxv/principal.ts'
import { credentialsOf } from '../credentials.ts'
import type { Face } from '../face.ts'
import { takeClientPlace } from '../places.ts'
import { RequestError } from '../request-error.ts'
import { browserSessionId } from '../vcenter/browser-session.ts'
import { nsxvRecord, visitRecord } from './call-record.ts'
import { nsxvErrorReply } from './errors.ts'
import type { NsxvRequirement } from './requirement.ts'

/** Of a name that is nobody's, as the audit log keeps it. */
const longestName = 256

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls NSX-v. */
    nsxv: NsxvPrincipal | undefined
  }
}

/** The API of NSX Manager for vSphere. */
export const nsxvFace: Face = {
  headers: {
    'cache-control': 'private, no-cache',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
  },
  limiter: ({ server }) => server.services.nsxvLimiter,
  identify,

  admit(request) {
    const { nsxv: caller, route, server } = request
    if (!caller) throw new AccessError('unauthenticated', 'Authorization header not provided')
    takeClientPlace(request, server.services.nsxvLimiter, caller.key, caller.name)
    if (route.nsxv) requireRight(caller, route.nsxv.needs)
  },

  refuse: nsxvErrorReply,
  record: nsxvRecord,
}

/** @throws {AccessError} `forbidden` */
export function requireRight(caller: NsxvPrincipal, needs: NsxvRequirement): void {
  if (needs === 'any-role') return
  const { feature, permission, object } = needs
  if (allows(caller, feature, permission, object)) return
  throw new AccessError('forbidden', `No role of ${caller.name} gives ${permission} on ${feature}`, {
    objectId: globalRoot,
    privilege: feature,
  })
}

/** Tells the request who calls, or leaves it without a caller where they show nothing. @see nsxv-api.md 1 */
function identify(request: FastifyRequest, done: (error?: Error) => void): void {
  const { authorization } = request.headers
  try {
    const { tokens, authentication } = openNsxvOf(request)
    if (authorization === undefined) {
      identifyBySession(request)
      return done()
    }
    if (/^authtoken /i.test(authorization)) {
      accept(request, tokens.authenticate(authorization.slice(10).trim()))
      return done()
    }
    const given = credentialsOf(authorization)
    if (!given) throw new AccessError('unauthenticated', 'Authorization header is not valid')
    if (authentication.read().basicDisabled) {
      throw new AccessError('unauthenticated', 'Basic authentication is disabled')
    }
    const signing = signIn(request, given)
    if (signing) signing.then(() => done(), done)
    else done()
  } catch (error) {
    done(error as Error)
  }
}

/** A browser that is signed in to vCenter is here who it is there. @throws {AccessError} `unauthenticated`, `no_role` */
function identifyBySession(request: FastifyRequest): void {
  const id = browserSessionId(request.headers)
  if (id === undefined) return
  const session = request.server.services.vcenterSessions.authenticate(id)
  const person = session && openNsxvOf(request).signIn.asPerson(session.principal)
  if (!person) throw new AccessError('unauthenticated', 'The session has ended, or its user is disabled here')
  accept(request, person)
}

/**
 * Signs the caller in with a name and a password.
 *
 * @returns undefined where that was possible at once.
 * @throws {AccessError} `unauthenticated`, `no_role`, `password_must_change`, `busy`; now or later
 */
export function signIn(request: FastifyRequest, given: { name: string; password: string }): Promise<void> | undefined {
  const { signIn } = openNsxvOf(request)
  const credentials = { ...given, source: request.source }
  // Until it is known otherwise.
  request.refusedName = given.name.slice(0, longestName)
  const known = signIn.recall(credentials)
  if (!known) return signIn.signIn(credentials).then((caller) => accept(request, caller))
  accept(request, known)
  return undefined
}

function accept(request: FastifyRequest, caller: NsxvPrincipal): void {
  const { journal } = request.server.services
  if (caller.grants.length === 0) {
    request.refusedName = caller.name
    throw new AccessError('no_role', `User ${caller.name} has no role`)
  }
  request.refusedName = undefined
  request.nsxv = caller
  if (openNsxvOf(request).visits.arrive(caller.key, request.source)) {
    // The record of the call itself, which is waited for, comes behind it.
    journal.append(visitRecord(request, caller.name, caller.objectId), () => {})
  }
}

/** @throws {RequestError | AccessError} `path_unknown` where there is none; `wrong_state` where its API is stopped. */
function openNsxvOf({ server }: FastifyRequest): Nsxv {
  const { nsxv } = server.services
  if (!nsxv) throw new RequestError('path_unknown', 'There is no NSX Manager for vSphere here')
  if (nsxv.configuration.read().webManager) return nsxv
  throw new AccessError('wrong_state', 'The web manager of the appliance is stopped')
}
