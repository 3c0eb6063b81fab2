import type { FastifyPluginAsync } from 'fastify'
import { answer, callerOf } from '../answer.ts'
import { document } from '../document.ts'
import { inferred } from '../inferred.ts'
import { reads } from '../requirement.ts'

/** `/api/1.0/appliance-management/global/info`, which clients ask for the version. @see nsxv-api.md 6 */
export const globalInfoRoute: FastifyPluginAsync = async (app) => {
  app.get('/global/info', { config: reads('appliance_management') }, async (request, reply) =>
    answer(
      request,
      reply,
      document('globalInfo', { currentLoggedInUser: callerOf(request).name, versionInfo: inferred.version }),
    ),
  )
}
