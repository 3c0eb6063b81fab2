import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import {
  type ApiServiceConfig,
  type LoggingLevel,
  loggingLevels,
  type StoredApiService,
} from '../../../../access/api-service.ts'
import { answerChange } from '../../../answer-change.ts'
import { optional, type SentSettings, sentSettings, servedSettings, wireSettings } from '../../api-service-wire.ts'
import { inferred } from '../../inferred.ts'
import { changeSystem, readSystem } from '../../permissions.ts'
import { Empty, errorAnswers, readOnly, SelfLink } from '../../wire.ts'

const settingsOf = (defaults: ApiServiceConfig) => ({
  ...servedSettings(defaults),
  logging_level: Type.Enum([...loggingLevels], { default: 'INFO' }),
})

const self = { _schema: Type.String(), _self: SelfLink }

const propertiesOf = (settings: ReturnType<typeof settingsOf>) =>
  Type.Object(
    {
      ...self,
      service_name: Type.Literal('http'),
      service_properties: Type.Object(
        { ...settings, certificate: Type.Object({ pem_encoded: Type.String() }) },
        { description: 'HttpServiceProperties' },
      ),
    },
    { description: 'NodeHttpServiceProperties' },
  )

const changeOf = (settings: ReturnType<typeof settingsOf>) =>
  Type.Object(
    {
      service_name: Type.Literal('http'),
      service_properties: Type.Object(
        { ...optional(settings), certificate: readOnly },
        { additionalProperties: false, description: 'What is left out stays as it is' },
      ),
      _schema: readOnly,
      _self: readOnly,
      _links: readOnly,
    },
    { additionalProperties: false, description: 'NodeHttpServiceProperties' },
  )

const Status = Type.Object(
  {
    ...self,
    runtime_state: Type.Enum(['running', 'stopped']),
    health: Type.Enum(['STABLE', 'DEGRADED']),
    pids: Type.Array(Type.Integer()),
  },
  { description: 'NodeServiceStatusProperties' },
)

interface Sent {
  service_properties: SentSettings & { logging_level?: LoggingLevel }
}

const url = '/api/v1/node/services/http'
const link = (href: string) => ({ href, rel: 'self' })

const shown = ({ config }: StoredApiService) => ({ ...wireSettings(config), logging_level: config.loggingLevel })

/** Only what was sent. */
function sentChanges({ logging_level, ...sent }: Sent['service_properties']): Partial<ApiServiceConfig> {
  const changes = { ...sentSettings(sent, {} as ApiServiceConfig), loggingLevel: logging_level }
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
}

/**
 * `/node/services/http`: the settings of `/cluster/api-service` as older clients know them, the same on every node.
 *
 * @see nsx-api.md 7.6
 */
export const httpServiceRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { apiService } = app.services
  const settings = settingsOf(apiService.defaults)
  const [Properties, PropertiesChange] = [propertiesOf(settings), changeOf(settings)]

  const properties = (stored: StoredApiService) => ({
    _schema: 'NodeHttpServiceProperties',
    _self: link('/node/services/http'),
    service_name: 'http' as const,
    service_properties: { ...shown(stored), certificate: inferred.servedCertificate(apiService.certificate()) },
  })
  // Whoever can ask finds it running.
  const status = () => ({
    _schema: 'NodeServiceStatusProperties',
    _self: link('/node/services/http/status'),
    runtime_state: 'running' as const,
    health: 'STABLE' as const,
    pids: [process.pid],
  })
  const statusAnswer = { 200: Status, ...errorAnswers }

  app.get(
    url,
    {
      schema: { summary: 'Read the HTTP service', response: { 200: Properties, ...errorAnswers } },
      config: readSystem,
    },
    async () => properties(apiService.read()),
  )

  app.put(
    url,
    {
      schema: {
        summary: 'Change the HTTP service of all managers',
        body: PropertiesChange,
        response: { 202: Properties, ...errorAnswers },
      },
      config: changeSystem,
    },
    async (request, reply) => {
      const { service_properties } = request.body as Sent
      return answerChange<StoredApiService>(request, reply, { status: 202, body: properties, show: shown }, (call) =>
        apiService.adjust(call, sentChanges(service_properties)),
      )
    },
  )

  app.get(
    `${url}/status`,
    { schema: { summary: 'Read the state of the HTTP service', response: statusAnswer }, config: readSystem },
    async () => status(),
  )

  app.post(
    url,
    {
      schema: { summary: 'Start the HTTP service, which runs', response: statusAnswer },
      config: { ...changeSystem, action: 'start' },
    },
    async () => status(),
  )

  app.post(
    url,
    {
      schema: { summary: 'Put the stored settings in force again', response: { 202: Empty, ...errorAnswers } },
      config: { ...changeSystem, action: 'restart' },
    },
    async (request, reply) => answerChange(request, reply, { status: 202 }, (call) => apiService.restart(call)),
  )

  app.post(
    url,
    {
      schema: {
        summary: 'Refused: nothing could start the HTTP service again',
        response: { 200: Empty, ...errorAnswers },
      },
      config: { ...changeSystem, action: 'stop' },
    },
    async () => apiService.stop(),
  )
}
