import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { AccessError } from '../../access/errors.ts'
import type { Appliance } from '../../inventory/appliances.ts'

/** One of the three ways to name the appliance that a node API call is about. @see nsx-api.md 4 */
export interface Scope {
  kind: 'node' | 'cluster' | 'transport-node'
  prefix: string
  /** Path parameters that the prefix has. */
  params: Record<string, Type.TString>
  /** The appliance addressed. @throws {AccessError} `not_found` */
  appliance(request: FastifyRequest): Appliance
  /** Where the addressed appliance's links begin. */
  href(request: FastifyRequest): string
}

const applianceId = Type.String({ minLength: 1, maxLength: 255 })

function param(request: FastifyRequest, name: string): string {
  return (request.params as Record<string, string>)[name] ?? ''
}

function found(appliance: Appliance | undefined, id: string): Appliance {
  if (!appliance) throw new AccessError('not_found', id)
  return appliance
}

export const nodeScope: Scope = {
  kind: 'node',
  prefix: '/api/v1',
  params: {},
  appliance: (request) => request.manager,
  href: () => '',
}

export const clusterScope: Scope = {
  kind: 'cluster',
  prefix: '/api/v1/cluster/:clusterNodeId',
  params: { clusterNodeId: applianceId },
  appliance(request) {
    const id = param(request, 'clusterNodeId')
    return found(request.server.services.appliances.manager(id), id)
  },
  href: (request) => `/cluster/${param(request, 'clusterNodeId')}`,
}

export const transportNodeScope: Scope = {
  kind: 'transport-node',
  prefix: '/api/v1/transport-nodes/:transportNodeId',
  params: { transportNodeId: applianceId },
  appliance(request) {
    const id = param(request, 'transportNodeId')
    return found(request.server.services.appliances.edge(id), id)
  },
  href: (request) => `/transport-nodes/${param(request, 'transportNodeId')}`,
}

export const scopes = [nodeScope, clusterScope, transportNodeScope]
