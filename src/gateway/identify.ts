import type { FastifyRequest } from 'fastify'
import { AccessError } from '../access/errors.ts'
import type { Principal } from '../access/principal.ts'
import type { Credentials } from '../access/sign-in/door.ts'
import { bearerToken, callerOfToken, type TokenCaller } from '../http/bearer-token.ts'
import { principalOfCertificate } from '../http/client-certificate.ts'
import { credentialsOf } from '../http/credentials.ts'
import { sessionCookie } from '../http/nsx/session-cookie.ts'

/** Tells the request who calls, or leaves it without an identity where the caller shows nothing. */
export function identify(request: FastifyRequest, done: (error?: Error) => void): void {
  const { authorization, cookie } = request.headers
  // Some clients send both; the credentials win.
  if (authorization !== undefined) {
    const token = bearerToken(request)
    if (token !== undefined) return identifyByToken(request, token, done)
    return identifyByPassword(request, authorization, done)
  }
  const id = sessionCookie(cookie)
  if (id === undefined) return identifyByCertificate(request, done)
  try {
    const token = request.headers['x-xsrf-token']
    const { sessions } = request.server.services
    request.identity = sessions.authenticate(request.manager.id, id, typeof token === 'string' ? token : undefined)
    done()
  } catch (error) {
    done(error as Error)
  }
}

function identifyByCertificate(request: FastifyRequest, done: (error?: Error) => void): void {
  try {
    const principal = principalOfCertificate(request)
    if (principal) request.identity = { principal, session: undefined }
    done()
  } catch (error) {
    done(error as Error)
  }
}

function identifyByToken(request: FastifyRequest, token: string, done: (error?: Error) => void): void {
  function accept({ principal }: TokenCaller): void {
    request.identity = { principal, session: undefined }
    done()
  }
  let caller: TokenCaller | Promise<TokenCaller>
  try {
    caller = callerOfToken(request, token)
  } catch (error) {
    return done(error as Error)
  }
  if (caller instanceof Promise) caller.then(accept, done)
  else accept(caller)
}

/** `Basic`, and `Remote`, which is the same for the OpenID provider alone. @see nsx-api.md 5.5, 5.7 */
function identifyByPassword(request: FastifyRequest, authorization: string, done: (error?: Error) => void): void {
  const { door, apiService, vidm } = request.server.services
  const { manager, source } = request
  const remote = /^remote /i.test(authorization)
  const given = credentialsOf(remote ? `Basic ${authorization.slice(7)}` : authorization)
  const asked = remote && given ? vidm.source(manager.realmId, given.name) : undefined
  if (!given || (remote && !asked) || !apiService.read().config.basicAuthenticationEnabled) {
    request.refusedName = given?.name ?? ''
    return done(new AccessError('unauthenticated', 'No usable credentials'))
  }
  const credentials: Credentials = { applianceId: manager.id, realmId: manager.realmId, source, ...given, asked }
  const known = door.recall(credentials)
  if (known) return accept(known)
  door.signIn(credentials).then(accept, (error) => {
    request.refusedName = given.name
    done(error)
  })

  function accept(principal: Principal): void {
    request.identity = { principal, session: undefined }
    done()
  }
}
