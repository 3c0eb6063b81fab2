import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { mustChangePassword } from '../../../access/accounts/account.ts'
import { AccessError } from '../../../access/errors.ts'
import { answerChange } from '../../answer-change.ts'
import { bearerToken, callerOfToken } from '../../bearer-token.ts'
import { principalOfCertificate } from '../../client-certificate.ts'
import { cookieAttributes, cookieName } from '../session-cookie.ts'
import { Empty, errorAnswers } from '../wire.ts'

const SignInForm = Type.Object({
  j_username: Type.String({ description: 'Spaces around it are ignored' }),
  j_password: Type.String(),
})

/** `POST /api/session/create` @see nsx-api.md 5.1 */
export const sessionCreateRoute: FastifyPluginAsyncTypebox = async (app) => {
  const { door, sessions, apiService, vidm, clock } = app.services

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(body as string)),
  )

  app.post(
    '/api/session/create',
    {
      // Whatever is wrong with the call, it is a sign-in that failed.
      onRequest: (request, _reply, done) => {
        request.refusedName = ''
        done()
      },
      schema: {
        summary: 'Sign in with j_username and j_password, and get a session cookie and its XSRF token',
        description: 'A bearer token, or else a client certificate, signs in where the form names nobody.',
        response: { 200: Empty, ...errorAnswers },
      },
      config: { requires: 'nothing', operation: { module: 'ACCESS_CONTROL', name: 'LOGIN' }, form: SignInForm },
    },
    async (request, reply) => {
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
      // No name begins or ends with a space, but the ones that people paste do.
      const name = form.get('j_username')?.trim() ?? ''
      const password = form.get('j_password')
      request.refusedName = name
      const once = form.getAll('j_username').length === 1 && form.getAll('j_password').length === 1
      const { manager, source, headers } = request
      const sessionsAllowed = apiService.read().config.cookieBasedAuthenticationEnabled
      // A name and a password win over a token or a certificate, wherever they are.
      const bare = sessionsAllowed && name === '' && !password
      const token = bare ? bearerToken(request) : undefined
      const withToken = token === undefined ? undefined : await callerOfToken(request, token)
      const shown =
        withToken?.principal ??
        (bare && headers.authorization === undefined ? principalOfCertificate(request) : undefined)
      if (!shown && (!once || password === null || !sessionsAllowed)) {
        throw new AccessError('unauthenticated', 'No usable credentials')
      }
      const principal =
        shown ??
        (await door.signIn({
          applianceId: manager.id,
          realmId: manager.realmId,
          source,
          name,
          password: password as string,
        }))
      if (shown) request.refusedName = principal.name
      if (principal.kind === 'local_user' && mustChangePassword(principal.account, clock())) {
        throw new AccessError('unauthenticated', 'The password has expired or must be changed')
      }
      return answerChange<{ id: string; token: string }>(
        request,
        reply,
        {
          as: { kind: 'sign-in', user: principal.name },
          headers: ({ id, token }) => ({
            'set-cookie': `${cookieName}=${id}; ${cookieAttributes}`,
            'x-xsrf-token': token,
          }),
        },
        (call) =>
          call.change(async (change) => {
            const subject = withToken?.subject
            await vidm.requireCurrent(change, principal, subject?.kind === 'machine' ? subject : undefined)
            return sessions.create(change, manager.id, manager.realmId, principal, subject?.until)
          }),
      )
    },
  )
}
