import { BlockList, isIP, isIPv6 } from 'node:net'
import type { ApiServiceTable } from '../store/schema.ts'
import type { Call } from './call.ts'
import type { Description } from './description.ts'
import { AccessError } from './errors.ts'
import { type Managed, nextRevision, requireRevision } from './managed.ts'

/** A TLS version or cipher suite and whether it may be negotiated. */
export interface Switch {
  name: string
  enabled: boolean
}

/**
 * How the API is served by every manager of the cluster. Times are in seconds; a timeout or limit of 0 is none.
 * @see NSX REST API 4.2, ApiServiceConfig
 */
export interface ApiServiceConfig {
  /** Idle time after which a session ends. */
  sessionTimeout: number
  connectionTimeout: number
  redirectHost: string
  clientApiRateLimit: number
  clientApiConcurrencyLimit: number
  globalApiConcurrencyLimit: number
  basicAuthenticationEnabled: boolean
  /** Whether new sessions can be created. */
  cookieBasedAuthenticationEnabled: boolean
  /** Addresses whose failed sign-ins are never counted. */
  lockoutImmuneAddresses: string[]
  protocolVersions: Switch[]
  cipherSuites: Switch[]
  /** Stored for `/node/services/http`; what the server itself writes is a setting of the process. */
  loggingLevel: LoggingLevel
}

/** What a PUT of the configuration replaces: all but what only `/node/services/http` has. */
export type ReplacedApiServiceConfig = Omit<ApiServiceConfig, 'loggingLevel'>

export interface StoredApiService extends Managed {
  config: ApiServiceConfig
  description: Description
}

/** In ascending order: what is enabled must not leave a gap. */
export const protocolNames = ['TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const
export type ProtocolName = (typeof protocolNames)[number]

export const loggingLevels = ['OFF', 'FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'] as const
export type LoggingLevel = (typeof loggingLevels)[number]

/** @see nsx-api.md 7.3 */
export const cipherSuiteNames = [
  'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_RSA_WITH_AES_128_CBC_SHA',
  'TLS_RSA_WITH_AES_128_CBC_SHA256',
  'TLS_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_RSA_WITH_AES_256_CBC_SHA',
  'TLS_RSA_WITH_AES_256_CBC_SHA256',
  'TLS_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
] as const

/** How older releases printed TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384; clients send back what they once read. */
export const cipherSuiteAliases = ['TLS_ECDSA_WITH_AES_256_GCM_SHA384'] as const

export type CipherSuiteName = (typeof cipherSuiteNames)[number] | (typeof cipherSuiteAliases)[number]

export const defaultApiService: Readonly<ApiServiceConfig> = Object.freeze({
  sessionTimeout: 1800,
  connectionTimeout: 30,
  redirectHost: '',
  clientApiRateLimit: 100,
  clientApiConcurrencyLimit: 40,
  globalApiConcurrencyLimit: 199,
  basicAuthenticationEnabled: true,
  cookieBasedAuthenticationEnabled: true,
  lockoutImmuneAddresses: [],
  protocolVersions: protocolNames.map((name) => ({ name, enabled: name !== 'TLSv1.1' })),
  cipherSuites: cipherSuiteNames.map((name) => ({ name, enabled: true })),
  loggingLevel: 'INFO',
})

/** A host name, an IPv4 address or an IPv6 one in brackets, and a port where one is given. @see RFC 9110 7.2 */
export function isHostAndPort(text: string): boolean {
  const [, name = '', ipv6, port] =
    /^(?:([A-Za-z0-9._-]{1,253})|\[([0-9A-Fa-f:.]{2,45})\])(?::(\d{1,5}))?$/.exec(text) ?? []
  if (port !== undefined && (Number(port) === 0 || Number(port) > 65_535)) return false
  return ipv6 === undefined ? /^[A-Za-z0-9]/.test(name) : isIPv6(ipv6)
}

/** @throws {AccessError} `invalid_field` when nobody could connect or sign in any more, or an address is none. */
export function requireUsableApiService(config: ApiServiceConfig): void {
  const invalid = (text: string) => new AccessError('invalid_field', text)
  for (const address of config.lockoutImmuneAddresses) {
    if (!isIP(address)) throw invalid(`value ${address} of property lockout_immune_addresses is not an IP address`)
  }
  if (config.redirectHost !== '' && !isHostAndPort(config.redirectHost)) {
    throw invalid(`value ${config.redirectHost} of property redirect_host is not a host name or address`)
  }
  for (const [property, switches] of [
    ['protocol_versions', config.protocolVersions],
    ['cipher_suites', config.cipherSuites],
  ] as const) {
    const names = switches.map(({ name }) => name)
    const twice = names.find((name, at) => names.indexOf(name) !== at)
    if (twice) throw invalid(`value ${twice} of property ${property} appears twice`)
    if (!switches.some(({ enabled }) => enabled)) throw invalid(`property ${property} must keep one enabled`)
  }
  const enabled = protocolNames.map((name) => config.protocolVersions.some((v) => v.enabled && v.name === name))
  if (enabled[0] && enabled[2] && !enabled[1]) {
    throw invalid('property protocol_versions must not leave a gap between enabled versions')
  }
  if (!config.basicAuthenticationEnabled && !config.cookieBasedAuthenticationEnabled) {
    throw invalid(
      'properties basic_authentication_enabled and cookie_based_authentication_enabled must not both be false, for nobody could sign in',
    )
  }
}

/** Whether failed sign-ins from an address are never counted, however it is spelt. */
export function isImmune(config: ApiServiceConfig, address: string): boolean {
  const immune = new BlockList()
  const family = (ip: string) => (isIPv6(ip) ? 'ipv6' : 'ipv4')
  for (const ip of config.lockoutImmuneAddresses) immune.addAddress(ip, family(ip))
  return isIP(address) !== 0 && immune.check(address, family(address))
}

/** What puts the configuration in force: the listeners of the managers. */
export interface ApiServer {
  /** The certificate that is served, PEM. */
  readonly certificate: string
  /** @throws {AccessError} `invalid_field` when nobody could connect any more. */
  requireReachable(config: ApiServiceConfig): void
  /** Serves new connections by the configuration; those there are stay. Throws nothing. */
  apply(config: ApiServiceConfig): void
}

export type ApiService = ReturnType<typeof createApiService>

/** The one API service configuration of the cluster. */
/** @param limits Of the release that is served. */
export function createApiService(row: ApiServiceTable, limits: Partial<ApiServiceConfig> = {}) {
  const defaults: Readonly<ApiServiceConfig> = { ...defaultApiService, ...limits }
  let current = parse(row)
  let server: ApiServer | undefined

  function parse({ config, description, ...managed }: ApiServiceTable): StoredApiService {
    return {
      ...managed,
      config: { ...defaultApiService, ...JSON.parse(config) },
      description: JSON.parse(description),
    }
  }

  type Edit = (stored: StoredApiService) => Pick<StoredApiService, 'config' | 'description'>

  function change(call: Call, edit: Edit): Promise<StoredApiService> {
    return call.change(async ({ stores, values, onCommit }) => {
      const stored = await stores.apiService.read()
      if (!stored) throw new Error('the API service configuration is missing')
      const before = parse(stored)
      const { config, description } = edit(before)
      requireUsableApiService(config)
      server?.requireReachable(config)
      const managed = nextRevision(before, call.caller.name, call.now)
      await stores.apiService.update({
        ...managed,
        id: stored.id,
        config: JSON.stringify(config),
        description: JSON.stringify(description),
      })
      const after = { ...managed, config, description }
      values(stored.id, before, after)
      onCommit(() => {
        current = after
        server?.apply(config)
      })
      return after
    })
  }

  return {
    read: (): StoredApiService => current,

    /** What a replacement that leaves something out returns to. */
    defaults,

    /** PEM of the certificate that is served; empty while nothing listens. */
    certificate: (): string => server?.certificate ?? '',

    /** From now on the server follows the configuration. */
    servedBy(listening: ApiServer): void {
      server = listening
    },

    /**
     * Replaces the configuration.
     *
     * @param acceptsRevision Tells whether the caller's revision is good enough for the stored one.
     * @throws {AccessError} `stale_revision`, `invalid_field`
     */
    replace(
      call: Call,
      config: ReplacedApiServiceConfig,
      description: Description,
      revision: number | undefined,
      acceptsRevision: (stored: number, given: number | undefined) => void = requireRevision,
    ): Promise<StoredApiService> {
      return change(call, (before) => {
        acceptsRevision(before.revision, revision)
        return { config: { ...before.config, ...config }, description }
      })
    },

    /** Changes what is given and leaves the rest as it is. @throws {AccessError} `invalid_field` */
    adjust: (call: Call, changes: Partial<ApiServiceConfig>): Promise<StoredApiService> =>
      change(call, ({ config, description }) => ({ config: { ...config, ...changes }, description })),

    /** @throws {AccessError} `service_needed`, always. */
    stop(): never {
      throw new AccessError(
        'service_needed',
        'The http service cannot be stopped: it serves the API, and nothing else could start it again',
      )
    },

    /** Puts the stored configuration in force once more. */
    restart: (call: Call): Promise<void> =>
      call.change(async ({ onCommit }) => onCommit(() => server?.apply(current.config))),
  }
}
