import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { inferred } from './inferred.ts'
import { anyAccount } from './permissions.ts'
import { errorAnswers, SelfLink } from './wire.ts'

const NodeProperties = Type.Object(
  {
    _schema: Type.String(),
    _self: SelfLink,
    fully_qualified_domain_name: Type.String(),
    hostname: Type.String(),
    kernel_version: Type.String(),
    node_type: Type.Literal('NSX Manager'),
    node_uuid: Type.String(),
    node_version: Type.String(),
    product_version: Type.String(),
    system_datetime: Type.String(),
    system_time: Type.Integer({ description: 'Milliseconds since 1970' }),
    timezone: Type.String(),
  },
  { description: 'NodeProperties' },
)

const NodeVersion = Type.Object(
  { node_version: Type.String(), product_version: Type.String() },
  { description: 'NodeVersion' },
)

/** `/node` and `/node/version`: what clients ask first. @see nsx-api.md 0.1 */
export const nodeRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { clock, config } = app.services
  const version = { node_version: config.nsxRelease.version, product_version: config.nsxRelease.version }

  app.get(
    '/api/v1/node',
    { schema: { summary: 'Read this node', response: { 200: NodeProperties, ...errorAnswers } }, config: anyAccount },
    async ({ manager }) => ({
      _schema: 'NodeProperties',
      _self: { href: '/node', rel: 'self' },
      fully_qualified_domain_name: manager.name,
      hostname: manager.name,
      kernel_version: inferred.kernelVersion,
      node_type: 'NSX Manager' as const,
      node_uuid: manager.id,
      ...version,
      system_datetime: new Date(clock()).toISOString(),
      system_time: clock(),
      timezone: 'Etc/UTC',
    }),
  )

  app.get(
    '/api/v1/node/version',
    {
      schema: { summary: 'Read the version of this node', response: { 200: NodeVersion, ...errorAnswers } },
      config: anyAccount,
    },
    async () => version,
  )
}
