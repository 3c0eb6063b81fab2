import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { AccessError } from '../../access/errors.ts'
import type { Appliance } from '../../inventory/appliances.ts'
import { readSystem } from './permissions.ts'
import { errorAnswers, ListQuery, listOf, pageOf } from './wire.ts'

/** What runs on every manager node; what listens for the API is HTTP as an entity and HTTPS as a group. */
const entityTypes = ['HTTP', 'DATASTORE', 'MANAGER', 'POLICY', 'CONTROLLER'] as const
const groupTypes = ['HTTPS', 'DATASTORE', 'MANAGER', 'POLICY', 'CONTROLLER'] as const

const Endpoint = Type.Object({ ip_address: Type.String(), port: Type.Integer() }, { description: 'ServiceEndpoint' })

const ClusterNode = Type.Object(
  {
    node_uuid: Type.String(),
    fqdn: Type.String(),
    status: Type.Enum(['JOINING', 'JOINED', 'REMOVING', 'REMOVED']),
    api_listen_addr: Endpoint,
    entities: Type.Array(
      Type.Object({ entity_type: Type.Enum([...entityTypes]), ip_address: Type.String(), port: Type.Integer() }),
    ),
    certificates: Type.Array(Type.Unknown()),
  },
  { description: 'ClusterNodeInfo' },
)

const Cluster = Type.Object(
  {
    cluster_id: Type.String(),
    mgmt_cluster_changes_allowed: Type.Boolean(),
    control_cluster_changes_allowed: Type.Boolean(),
    nodes: Type.Array(ClusterNode),
    _revision: Type.Integer(),
  },
  { description: 'ClusterConfig' },
)

const ClusterNodeConfig = Type.Object(
  {
    resource_type: Type.Optional(Type.String()),
    id: Type.Optional(Type.String()),
    display_name: Type.Optional(Type.String()),
    external_id: Type.Optional(Type.String()),
    appliance_mgmt_listen_addr: Type.Optional(Type.String()),
    manager_role: Type.Optional(
      Type.Object({
        type: Type.String(),
        api_listen_addr: Endpoint,
        mgmt_cluster_listen_addr: Endpoint,
        mgmt_plane_listen_addr: Endpoint,
      }),
    ),
  },
  { description: 'ClusterNodeConfig' },
)

const state = Type.Enum(['STABLE', 'DEGRADED'])
const StatusOf = Type.Object({ status: state })
const ClusterStatus = Type.Object(
  {
    cluster_id: Type.String(),
    mgmt_cluster_status: StatusOf,
    control_cluster_status: StatusOf,
    detailed_cluster_status: Type.Object({
      cluster_id: Type.String(),
      overall_status: state,
      groups: Type.Array(
        Type.Object({
          group_type: Type.Enum([...groupTypes]),
          group_status: state,
          members: Type.Array(
            Type.Object({
              member_uuid: Type.String(),
              member_fqdn: Type.String(),
              member_status: Type.Enum(['UP', 'DOWN']),
            }),
          ),
        }),
      ),
    }),
  },
  { description: 'ClusterStatus' },
)

/** `/cluster` @see nsx-api.md 4.3 */
export const clusterRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { appliances, addresses } = app.services

  const endpoint = (node: Appliance) => {
    const { ipAddress, port } = addresses.https(node.id)
    return { ip_address: ipAddress, port }
  }
  const clusterNode = (node: Appliance) => {
    const { ip_address, port } = endpoint(node)
    return {
      node_uuid: node.id,
      fqdn: node.name,
      status: 'JOINED' as const,
      api_listen_addr: { ip_address, port },
      entities: entityTypes.map((entity_type) => ({ entity_type, ip_address, port })),
      certificates: [],
    }
  }

  app.get(
    '/api/v1/cluster',
    {
      schema: { summary: 'Read the cluster', response: { 200: Cluster, ...errorAnswers } },
      config: { ...readSystem, operation: { module: 'Cluster', name: 'ReadClusterConfig' } },
    },
    async () => ({
      cluster_id: appliances.clusterId,
      mgmt_cluster_changes_allowed: true,
      control_cluster_changes_allowed: true,
      nodes: appliances.managers.map(clusterNode),
      _revision: 0,
    }),
  )

  app.get(
    '/api/v1/cluster/:clusterNodeId',
    {
      schema: {
        summary: 'Read a node of the cluster',
        params: Type.Object({ clusterNodeId: Type.String({ maxLength: 255 }) }),
        response: { 200: ClusterNode, ...errorAnswers },
      },
      config: { ...readSystem, operation: { module: 'Cluster', name: 'ReadClusterNodeConfig' } },
    },
    ({ params }) => {
      const node = appliances.manager(params.clusterNodeId)
      if (!node) throw new AccessError('not_found', params.clusterNodeId)
      return clusterNode(node)
    },
  )

  app.get(
    '/api/v1/cluster/nodes',
    {
      schema: {
        summary: 'List the nodes of the cluster',
        querystring: ListQuery,
        response: { 200: listOf(ClusterNodeConfig, 'ClusterNodeConfigListResult'), ...errorAnswers },
      },
      config: { ...readSystem, operation: { module: 'Cluster', name: 'ListClusterNodeConfigs' } },
    },
    async ({ query }) => {
      const nodes = appliances.managers.map((node) => ({
        resource_type: 'ClusterNodeConfig',
        id: node.id,
        display_name: node.name,
        external_id: node.id,
        appliance_mgmt_listen_addr: endpoint(node).ip_address,
        manager_role: {
          type: 'ManagementClusterRoleConfig',
          api_listen_addr: endpoint(node),
          mgmt_cluster_listen_addr: endpoint(node),
          mgmt_plane_listen_addr: endpoint(node),
        },
      }))
      return pageOf(nodes, query, 'display_name')
    },
  )

  app.get(
    '/api/v1/cluster/status',
    {
      schema: { summary: 'Read the status of the cluster', response: { 200: ClusterStatus, ...errorAnswers } },
      config: { ...readSystem, operation: { module: 'Cluster', name: 'ReadClusterStatus' } },
    },
    async () => {
      const up = (node: Appliance) => addresses.isListening(node.id)
      const all = appliances.managers.every(up)
      const status = all ? ('STABLE' as const) : ('DEGRADED' as const)
      return {
        cluster_id: appliances.clusterId,
        mgmt_cluster_status: { status },
        control_cluster_status: { status },
        detailed_cluster_status: {
          cluster_id: appliances.clusterId,
          overall_status: status,
          groups: groupTypes.map((group_type) => ({
            group_type,
            group_status: status,
            members: appliances.managers.map((node) => ({
              member_uuid: node.id,
              member_fqdn: node.name,
              member_status: up(node) ? ('UP' as const) : ('DOWN' as const),
            })),
          })),
        },
      }
    },
  )
}
