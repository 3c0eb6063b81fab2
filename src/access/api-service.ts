import { BlockList, isIP, isIPv6 } from 'node:net'
import type { ApiServiceTable } from '../store/schema.ts'
import type { Call } from './call.ts'
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
}

export interface StoredApiService extends Managed {
  config: ApiServiceConfig
}

/** In ascending order: what is enabled must not leave a gap. */
export const protocolNames = ['TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const

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
})

/** @throws {AccessError} `invalid_field` when nobody could connect or sign in any more, or an address is none. */
export function requireUsableApiService(config: ApiServiceConfig): void {
  const invalid = (text: string) => new AccessError('invalid_field', text)
  for (const address of config.lockoutImmuneAddresses) {
    if (!isIP(address)) throw invalid(`value ${address} of property lockout_immune_addresses is not an IP address`)
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

export type ApiService = ReturnType<typeof createApiService>

/** The one API service configuration of the cluster. */
export function createApiService(row: ApiServiceTable) {
  let current = parse(row)

  function parse({ config, ...managed }: ApiServiceTable): StoredApiService {
    return { ...managed, config: JSON.parse(config) }
  }

  return {
    read: (): StoredApiService => current,

    /**
     * Replaces the configuration.
     *
     * @param acceptsRevision Tells whether the caller's revision is good enough for the stored one.
     * @throws {AccessError} `stale_revision`, `invalid_field`
     */
    replace(
      call: Call,
      config: ApiServiceConfig,
      revision: number | undefined,
      acceptsRevision: (stored: number, given: number | undefined) => void = requireRevision,
    ): Promise<StoredApiService> {
      requireUsableApiService(config)
      return call.change(async ({ stores, values, onCommit }) => {
        const stored = await stores.apiService.read()
        if (!stored) throw new Error('the API service configuration is missing')
        const before = parse(stored)
        acceptsRevision(before.revision, revision)
        const managed = nextRevision(before, call.caller.name, call.now)
        await stores.apiService.update({ ...managed, id: stored.id, config: JSON.stringify(config) })
        const after = { ...managed, config }
        values(stored.id, before, after)
        onCommit(() => {
          current = after
        })
        return after
      })
    },
  }
}
