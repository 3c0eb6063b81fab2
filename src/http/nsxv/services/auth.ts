import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { AccessError } from '../../../access/errors.ts'
import type { NsxvAuthentication } from '../../../access/nsxv/authentication.ts'
import { tokenMinutes } from '../../../access/nsxv/tokens.ts'
import { answer, answerChange, callerOf, nsxvOf } from '../answer.ts'
import { bodyFields, flagOf, integerOf, secretOf, textOf } from '../body.ts'
import { document } from '../document.ts'
import { signIn } from '../face.ts'
import { integer } from '../query.ts'
import { changesUsers, reads, readsAnyRole, writes } from '../requirement.ts'

const module = 'ACCESS_CONTROL'
const { minimum, maximum } = tokenMinutes
const tokenDocument = (value: string) => document('authToken', { value })

/** Tokens and how clients may authenticate, of 6.4. @see nsxv-api.md 6 */
export const authRoutes: FastifyPluginAsync = async (app) => {
  const prefix = '/api/2.0/services/auth'

  app.post(
    `${prefix}/token`,
    { config: writes('any-role', module, 'CREATE', { answers: true }) },
    async (request, reply) => {
      const { tokenExpiry } = nsxvOf(request).authentication.read()
      return issue(request, reply, integer(request.query, 'expiresInMinutes', tokenExpiry, minimum, maximum))
    },
  )

  // Whoever asks shows who they are in the body, which works where Basic is disabled.
  app.post(
    '/api/3.0/services/auth/token',
    {
      config: {
        ...writes('any-role', module, 'CREATE', { answers: true, takes: ['credentials', 'username'] }),
        requires: 'nothing',
      },
    },
    async (request, reply) => {
      const fields = bodyFields(request, 'credentials')
      await signIn(request, { name: textOf(fields, 'username'), password: secretOf(fields, 'password') })
      return issue(request, reply, nsxvOf(request).authentication.read().tokenExpiry)
    },
  )

  app.get(`${prefix}/tokenexpiration`, { config: readsAnyRole }, async (request, reply) => {
    const { tokenExpiry } = nsxvOf(request).authentication.read()
    return answer(request, reply, document('authTokenExpiry', { defaultExpiryInMinutes: tokenExpiry }))
  })

  app.put(
    `${prefix}/tokenexpiration`,
    { config: writes(changesUsers, module, 'UPDATE', { takes: ['authTokenExpiry', 'defaultExpiryInMinutes'] }) },
    async (request, reply) => {
      const tokenExpiry = integerOf(bodyFields(request, 'authTokenExpiry'), 'defaultExpiryInMinutes')
      if (tokenExpiry < minimum || tokenExpiry > maximum) {
        throw new AccessError('invalid_field', `defaultExpiryInMinutes is not from ${minimum} to ${maximum}`, {
          field: 'defaultExpiryInMinutes',
        })
      }
      return change(request, reply, { tokenExpiry })
    },
  )

  app.post(
    `${prefix}/tokeninvalidation`,
    { config: writes(changesUsers, module, 'DELETE') },
    async (request, reply) => {
      const { userId } = request.query as { userId?: unknown }
      if (typeof userId !== 'string') {
        throw new AccessError('invalid_field', 'Parameter userId is missing', { field: 'userId' })
      }
      const { tokens } = nsxvOf(request)
      return answerChange(request, reply, (call) => tokens.invalidate(call, userId))
    },
  )

  app.get(`${prefix}/basic`, { config: reads('basic_auth_disable') }, async (request, reply) => {
    const { basicDisabled } = nsxvOf(request).authentication.read()
    return answer(request, reply, document('basicAuthStatus', { disableBasicAuth: basicDisabled }))
  })

  app.put(
    `${prefix}/basic`,
    {
      config: writes({ feature: 'basic_auth_disable', permission: 'write' }, module, 'UPDATE', {
        takes: ['auth', 'disableBasicAuth', 'username'],
      }),
    },
    async (request, reply) => {
      const fields = bodyFields(request, 'auth')
      const basicDisabled = flagOf(fields, 'disableBasicAuth')
      const credentials = { name: textOf(fields, 'username'), password: secretOf(fields, 'password') }
      // Whoever switches it off shows that they could come in again. A wrong password counts as it does anywhere.
      const shown = await nsxvOf(request)
        .signIn.signIn({ ...credentials, source: request.source })
        .catch((error) => {
          if (!(error instanceof AccessError) || error.code === 'busy') throw error
          throw new AccessError('invalid_field', 'username and password are not right', { field: 'password' })
        })
      if (shown.key !== callerOf(request).key) {
        throw new AccessError('invalid_field', 'username is not the caller', { field: 'username' })
      }
      return change(request, reply, { basicDisabled })
    },
  )
}

function issue(request: FastifyRequest, reply: FastifyReply, minutes: number): Promise<FastifyReply> {
  const { tokens } = nsxvOf(request)
  return answerChange<string>(request, reply, (call) => tokens.issue(call, callerOf(request), minutes), tokenDocument)
}

function change(
  request: FastifyRequest,
  reply: FastifyReply,
  settings: Partial<NsxvAuthentication>,
): Promise<FastifyReply> {
  const { authentication } = nsxvOf(request)
  return answerChange(request, reply, (call) => authentication.change(call, settings))
}
