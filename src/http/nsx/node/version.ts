import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { anyAccount } from '../permissions.ts'
import { errorAnswers } from '../wire.ts'

const NodeVersion = Type.Object(
  { node_version: Type.String(), product_version: Type.String() },
  { description: 'NodeVersion' },
)

/** `/node/version`: what clients ask first. @see nsx-api.md 0.1 */
export const nodeVersionRoute: FastifyPluginAsyncTypebox = async (app) => {
  const { version } = app.services.config.nsxRelease

  app.get(
    '/api/v1/node/version',
    {
      schema: { summary: 'Read the version of this node', response: { 200: NodeVersion, ...errorAnswers } },
      config: anyAccount,
    },
    async () => ({ node_version: version, product_version: version }),
  )
}
