import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { AccessError } from '../../../access/errors.ts'
import type { NsxvConfiguration } from '../../../access/nsxv/configuration.ts'
import { RequestError } from '../../request-error.ts'
import { answer, answerChange, nsxvOf } from '../answer.ts'
import { Classed, document, Many, type Members } from '../document.ts'
import { inferred } from '../inferred.ts'
import { managesAppliance, reads, writes } from '../requirement.ts'

interface Component {
  id: string
  name: string
  description: string
  group: string
  uses: string[]
  usedBy: string[]
  isRunning(configuration: NsxvConfiguration): boolean
}

const always = () => true

/** @see nsxv-api.md 6; texts but those of SSH are inferred. */
const components: readonly Component[] = [
  {
    id: 'VPOSTGRES',
    name: 'vPostgres',
    description: 'vPostgres - Database service',
    group: 'COMMON',
    uses: [],
    usedBy: ['NSX'],
    isRunning: always,
  },
  {
    id: 'RABBITMQ',
    name: 'RabbitMQ',
    description: 'RabbitMQ - Messaging service',
    group: 'COMMON',
    uses: [],
    usedBy: ['NSX'],
    isRunning: always,
  },
  {
    id: 'NSX',
    name: 'NSX Manager',
    description: 'NSX Manager',
    group: 'NSXGRP',
    uses: ['VPOSTGRES', 'RABBITMQ'],
    usedBy: [],
    isRunning: always,
  },
  {
    id: 'NSXREPLICATOR',
    name: 'NSX Replicator',
    description: 'NSX Replicator',
    group: 'NSXGRP',
    uses: ['NSX'],
    usedBy: [],
    isRunning: () => false,
  },
  {
    id: 'SSH',
    name: 'SSH Service',
    description: 'Secure Shell',
    group: 'SYSTEM',
    uses: [],
    usedBy: [],
    isRunning: ({ ssh }) => ssh,
  },
]

interface Params {
  id: string
}

/**
 * `/api/1.0/appliance-management/components`. The RAML of 6.2 has a component at `/components/{id}`, later ones at
 * `/components/component/{id}`: both are served.
 */
export const componentRoutes: FastifyPluginAsync = async (app) => {
  const config = reads('appliance_management')

  for (const path of ['/components', '/summary/components']) {
    app.get(path, { config }, async (request, reply) => {
      const all = components.map((component) => componentMembers(component, request))
      return answer(request, reply, document('components', { component: new Many(all, '') }))
    })
  }

  for (const path of ['/components/:id', '/components/component/:id']) {
    app.get<{ Params: Params }>(path, { config }, async (request, reply) =>
      answer(request, reply, document('component', componentMembers(found(request.params.id), request))),
    )

    app.get<{ Params: Params }>(`${path}/status`, { config }, async (request, reply) =>
      answer(
        request,
        reply,
        document('result', {
          result: new Classed(statusOf(found(request.params.id), request), 'status'),
          operationStatus: 'SUCCESS',
        }),
      ),
    )

    for (const [name, of] of [
      ['dependencies', 'uses'],
      ['dependents', 'usedBy'],
    ] as const) {
      app.get<{ Params: Params }>(`${path}/${name}`, { config }, async (request, reply) =>
        answer(request, reply, document('list', { string: new Many(found(request.params.id)[of], '') })),
      )
    }
  }

  // Nothing of it runs by itself that could be stopped and started: it is there again as soon as the call is answered.
  app.post(
    '/components/component/APPMGMT/restart',
    { config: writes(managesAppliance, 'SYSTEM', 'RESTART', { answers: true }) },
    async (request, reply) =>
      answerChange(
        request,
        reply,
        (call) => call.change(async ({ values }) => values('APPMGMT', undefined)),
        () => document('result', { operationStatus: 'SUCCESS' }),
      ),
  )

  for (const [state, ssh] of [
    ['start', true],
    ['stop', false],
  ] as const) {
    app.post<{ Params: Params }>(
      `/components/component/:id/toggleStatus/${state}`,
      { config: writes(managesAppliance, 'SYSTEM', ssh ? 'START' : 'STOP', { answers: true }) },
      async (request: FastifyRequest<{ Params: Params }>, reply: FastifyReply) => {
        if (found(request.params.id).id !== 'SSH') {
          throw new RequestError('not_built', `Starting and stopping ${request.params.id} is not built yet`)
        }
        const { configuration } = nsxvOf(request)
        return answerChange(
          request,
          reply,
          (call) => configuration.change(call, (now) => ({ ...now, ssh })),
          () => document('result', { operationStatus: 'SUCCESS' }),
        )
      },
    )
  }
}

function found(id: string): Component {
  const component = components.find((one) => one.id === id)
  if (!component) throw new AccessError('not_found', `There is no component ${id}`, { value: id })
  return component
}

const statusOf = (component: Component, request: FastifyRequest) =>
  component.isRunning(nsxvOf(request).configuration.read()) ? 'RUNNING' : 'STOPPED'

function componentMembers(component: Component, request: FastifyRequest): Members {
  const { id, name, description, group, uses, usedBy } = component
  const status = statusOf(component, request)
  return {
    componentId: id,
    name,
    description,
    status,
    enabled: status === 'RUNNING',
    showTechSupportLogs: false,
    uses: { string: new Many(uses, '') },
    usedBy: { string: new Many(usedBy, '') },
    componentGroup: group,
    versionInfo: inferred.version,
  }
}
