import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { AccessError } from '../../access/errors.ts'
import type { Appliance } from '../../inventory/appliances.ts'
import { readNodes } from './permissions.ts'
import { errorAnswers, ListQuery, listOf, pageOf } from './wire.ts'

const optional = Type.Optional
const TransportNode = Type.Object(
  {
    node_id: optional(Type.String()),
    id: optional(Type.String()),
    display_name: optional(Type.String()),
    resource_type: optional(Type.String()),
    node_deployment_info: optional(
      Type.Object({
        resource_type: Type.String(),
        id: Type.String(),
        external_id: Type.String(),
        fqdn: Type.String(),
        ip_addresses: Type.Array(Type.String()),
      }),
    ),
    maintenance_mode: optional(Type.Enum(['ENABLED', 'FORCE_ENABLED', 'DISABLED'])),
    tags: optional(Type.Array(Type.Unknown())),
    _revision: optional(Type.Integer()),
  },
  { description: 'TransportNode' },
)

const Query = Type.Object({
  ...ListQuery.properties,
  node_id: optional(Type.String({ maxLength: 255 })),
  node_ip: optional(Type.String({ maxLength: 64 })),
  node_types: optional(Type.String({ maxLength: 255, description: 'Comma separated: EdgeNode, HostNode' })),
  in_maintenance_mode: optional(Type.Boolean()),
  transport_zone_id: optional(Type.String({ maxLength: 255 })),
})

/** The lab's edges: all there are, at no address of their own. */
function wireNode(edge: Appliance) {
  return {
    node_id: edge.id,
    id: edge.id,
    display_name: edge.name,
    resource_type: 'TransportNode',
    node_deployment_info: {
      resource_type: 'EdgeNode',
      id: edge.id,
      external_id: edge.id,
      fqdn: edge.name,
      ip_addresses: [],
    },
    maintenance_mode: 'DISABLED' as const,
    tags: [],
    _revision: 0,
  }
}

/** `/transport-nodes` @see nsx-api.md 4.3 */
export const transportNodeRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { appliances } = app.services

  app.get(
    '/api/v1/transport-nodes',
    {
      schema: {
        summary: 'List transport nodes',
        querystring: Query,
        response: { 200: listOf(TransportNode, 'TransportNodeListResult'), ...errorAnswers },
      },
      config: { ...readNodes, operation: { module: 'TransportNode', name: 'ListTransportNodes' } },
    },
    async ({ query }) => {
      const { node_id, node_ip, node_types, in_maintenance_mode, transport_zone_id } = query
      const wanted = node_types?.split(',')
      const nodes = appliances.edges.map(wireNode).filter(
        (node) =>
          (node_id === undefined || node.node_id === node_id) &&
          (wanted === undefined || wanted.includes(node.node_deployment_info.resource_type)) &&
          // Edges have no address and no transport zone here, and none is in maintenance.
          node_ip === undefined &&
          transport_zone_id === undefined &&
          in_maintenance_mode !== true,
      )
      return pageOf(nodes, query, 'display_name')
    },
  )

  app.get(
    '/api/v1/transport-nodes/:transportNodeId',
    {
      schema: {
        summary: 'Read a transport node',
        params: Type.Object({ transportNodeId: Type.String({ maxLength: 255 }) }),
        response: { 200: TransportNode, ...errorAnswers },
      },
      config: { ...readNodes, operation: { module: 'TransportNode', name: 'GetTransportNode' } },
    },
    async ({ params }) => {
      const edge = appliances.edge(params.transportNodeId)
      if (!edge) throw new AccessError('not_found', params.transportNodeId)
      return wireNode(edge)
    },
  )
}
