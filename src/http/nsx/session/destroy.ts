import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { AccessError } from '../../../access/errors.ts'
import { answerChange } from '../../answer-change.ts'
import { anyAccount } from '../permissions.ts'
import { Empty, errorAnswers } from '../wire.ts'

/** `/api/session/destroy`: a POST, and a GET as NSX's own example shows it. @see nsx-api.md 5.4 */
export const sessionDestroyRoute: FastifyPluginAsyncTypebox = async (app) => {
  const { sessions } = app.services
  app.route({
    method: ['POST', 'GET'],
    url: '/api/session/destroy',
    schema: { summary: 'End the session', response: { 200: Empty, ...errorAnswers } },
    config: { ...anyAccount, operation: { module: 'ACCESS_CONTROL', name: 'LOGOUT' } },
    handler: async (request, reply) => {
      const { identity } = request
      const session = identity?.session
      if (!session) throw new AccessError('unauthenticated', 'There is no session to end')
      return answerChange(request, reply, { as: { kind: 'sign-out', user: identity.principal.name } }, (call) =>
        call.change((change) => sessions.end(change, session)),
      )
    },
  })
}
