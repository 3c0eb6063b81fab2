import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import {
  type ApiServiceConfig,
  cipherSuiteAliases,
  cipherSuiteNames,
  defaultApiService,
  protocolNames,
  type StoredApiService,
} from '../../../access/api-service.ts'
import { requireRevision } from '../../../access/managed.ts'
import { answerChange } from '../../answer-change.ts'
import { changeSystem, readSystem } from '../permissions.ts'
import { errorAnswers, managedFields, readOnly, readOnlyManaged, wireManaged } from '../wire.ts'

const int32 = 2_147_483_647
const limit = (value: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: int32, default: value, description })
const switches = (names: readonly string[]) =>
  Type.Array(Type.Object({ name: Type.Enum([...names]), enabled: Type.Boolean() }, { additionalProperties: false }), {
    minItems: 1,
    maxItems: names.length,
  })

const defaults = defaultApiService
const settings = {
  session_timeout: limit(defaults.sessionTimeout, 'Seconds without a request after which a session ends; 0: never'),
  connection_timeout: limit(defaults.connectionTimeout, 'Seconds; 0: none'),
  protocol_versions: switches(protocolNames),
  cipher_suites: switches([...cipherSuiteNames, ...cipherSuiteAliases]),
  redirect_host: Type.String({ maxLength: 255, default: '' }),
  client_api_rate_limit: limit(defaults.clientApiRateLimit, 'Requests a second of one client; 0: no limit'),
  global_api_concurrency_limit: limit(defaults.globalApiConcurrencyLimit, 'Requests at once; 0: no limit'),
  client_api_concurrency_limit: limit(
    defaults.clientApiConcurrencyLimit,
    'Requests at once of one client; 0: no limit',
  ),
  basic_authentication_enabled: Type.Boolean({ default: true }),
  cookie_based_authentication_enabled: Type.Boolean({ default: true, description: 'Whether sessions can be created' }),
  lockout_immune_addresses: Type.Array(Type.String({ maxLength: 64 }), {
    maxItems: 1000,
    default: [],
    description: 'IP addresses whose failed sign-ins are not counted',
  }),
}

const names = { resource_type: Type.String(), id: Type.String(), display_name: Type.String() }

const ApiServiceConfigAnswer = Type.Object(
  { ...settings, ...names, ...managedFields },
  { description: 'ApiServiceConfig' },
)

const ApiServiceConfigChange = Type.Object(
  {
    ...Object.fromEntries(Object.entries(settings).map(([name, schema]) => [name, Type.Optional(schema)])),
    _revision: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: '^[0-9]{1,9}$' })])),
    ...readOnlyManaged,
    resource_type: readOnly,
    id: readOnly,
    display_name: readOnly,
    description: readOnly,
    tags: readOnly,
  },
  { additionalProperties: false, description: 'ApiServiceConfig; what is left out returns to its default' },
)

function wireConfig({ config, ...managed }: StoredApiService) {
  return {
    session_timeout: config.sessionTimeout,
    connection_timeout: config.connectionTimeout,
    protocol_versions: config.protocolVersions,
    cipher_suites: config.cipherSuites,
    redirect_host: config.redirectHost,
    client_api_rate_limit: config.clientApiRateLimit,
    global_api_concurrency_limit: config.globalApiConcurrencyLimit,
    client_api_concurrency_limit: config.clientApiConcurrencyLimit,
    basic_authentication_enabled: config.basicAuthenticationEnabled,
    cookie_based_authentication_enabled: config.cookieBasedAuthenticationEnabled,
    lockout_immune_addresses: config.lockoutImmuneAddresses,
    resource_type: 'ApiServiceConfig',
    id: 'reverse_proxy_config',
    display_name: 'reverse_proxy_config',
    ...wireManaged(managed),
  }
}

interface Sent extends Partial<Omit<ReturnType<typeof wireConfig>, '_revision'>> {
  _revision?: number | string
}

function sentConfig(sent: Sent): ApiServiceConfig {
  return {
    sessionTimeout: sent.session_timeout ?? defaults.sessionTimeout,
    connectionTimeout: sent.connection_timeout ?? defaults.connectionTimeout,
    protocolVersions: sent.protocol_versions ?? defaults.protocolVersions,
    cipherSuites: sent.cipher_suites ?? defaults.cipherSuites,
    redirectHost: sent.redirect_host ?? defaults.redirectHost,
    clientApiRateLimit: sent.client_api_rate_limit ?? defaults.clientApiRateLimit,
    globalApiConcurrencyLimit: sent.global_api_concurrency_limit ?? defaults.globalApiConcurrencyLimit,
    clientApiConcurrencyLimit: sent.client_api_concurrency_limit ?? defaults.clientApiConcurrencyLimit,
    basicAuthenticationEnabled: sent.basic_authentication_enabled ?? defaults.basicAuthenticationEnabled,
    cookieBasedAuthenticationEnabled:
      sent.cookie_based_authentication_enabled ?? defaults.cookieBasedAuthenticationEnabled,
    lockoutImmuneAddresses: sent.lockout_immune_addresses ?? defaults.lockoutImmuneAddresses,
  }
}

/** What the STIG playbooks send: the stored revision plus one. @see nsx-api.md 7.4 */
function requireRevisionOrNext(stored: number, given: number | undefined): void {
  if (given !== stored + 1) requireRevision(stored, given)
}

/** `/cluster/api-service` @see nsx-api.md 7 */
export const apiServiceRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { apiService, config } = app.services
  const url = '/api/v1/cluster/api-service'
  const operation = (name: string) => ({ operation: { module: 'ApiService', name } })

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
      const given = typeof sent._revision === 'string' ? (lenient ? Number(sent._revision) : undefined) : sent._revision
      return answerChange<StoredApiService>(request, reply, { body: wireConfig }, (call) =>
        apiService.replace(call, sentConfig(sent), given, lenient ? requireRevisionOrNext : requireRevision),
      )
    },
  )
}
