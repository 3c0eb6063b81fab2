import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { levels, namedFacilities, protocols, type SyslogExporter } from '../../../../audit/syslog-export/exporter.ts'
import { structuredDataPattern } from '../../../../audit/syslog-export/filter.ts'
import { answerChange } from '../../../answer-change.ts'
import { RequestError } from '../../../request-error.ts'
import { inferred } from '../../inferred.ts'
import { changeLogs, readLogs } from '../../permissions.ts'
import type { Scope } from '../../scope.ts'
import { Empty, errorAnswers, readOnly, SelfLink } from '../../wire.ts'

const links = { _links: readOnly, _schema: readOnly, _self: readOnly }
const pem = Type.Optional(Type.String({ minLength: 1, maxLength: 65_536 }))
/** HostnameOrIPv46Address */
export const syslogServer =
  '^(?:[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?(?:\\.[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?)*\\.?|(?=[^:]*:[^:]*:)[0-9A-Fa-f:]{2,39}(?:[0-9.]{7,15})?)$'
const server = Type.String({ minLength: 1, maxLength: 255, pattern: syslogServer })
const name = Type.String({ minLength: 1, maxLength: 255, pattern: inferred.exporterName })

/** Of VMware Aria Operations for Logs. */
const insightProtocols = ['LI', 'LI-TLS', 'LI-FLATJSON', 'LI-FLATJSON-TLS', 'LI-SYSLOG', 'LI-SYSLOG-TLS'] as const

type InsightProtocol = (typeof insightProtocols)[number]
const isInsight = (protocol: string): protocol is InsightProtocol => insightProtocols.some((one) => one === protocol)

const fields = {
  exporter_name: name,
  facilities: Type.Optional(
    Type.Array(Type.Enum([...namedFacilities]), { maxItems: 64, description: 'All when left out or empty' }),
  ),
  level: Type.Enum([...levels], { description: 'The least severe level that is exported' }),
  msgids: Type.Optional(
    Type.Array(Type.String({ maxLength: 255, pattern: '^.+$' }), { maxItems: 64, description: 'All when left out' }),
  ),
  port: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 65_535, default: 514, description: '514, or 9000 for LI and LI-TLS' }),
  ),
  protocol: Type.Enum([...protocols, ...insightProtocols], { description: 'Those that begin with LI are not built' }),
  server,
  structured_data: Type.Optional(
    Type.Array(Type.String({ maxLength: 1024, pattern: structuredDataPattern }), {
      maxItems: 64,
      description: 'name=value; all when left out',
    }),
  ),
  tls_ca_pem: pem,
  tls_cert_pem: pem,
  tls_client_ca_pem: pem,
}

const Exporter = Type.Object(
  { _schema: Type.String(), _self: SelfLink, ...fields },
  { description: 'NodeSyslogExporterProperties' },
)

const NewExporter = Type.Object(
  {
    ...fields,
    tls_key_pem: Type.Optional(
      Type.String({ minLength: 1, maxLength: 65_536, writeOnly: true, description: 'Never answered' }),
    ),
    ...links,
  },
  { additionalProperties: false, description: 'NodeSyslogExporterProperties' },
)

const ExporterList = Type.Object(
  { _schema: Type.String(), _self: SelfLink, result_count: Type.Integer(), results: Type.Array(Exporter) },
  { description: 'NodeSyslogExporterPropertiesListResult' },
)

const Service = Type.Object(
  { _schema: Type.String(), _self: SelfLink, service_name: Type.String() },
  { description: 'NodeServiceProperties' },
)

const Status = Type.Object(
  {
    _schema: Type.String(),
    _self: SelfLink,
    health: Type.Enum(['STABLE', 'DEGRADED']),
    monitor_runtime_state: Type.Enum(['running', 'stopped']),
    pids: Type.Array(Type.Integer()),
    reason: Type.Optional(Type.String({ description: 'What keeps which exporter from exporting' })),
    runtime_state: Type.Enum(['running', 'stopped']),
  },
  { description: 'NodeServiceStatusProperties' },
)

/** `/node/services/syslog` and its exporters @see NSX REST API 4.2 and 9.1, NodeSyslogExporterProperties */
export const syslogRoutes: FastifyPluginAsyncTypebox<{ scope: Scope }> = async (app, { scope }) => {
  const { syslogExporters } = app.services
  const params = Type.Object(scope.params)
  const exporterParams = Type.Object({ ...scope.params, exporterName: name })
  const service = '/node/services/syslog'
  const exporters = `${service}/exporters`

  const self = (request: FastifyRequest, path: string) => ({ href: `${scope.href(request)}${path}`, rel: 'self' })

  const wireExporter = (request: FastifyRequest) => (exporter: SyslogExporter) => ({
    _schema: 'NodeSyslogExporterProperties',
    _self: self(request, `${exporters}/${exporter.name}`),
    exporter_name: exporter.name,
    ...(exporter.facilities.length > 0 ? { facilities: [...exporter.facilities] } : {}),
    level: exporter.level,
    ...(exporter.msgids.length > 0 ? { msgids: [...exporter.msgids] } : {}),
    port: exporter.port,
    protocol: exporter.protocol,
    server: exporter.server,
    ...(exporter.structuredData.length > 0 ? { structured_data: [...exporter.structuredData] } : {}),
    ...(exporter.tlsCa === undefined ? {} : { tls_ca_pem: exporter.tlsCa }),
    ...(exporter.tlsCert === undefined ? {} : { tls_cert_pem: exporter.tlsCert }),
    ...(exporter.tlsClientCa === undefined ? {} : { tls_client_ca_pem: exporter.tlsClientCa }),
  })

  const status = (request: FastifyRequest) => {
    const problems = syslogExporters
      .states(scope.appliance(request).id)
      .flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name}: ${problem}`]))
    return {
      _schema: 'NodeServiceStatusProperties',
      _self: self(request, `${service}/status`),
      health: problems.length > 0 ? ('DEGRADED' as const) : ('STABLE' as const),
      monitor_runtime_state: 'running' as const,
      pids: [process.pid],
      ...(problems.length > 0 ? { reason: problems.join('; ') } : {}),
      runtime_state: 'running' as const,
    }
  }

  app.get(
    service,
    {
      schema: { summary: 'Read the syslog service', params, response: { 200: Service, ...errorAnswers } },
      config: readLogs,
    },
    async (request) => {
      scope.appliance(request)
      return { _schema: 'NodeServiceProperties', _self: self(request, service), service_name: 'syslog' }
    },
  )

  app.get(
    `${service}/status`,
    {
      schema: {
        summary: 'Read whether lines reach the collectors',
        params,
        response: { 200: Status, ...errorAnswers },
      },
      config: readLogs,
    },
    async (request) => status(request),
  )

  for (const [action, summary] of [
    ['restart', 'Connect to all collectors anew'],
    ['start', 'Start the syslog service, which always runs'],
  ] as const) {
    app.post(
      service,
      {
        schema: { summary, params, response: { 200: Status, ...errorAnswers } },
        config: { ...changeLogs, action },
      },
      async (request) => {
        const { id } = scope.appliance(request)
        if (action === 'restart') syslogExporters.restart(id)
        return status(request)
      },
    )
  }

  app.get(
    exporters,
    {
      schema: { summary: 'List syslog exporters', params, response: { 200: ExporterList, ...errorAnswers } },
      config: readLogs,
    },
    async (request) => {
      const results = (await syslogExporters.list(scope.appliance(request).id)).map(wireExporter(request))
      return {
        _schema: 'NodeSyslogExporterPropertiesListResult',
        _self: self(request, exporters),
        result_count: results.length,
        results,
      }
    },
  )

  app.post(
    exporters,
    {
      schema: {
        summary: 'Add a syslog exporter',
        params,
        body: NewExporter,
        response: { 201: Exporter, ...errorAnswers },
      },
      config: changeLogs,
    },
    async (request, reply) => {
      const { body } = request
      const { protocol } = body
      if (isInsight(protocol)) {
        throw new RequestError('not_built', `Export with protocol ${protocol} is not built`)
      }
      const exporter = {
        applianceId: scope.appliance(request).id,
        name: body.exporter_name,
        level: body.level,
        facilities: body.facilities ?? [],
        msgids: body.msgids ?? [],
        structuredData: body.structured_data ?? [],
        protocol,
        server: body.server,
        port: body.port ?? inferred.syslogPort,
        ...(body.tls_ca_pem === undefined ? {} : { tlsCa: body.tls_ca_pem }),
        ...(body.tls_cert_pem === undefined ? {} : { tlsCert: body.tls_cert_pem }),
        ...(body.tls_client_ca_pem === undefined ? {} : { tlsClientCa: body.tls_client_ca_pem }),
        ...(body.tls_key_pem === undefined ? {} : { tlsKey: body.tls_key_pem }),
      }
      return answerChange<SyslogExporter>(request, reply, { status: 201, body: wireExporter(request) }, (call) =>
        syslogExporters.add(call, exporter),
      )
    },
  )

  app.delete(
    exporters,
    {
      schema: { summary: 'Remove all syslog exporters', params, response: { 200: Empty, ...errorAnswers } },
      config: changeLogs,
    },
    async (request, reply) => {
      const { id } = scope.appliance(request)
      const show = (removed: SyslogExporter[]) => removed.map(wireExporter(request))
      return answerChange<SyslogExporter[]>(request, reply, { show }, (call) => syslogExporters.removeAll(call, id))
    },
  )

  app.post(
    exporters,
    {
      schema: { summary: 'Try all collectors again now', params, response: { 200: Empty, ...errorAnswers } },
      config: { ...changeLogs, action: 'verify' },
    },
    async (request, reply) => {
      syslogExporters.verify(scope.appliance(request).id)
      return reply.send('')
    },
  )

  app.get(
    `${exporters}/:exporterName`,
    {
      schema: {
        summary: 'Read a syslog exporter',
        params: exporterParams,
        response: { 200: Exporter, ...errorAnswers },
      },
      config: readLogs,
    },
    async (request) =>
      wireExporter(request)(await syslogExporters.read(scope.appliance(request).id, request.params.exporterName)),
  )

  app.delete(
    `${exporters}/:exporterName`,
    {
      schema: {
        summary: 'Remove a syslog exporter',
        params: exporterParams,
        response: { 200: Empty, ...errorAnswers },
      },
      config: changeLogs,
    },
    async (request, reply) => {
      const { id } = scope.appliance(request)
      const show = wireExporter(request)
      return answerChange<SyslogExporter>(request, reply, { show }, (call) =>
        syslogExporters.remove(call, id, request.params.exporterName),
      )
    },
  )
}
