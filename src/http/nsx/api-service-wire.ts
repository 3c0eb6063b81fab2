import { Type } from 'typebox'
import { type ApiServiceConfig, cipherSuiteAliases, cipherSuiteNames, protocolNames } from '../../access/api-service.ts'

const int32 = 2_147_483_647
const limit = (value: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: int32, default: value, description })
const switches = (names: readonly string[]) =>
  Type.Array(Type.Object({ name: Type.Enum([...names]), enabled: Type.Boolean() }, { additionalProperties: false }), {
    minItems: 1,
    maxItems: names.length,
  })

/** The settings that `/cluster/api-service` and `/node/services/http` show alike. @see nsx-api.md 7.2 */
export const servedSettings = (defaults: ApiServiceConfig) => ({
  session_timeout: limit(defaults.sessionTimeout, 'Seconds without a request after which a session ends; 0: never'),
  connection_timeout: limit(
    defaults.connectionTimeout,
    'Seconds after which a connection ends that is silent or takes no answer; 0: never',
  ),
  protocol_versions: switches(protocolNames),
  cipher_suites: switches([...cipherSuiteNames, ...cipherSuiteAliases]),
  redirect_host: Type.String({
    maxLength: 255,
    default: '',
    description: 'Host, and port where one is given, of redirects; empty: as the request says',
  }),
  client_api_rate_limit: limit(defaults.clientApiRateLimit, 'Requests a second of one client; 0: no limit'),
  global_api_concurrency_limit: limit(defaults.globalApiConcurrencyLimit, 'Requests at once; 0: no limit'),
  client_api_concurrency_limit: limit(
    defaults.clientApiConcurrencyLimit,
    'Requests at once of one client; 0: no limit',
  ),
  basic_authentication_enabled: Type.Boolean({ default: true }),
  cookie_based_authentication_enabled: Type.Boolean({ default: true, description: 'Whether sessions can be created' }),
})

export function wireSettings(config: ApiServiceConfig) {
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
  }
}

export type SentSettings = Partial<ReturnType<typeof wireSettings>>

/** What was sent, and `otherwise` for what was not. */
export function sentSettings(sent: SentSettings, otherwise: ApiServiceConfig) {
  return {
    sessionTimeout: sent.session_timeout ?? otherwise.sessionTimeout,
    connectionTimeout: sent.connection_timeout ?? otherwise.connectionTimeout,
    protocolVersions: sent.protocol_versions ?? otherwise.protocolVersions,
    cipherSuites: sent.cipher_suites ?? otherwise.cipherSuites,
    redirectHost: sent.redirect_host ?? otherwise.redirectHost,
    clientApiRateLimit: sent.client_api_rate_limit ?? otherwise.clientApiRateLimit,
    globalApiConcurrencyLimit: sent.global_api_concurrency_limit ?? otherwise.globalApiConcurrencyLimit,
    clientApiConcurrencyLimit: sent.client_api_concurrency_limit ?? otherwise.clientApiConcurrencyLimit,
    basicAuthenticationEnabled: sent.basic_authentication_enabled ?? otherwise.basicAuthenticationEnabled,
    cookieBasedAuthenticationEnabled:
      sent.cookie_based_authentication_enabled ?? otherwise.cookieBasedAuthenticationEnabled,
  }
}

/** A schema of which nothing need be sent. */
export const optional = (schemas: Record<string, Type.TSchema>) =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, Type.Optional(schema)]))
