import type { FastifyPluginAsync } from 'fastify'
import { answer } from '../answer.ts'
import { document, Many } from '../document.ts'
import { inferred } from '../inferred.ts'
import { readsAnyRole } from '../requirement.ts'

/** What PowerNSX checks its credentials with. @see nsxv-api.md 6 */
export const featureRoute: FastifyPluginAsync = async (app) => {
  app.get('/api/2.0/nwfabric/features', { config: readsAnyRole }, async (request, reply) =>
    answer(request, reply, document('featureInfos', { featureInfo: new Many(inferred.features) })),
  )
}
