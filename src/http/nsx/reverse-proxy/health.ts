import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { anyAccount } from '../permissions.ts'
import { errorAnswers } from '../wire.ts'

const Health = Type.Object({ healthy: Type.Boolean(), components_health: Type.String() })
const components = ['POLICY', 'SEARCH', 'MANAGER', 'NODE_MGMT', 'UI']

/** `/reverse-proxy/node/health` @see nsx-api.md 0.1 */
export const healthRoute: FastifyPluginAsyncTypebox = async (app) => {
  const { addresses } = app.services
  app.get(
    '/api/v1/reverse-proxy/node/health',
    {
      schema: { summary: 'Read the health of this node', response: { 200: Health, ...errorAnswers } },
      config: anyAccount,
    },
    async ({ manager }) => {
      const healthy = addresses.isListening(manager.id)
      return { healthy, components_health: components.map((name) => `${name}:${healthy ? 'UP' : 'DOWN'}`).join(', ') }
    },
  )
}
