import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { NodeSettings } from '../../access/nodes/node-settings.ts'
import { answerChange } from '../answer-change.ts'
import { RequestError } from '../request-error.ts'
import { inferred } from './inferred.ts'
import { anyAccount, changeSystem } from './permissions.ts'
import type { Scope } from './scope.ts'
import { errorAnswers, readOnly, SelfLink } from './wire.ts'

/** Shown on terminals: no control characters but line ends and tabs. */
export const shownText = '^[\\n\\r\\t\\P{Cc}]*$'

const settings = {
  motd: Type.String({ maxLength: 4096, pattern: shownText, description: 'Shown when a console opens' }),
  timezone: Type.String({ minLength: 1, maxLength: 64 }),
  cli_timeout: Type.Integer({
    minimum: 0,
    maximum: inferred.longestCliTimeout,
    description: 'Seconds without a key after which a console closes; 0: never',
  }),
  cli_output_datetime: Type.Boolean(),
  cli_output_deprecate_warn: Type.Boolean(),
  cli_history_size: Type.Integer({ minimum: 0, maximum: 10_000 }),
}

const NodeProperties = Type.Object(
  {
    _schema: Type.String(),
    _self: SelfLink,
    ...settings,
    export_type: Type.Enum(['RESTRICTED', 'UNRESTRICTED']),
    fully_qualified_domain_name: Type.String(),
    hostname: Type.String(),
    kernel_version: Type.String(),
    node_type: Type.Enum(['NSX Manager', 'NSX Edge']),
    node_uuid: Type.String(),
    node_version: Type.String(),
    product_version: Type.String(),
    system_datetime: Type.String(),
    system_time: Type.Integer({ description: 'Milliseconds since 1970' }),
  },
  { description: 'NodeProperties' },
)

const NodePropertiesChange = Type.Object(
  {
    _schema: readOnly,
    _self: readOnly,
    _links: readOnly,
    motd: Type.Optional(settings.motd),
    timezone: Type.Optional(settings.timezone),
    cli_timeout: Type.Optional(settings.cli_timeout),
    cli_output_datetime: Type.Optional(settings.cli_output_datetime),
    cli_output_deprecate_warn: Type.Optional(settings.cli_output_deprecate_warn),
    cli_history_size: Type.Optional(settings.cli_history_size),
    cli_coredump_config: Type.Optional(Type.Object({}, { description: 'Not built' })),
    hostname: Type.Optional(Type.String({ maxLength: 255, description: 'Only as it is' })),
    export_type: readOnly,
    fully_qualified_domain_name: readOnly,
    kernel_version: readOnly,
    node_type: readOnly,
    node_uuid: readOnly,
    node_version: readOnly,
    product_version: readOnly,
    system_datetime: readOnly,
    system_time: readOnly,
  },
  { additionalProperties: false, description: 'NodeProperties; what is left out stays as it is' },
)

/** `/node` of a manager or an edge @see NSX REST API 9.1, NodeProperties */
export const nodeRoutes: FastifyPluginAsyncTypebox<{ scope: Scope }> = async (app, { scope }) => {
  const { clock, config, nodeSettings } = app.services
  const params = Type.Object(scope.params)
  const url = '/node'

  const wireSettings = (stored: NodeSettings) => ({
    motd: stored.motd,
    timezone: stored.timezone,
    cli_timeout: stored.cliTimeout,
    cli_output_datetime: stored.cliOutputDatetime,
    cli_output_deprecate_warn: stored.cliOutputDeprecateWarn,
    cli_history_size: stored.cliHistorySize,
  })

  const wireNode = (request: FastifyRequest) => {
    const { id, kind, name } = scope.appliance(request)
    return (stored: NodeSettings) => ({
      _schema: 'NodeProperties',
      _self: { href: `${scope.href(request)}${url}`, rel: 'self' },
      ...wireSettings(stored),
      export_type: inferred.exportType,
      fully_qualified_domain_name: name,
      hostname: name,
      kernel_version: inferred.kernelVersion,
      node_type: kind === 'edge' ? ('NSX Edge' as const) : ('NSX Manager' as const),
      node_uuid: id,
      node_version: config.nsxRelease.version,
      product_version: config.nsxRelease.version,
      system_datetime: new Date(clock()).toISOString(),
      system_time: clock(),
    })
  }

  app.get(
    url,
    {
      schema: { summary: 'Read a node', params, response: { 200: NodeProperties, ...errorAnswers } },
      config: anyAccount,
    },
    async (request) => wireNode(request)(nodeSettings.read(scope.appliance(request).id)),
  )

  app.put(
    url,
    {
      schema: {
        summary: 'Change the settings of a node',
        params,
        body: NodePropertiesChange,
        response: { 200: NodeProperties, ...errorAnswers },
      },
      config: changeSystem,
    },
    async (request, reply) => {
      const { id, name } = scope.appliance(request)
      const { body } = request
      if (body.hostname !== undefined && body.hostname !== name) {
        throw new RequestError('not_built', `Changing hostname from ${name} to ${body.hostname} is not built`)
      }
      if (body.cli_coredump_config !== undefined) {
        throw new RequestError('not_built', 'Changing cli_coredump_config is not built')
      }
      return answerChange<NodeSettings>(request, reply, { body: wireNode(request), show: wireSettings }, (call) =>
        nodeSettings.change(call, id, sentSettings(body)),
      )
    },
  )
}

function sentSettings(body: Type.Static<typeof NodePropertiesChange>): Partial<NodeSettings> {
  const { motd, timezone, cli_timeout, cli_output_datetime, cli_output_deprecate_warn, cli_history_size } = body
  return {
    ...(motd === undefined ? {} : { motd }),
    ...(timezone === undefined ? {} : { timezone }),
    ...(cli_timeout === undefined ? {} : { cliTimeout: cli_timeout }),
    ...(cli_output_datetime === undefined ? {} : { cliOutputDatetime: cli_output_datetime }),
    ...(cli_output_deprecate_warn === undefined ? {} : { cliOutputDeprecateWarn: cli_output_deprecate_warn }),
    ...(cli_history_size === undefined ? {} : { cliHistorySize: cli_history_size }),
  }
}
