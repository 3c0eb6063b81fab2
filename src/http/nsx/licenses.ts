import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { inferred } from './inferred.ts'
import { readLicenses } from './permissions.ts'
import { errorAnswers, ListQuery, listOf, pageOf } from './wire.ts'

const LicensedFeature = Type.Object(
  {
    feature_name: Type.Optional(Type.String()),
    is_licensed: Type.Optional(Type.Boolean({ description: 'Nothing here asks for a license' })),
  },
  { description: 'One feature that NSX licenses' },
)

/** `/licenses/licensed-features`: what NSX's operator for Kubernetes asks before it starts. */
export const licenseRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/api/v1/licenses/licensed-features',
    {
      schema: {
        summary: 'List which features are licensed',
        querystring: ListQuery,
        response: { 200: listOf(LicensedFeature, 'Licensed features'), ...errorAnswers },
      },
      config: readLicenses,
    },
    async (request) =>
      pageOf(
        inferred.licensedFeatures.map((feature_name) => ({ feature_name, is_licensed: true })),
        request.query,
        'feature_name',
      ),
  )
}
