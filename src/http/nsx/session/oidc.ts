import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { AccessError } from '../../../access/errors.ts'
import { flowLife, localPath } from '../../../access/identity-sources/vidm/sign-in-flows.ts'
import { answerChange } from '../../answer-change.ts'
import { inferred } from '../inferred.ts'
import { cookieAttributes, cookieName, sessionCookie } from '../session-cookie.ts'
import { Empty, errorAnswers } from '../wire.ts'

/** Binds a sign-in to the browser that began it: no other host can set a cookie of such a name. */
const flowCookie = '__Host-OIDC-LOGIN'
// The provider sends the browser back from another site.
const flowCookieAttributes = 'Path=/; Secure; HttpOnly; SameSite=Lax'

const LoginQuery = Type.Object({
  return_to: Type.Optional(
    Type.String({ default: '/', description: 'Path on this server where the browser goes once it is signed in' }),
  ),
})

const CallbackQuery = Type.Object({
  state: Type.Optional(Type.String({ maxLength: 1024 })),
  code: Type.Optional(Type.String({ maxLength: 8192 })),
  error: Type.Optional(Type.String({ maxLength: 1024 })),
})

/** Signing in at the OpenID provider with a browser: authorization code flow with PKCE. @see docs/decisions/011-oidc.md */
export const sessionOidcRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { vidm, sessions, remoteBindings, apiService } = app.services

  // Whatever is wrong with the call, it is a sign-in that failed.
  function failing(request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void {
    request.refusedName = ''
    if (apiService.read().config.cookieBasedAuthenticationEnabled) return done()
    done(new AccessError('unauthenticated', 'Sessions cannot be created'))
  }

  app.get(
    inferred.oidcLogin,
    {
      schema: {
        summary: 'Begin to sign in at the OpenID provider with a browser',
        querystring: LoginQuery,
        response: { 302: Empty, ...errorAnswers },
      },
      config: { requires: 'nothing', operation: { module: 'ACCESS_CONTROL', name: 'BEGIN_LOGIN' } },
      onRequest: failing,
    },
    async (request, reply) => {
      const { return_to = '/' } = request.query
      const returnTo = localPath(return_to)
      if (returnTo === undefined) {
        throw new AccessError(
          'invalid_field',
          `value ${return_to.slice(0, 100)} of property return_to is not a path here`,
        )
      }
      const { manager, source } = request
      const { url, browser } = await vidm.begin(manager.realmId, source, returnTo, inferred.oidcCallback)
      request.refusedName = undefined
      reply.header('set-cookie', `${flowCookie}=${browser}; ${flowCookieAttributes}; Max-Age=${flowLife / 1000}`)
      return reply.redirect(url.href)
    },
  )

  app.get(
    inferred.oidcCallback,
    {
      schema: {
        summary: 'Where the OpenID provider sends a browser back to; creates the session',
        querystring: CallbackQuery,
        response: { 302: Empty, ...errorAnswers },
      },
      config: { requires: 'nothing', operation: { module: 'ACCESS_CONTROL', name: 'LOGIN' } },
      onRequest: failing,
    },
    async (request, reply) => {
      const { manager, headers } = request
      const url = request.raw.url ?? ''
      const query = new URLSearchParams(url.slice(url.indexOf('?') + 1))
      const browser = sessionCookie(headers.cookie, flowCookie) ?? ''
      const { person, flow } = await vidm.complete(manager.realmId, query, browser, inferred.oidcCallback)
      const principal = remoteBindings.resolve(person)
      request.refusedName = principal.name
      return answerChange<{ id: string; token: string }>(
        request,
        reply,
        {
          status: 302,
          as: { kind: 'sign-in', user: principal.name },
          headers: ({ id, token }) => ({
            location: flow.returnTo,
            'set-cookie': [
              `${cookieName}=${id}; ${cookieAttributes}`,
              `${inferred.xsrfCookie}=${token}; Path=/; Secure; SameSite=Strict`,
              `${flowCookie}=; ${flowCookieAttributes}; Max-Age=0`,
            ],
            'x-xsrf-token': token,
          }),
        },
        (call) =>
          call.change(async (change) => {
            await vidm.requireCurrent(change, principal)
            return sessions.create(change, manager.id, manager.realmId, principal)
          }),
      )
    },
  )
}
