import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { ApiServiceConfig, ReplacedApiServiceConfig, StoredApiService } from '../../../access/api-service.ts'
import { requireRevision } from '../../../access/managed.ts'
import { answerChange } from '../../answer-change.ts'
import { optional, sentSettings, servedSettings, wireSettings } from '../api-service-wire.ts'
import { descriptionFields, descriptionOf } from '../description.ts'
import { changeSystem, readSystem } from '../permissions.ts'
import { errorAnswers, managedFields, readOnly, readOnlyManaged, wireManaged } from '../wire.ts'

const settingsOf = (defaults: ApiServiceConfig) => ({
  ...servedSettings(defaults),
  lockout_immune_addresses: Type.Array(Type.String({ maxLength: 64 }), {
    maxItems: 1000,
    default: [],
    description: 'IP addresses whose failed sign-ins are not counted',
  }),
})

const names = {
  resource_type: Type.String(),
  id: Type.String(),
  ...descriptionFields,
  display_name: Type.String(),
}

const answerOf = (settings: ReturnType<typeof settingsOf>) =>
  Type.Object({ ...settings, ...names, ...managedFields }, { description: 'ApiServiceConfig' })

const changeOf = (settings: ReturnType<typeof settingsOf>) =>
  Type.Object(
    {
      ...optional(settings),
      _revision: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: '^[0-9]{1,9}$' })])),
      ...readOnlyManaged,
      resource_type: readOnly,
      id: readOnly,
      ...descriptionFields,
    },
    { additionalProperties: false, description: 'ApiServiceConfig; what is left out returns to its default' },
  )

function wireConfig({ config, description, ...managed }: StoredApiService) {
  return {
    ...wireSettings(config),
    lockout_immune_addresses: config.lockoutImmuneAddresses,
    resource_type: 'ApiServiceConfig',
    id: 'reverse_proxy_config',
    display_name: 'reverse_proxy_config',
    ...description,
    ...wireManaged(managed),
  }
}

interface Sent extends Partial<Omit<ReturnType<typeof wireConfig>, '_revision'>> {
  _revision?: number | string
}

function sentConfig(sent: Sent, defaults: ApiServiceConfig): ReplacedApiServiceConfig {
  return {
    ...sentSettings(sent, defaults),
    lockoutImmuneAddresses: sent.lockout_immune_addresses ?? defaults.lockoutImmuneAddresses,
  }
}

/** What the STIG playbooks send: the stored revision plus one. @see nsx-api.md 7.4 */
function requireRevisionOrNext(stored: number, given: number | undefined): void {
  if (given !== stored + 1) requireRevision(stored, given)
}

/** Says that a `_revision` was taken which is not the stored one, as a number. @see RFC 7234, 5.5 */
function warningOf(sent: number | string | undefined, stored: number): Record<string, string> {
  if (sent === stored) return {}
  const text = `_revision ${JSON.stringify(sent).replace(/"/g, "'")} was taken for ${stored}; apiServiceRevision: strict refuses it`
  return { warning: `299 - "${text}"` }
}

/** `/cluster/api-service` @see nsx-api.md 7 */
export const apiServiceRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { apiService, config } = app.services
  const settings = settingsOf(apiService.defaults)
  const [ApiServiceConfigAnswer, ApiServiceConfigChange] = [answerOf(settings), changeOf(settings)]
  const operation = (name: string) => ({ operation: { module: 'ApiService', name } })

  for (const url of ['/api/v1/cluster/api-service', '/policy/api/v1/cluster/api-service']) {
    app.get(
      url,
      {
        schema: {
          summary: 'Read the API service configuration',
          response: { 200: ApiServiceConfigAnswer, ...errorAnswers },
        },
        config: { ...readSystem, ...operation('GetApiServiceConfig') },
      },
      async () => wireConfig(apiService.read()),
    )

    app.put(
      url,
      {
        schema: {
          summary: 'Replace the API service configuration',
          body: ApiServiceConfigChange,
          response: { 200: ApiServiceConfigAnswer, ...errorAnswers },
        },
        config: { ...changeSystem, ...operation('UpdateApiServiceConfig') },
      },
      async (request, reply) => {
        const sent = request.body as Sent
        const lenient = config.lenientRevision
        const given =
          typeof sent._revision === 'string' ? (lenient ? Number(sent._revision) : undefined) : sent._revision
        const headers = ({ revision }: StoredApiService) => warningOf(sent._revision, revision - 1)
        return answerChange<StoredApiService>(request, reply, { body: wireConfig, headers }, (call) =>
          apiService.replace(
            call,
            sentConfig(sent, apiService.defaults),
            descriptionOf(sent),
            given,
            lenient ? requireRevisionOrNext : requireRevision,
          ),
        )
      },
    )
  }
}
