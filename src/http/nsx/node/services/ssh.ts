import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Call } from '../../../../access/call.ts'
import type { NodeSettings } from '../../../../access/nodes/node-settings.ts'
import { answerChange } from '../../../answer-change.ts'
import { shownText } from '../../node.ts'
import { changeSystem, readSystem } from '../../permissions.ts'
import type { Scope } from '../../scope.ts'
import { Empty, errorAnswers, readOnly, SelfLink } from '../../wire.ts'

const settings = {
  start_on_boot: Type.Boolean({ description: 'Whether the service runs when the server has started' }),
  root_login: Type.Boolean(),
  banner: Type.String({ maxLength: 4096, pattern: shownText, description: 'Shown before anybody signs in' }),
}

const Properties = Type.Object(
  {
    _schema: Type.String(),
    _self: SelfLink,
    service_name: Type.Literal('ssh'),
    service_properties: Type.Object(
      {
        ...settings,
        protocol_version: Type.Enum(['1.0', '2.0', '1.99']),
        host_keys: Type.Array(
          Type.Object(
            { key_type: Type.String(), key_size: Type.Integer({ description: 'Bits' }) },
            { description: 'HostKeyProperties' },
          ),
        ),
      },
      { description: 'SshServiceProperties' },
    ),
  },
  { description: 'NodeSshServiceProperties' },
)

const PropertiesChange = Type.Object(
  {
    service_name: Type.Literal('ssh'),
    service_properties: Type.Object(
      {
        start_on_boot: Type.Optional(settings.start_on_boot),
        root_login: Type.Optional(settings.root_login),
        banner: Type.Optional(settings.banner),
        protocol_version: readOnly,
        host_keys: readOnly,
      },
      { additionalProperties: false, description: 'What is left out stays as it is' },
    ),
    _schema: readOnly,
    _self: readOnly,
    _links: readOnly,
  },
  { additionalProperties: false, description: 'NodeSshServiceProperties' },
)

const Status = Type.Object(
  {
    _schema: Type.String(),
    _self: SelfLink,
    health: Type.Enum(['STABLE', 'DEGRADED']),
    pids: Type.Array(Type.Integer(), { description: 'Empty while the service is stopped' }),
    runtime_state: Type.Enum(['running', 'stopped']),
  },
  { description: 'NodeServiceStatusProperties' },
)

const actions = [
  ['start', 'Start the SSH service'],
  ['stop', 'Stop the SSH service; consoles that are open stay open'],
  ['restart', 'Restart the SSH service; consoles that are open stay open'],
] as const

/** `/node/services/ssh` @see NSX REST API 9.1, NodeSshServiceProperties */
export const sshServiceRoutes: FastifyPluginAsyncTypebox<{ scope: Scope }> = async (app, { scope }) => {
  const { nodeSettings, sshServices } = app.services
  const params = Type.Object(scope.params)
  const url = '/node/services/ssh'

  const self = (request: FastifyRequest, path: string) => ({ href: `${scope.href(request)}${path}`, rel: 'self' })
  const shown = ({ sshStartOnBoot, sshRootLogin, sshBanner }: NodeSettings) => ({
    start_on_boot: sshStartOnBoot,
    root_login: sshRootLogin,
    banner: sshBanner,
  })
  const properties = (request: FastifyRequest) => {
    const { id } = scope.appliance(request)
    return (stored: NodeSettings) => ({
      _schema: 'NodeSshServiceProperties',
      _self: self(request, url),
      service_name: 'ssh' as const,
      service_properties: {
        ...shown(stored),
        protocol_version: '2.0' as const,
        host_keys: sshServices.hostKeys(id).map(({ type, size }) => ({ key_type: type, key_size: size })),
      },
    })
  }
  const status = (request: FastifyRequest, isRunning: boolean) => ({
    _schema: 'NodeServiceStatusProperties',
    _self: self(request, `${url}/status`),
    health: 'STABLE' as const,
    pids: isRunning ? [process.pid] : [],
    runtime_state: isRunning ? ('running' as const) : ('stopped' as const),
  })

  app.get(
    url,
    {
      schema: { summary: 'Read the SSH service', params, response: { 200: Properties, ...errorAnswers } },
      config: readSystem,
    },
    async (request) => properties(request)(nodeSettings.read(scope.appliance(request).id)),
  )

  app.put(
    url,
    {
      schema: {
        summary: 'Change the SSH service',
        params,
        body: PropertiesChange,
        response: { 200: Properties, ...errorAnswers },
      },
      config: changeSystem,
    },
    async (request, reply) => {
      const { id } = scope.appliance(request)
      const { start_on_boot, root_login, banner } = request.body.service_properties
      const changes = {
        ...(start_on_boot === undefined ? {} : { sshStartOnBoot: start_on_boot }),
        ...(root_login === undefined ? {} : { sshRootLogin: root_login }),
        ...(banner === undefined ? {} : { sshBanner: banner }),
      }
      return answerChange<NodeSettings>(request, reply, { body: properties(request), show: shown }, (call) =>
        nodeSettings.change(call, id, changes),
      )
    },
  )

  app.get(
    `${url}/status`,
    {
      schema: { summary: 'Read the state of the SSH service', params, response: { 200: Status, ...errorAnswers } },
      config: readSystem,
    },
    async (request) => status(request, sshServices.isRunning(scope.appliance(request).id)),
  )

  for (const [action, summary] of actions) {
    for (const path of [url, `${url}/notify_mpa`]) {
      app.post(
        path,
        {
          schema: { summary, params, response: { 200: Status, ...errorAnswers } },
          config: { ...changeSystem, action },
        },
        async (request, reply) => {
          const { id } = scope.appliance(request)
          const body = () => status(request, action !== 'stop')
          const show = (state: unknown) => state
          return answerChange<unknown>(request, reply, { body, show }, (call: Call) => sshServices[action](call, id))
        },
      )
    }
  }

  app.delete(
    url,
    {
      schema: { summary: 'Remove the banner of the SSH service', params, response: { 200: Empty, ...errorAnswers } },
      config: { ...changeSystem, action: 'clear_banner' },
    },
    async (request, reply) => {
      const { id } = scope.appliance(request)
      return answerChange<NodeSettings>(request, reply, { show: shown }, (call) =>
        nodeSettings.change(call, id, { sshBanner: '' }),
      )
    },
  )
}
