import { isIPv6 } from 'node:net'
import { AccessError } from '../errors.ts'
import type { Managed } from '../managed.ts'
import { domainDn, isWithin, parseDn } from './distinguished-name.ts'
import { parseCertificates } from './pem.ts'

export const ldapSourceTypes = ['ActiveDirectoryIdentitySource', 'OpenLdapIdentitySource'] as const
export type LdapSourceType = (typeof ldapSourceTypes)[number]

/** One server of a directory. Its bind password is kept apart. */
export interface LdapServer {
  /** `ldap://host[:389]` or `ldaps://host[:636]` */
  url: string
  /** Encrypts an `ldap://` connection before anything else is said; ignored for `ldaps://`. */
  useStarttls: boolean
  /** PEM; the only ones that are trusted. */
  certificates: string[]
  enabled: boolean
  /** Who asks for users and groups; empty: nobody in particular. */
  bindIdentity: string
}

/** A directory whose users may sign in as `user@domain`. @see nsx-api.md 6.5 */
export interface LdapSourceConfig {
  type: LdapSourceType
  displayName: string
  description: string | undefined
  tags: { scope?: string; tag?: string }[] | undefined
  domainName: string
  alternativeDomainNames: string[]
  baseDn: string
  servers: LdapServer[]
  /** Active Directory: seconds for which a user's groups are not asked for again; 0: they always are. */
  groupCacheTtl: number | undefined
  /** Active Directory: whether groups of groups count. */
  resolveNestedGroups: boolean | undefined
}

export interface LdapSource extends Managed {
  id: string
  config: LdapSourceConfig
}

/** @see nsx-api.md 6.5, "Three identity sources can be configured" */
export const mostSources = 3
export const mostServers = 3

export const defaultGroupCacheTtl = 3600

export interface LdapAddress {
  host: string
  port: number
  /** Encrypted from the first byte. */
  secure: boolean
}

const urlPattern = /^(ldaps?):\/\/(?:\[([0-9a-f:.]+)\]|([a-z0-9](?:[a-z0-9._-]{0,252}[a-z0-9])?))(?::(\d{1,5}))?\/?$/i
const domainPattern = /^(?=.{1,255}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/i

/** @returns undefined where the URL is none of an LDAP server, or says more than where it is. */
export function parseLdapUrl(url: string): LdapAddress | undefined {
  const [, scheme, v6, name, digits] = urlPattern.exec(url) ?? []
  if (scheme === undefined || (v6 !== undefined && !isIPv6(v6))) return undefined
  const secure = scheme.toLowerCase() === 'ldaps'
  const port = digits === undefined ? (secure ? 636 : 389) : Number(digits)
  if (port < 1 || port > 65_535) return undefined
  return { host: v6 ?? (name as string), port, secure }
}

const invalid = (field: string, text: string) => new AccessError('invalid_field', text, { field })

/** @throws {AccessError} `invalid_field` unless it is the URL of an LDAP server. */
export function requireLdapUrl(url: string, property: string): LdapAddress {
  const address = parseLdapUrl(url)
  if (!address) {
    throw invalid(property, `value ${url} of property ${property} is not ldap://host[:port] or ldaps://host[:port]`)
  }
  return address
}

/** @throws {AccessError} `invalid_field` naming what makes the source unusable. */
export function requireUsableSource(config: LdapSourceConfig): void {
  const ad = config.type === 'ActiveDirectoryIdentitySource'
  if (!ad && config.groupCacheTtl !== undefined) throw adOnly('group_cache_ttl')
  if (!ad && config.resolveNestedGroups !== undefined) throw adOnly('resolve_nested_groups')
  requireDomain(config.domainName, 'domain_name')
  const names = domainsOf(config)
  for (const [index, name] of config.alternativeDomainNames.entries()) {
    requireDomain(name, `alternative_domain_names.${index}`)
  }
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice) {
    throw invalid('alternative_domain_names', `value ${twice} of property alternative_domain_names appears twice`)
  }

  const base = parseDn(config.baseDn)
  if (!base || base.length === 0) {
    throw invalid('base_dn', `value ${config.baseDn} of property base_dn is not a distinguished name`)
  }
  if (!isBaseWithinDomain(config)) {
    throw invalid('base_dn', `value ${config.baseDn} of property base_dn is not within the domain ${config.domainName}`)
  }
  for (const [index, server] of config.servers.entries()) requireUsableServer(server, ad, `ldap_servers.${index}`)
  const urls = config.servers.map(({ url }) => url.toLowerCase())
  const again = urls.findIndex((url, at) => urls.indexOf(url) !== at)
  if (again >= 0) {
    throw invalid(`ldap_servers.${again}.url`, `value ${urls[again]} of property ldap_servers.url appears twice`)
  }
}

const adOnly = (property: string) =>
  invalid(property, `${property} is not a valid property of an OpenLdapIdentitySource`)

function requireDomain(name: string, property: string): void {
  if (!domainPattern.test(name)) {
    throw invalid(property, `value ${name} of property ${property} is not a fully qualified domain name`)
  }
}

/** @throws {AccessError} `invalid_field` naming what makes the server unusable. */
function requireUsableServer(server: LdapServer, ad: boolean, property: string): void {
  const { secure } = requireLdapUrl(server.url, `${property}.url`)
  for (const [index, pem] of server.certificates.entries()) {
    const field = `${property}.certificates.${index}`
    if (!parseCertificates(pem)) throw invalid(field, `property ${field} is not a PEM certificate`)
  }
  if ((secure || server.useStarttls) && server.certificates.length === 0) {
    const field = `${property}.certificates`
    throw invalid(field, `required property ${field} is missing: an encrypted connection trusts no others`)
  }
  if (server.bindIdentity !== '' && !isBindIdentity(server.bindIdentity, ad)) {
    const forms = ad ? 'a distinguished name, user@domain or DOMAIN\\user' : 'a distinguished name'
    const field = `${property}.bind_identity`
    throw invalid(field, `value ${server.bindIdentity} of property ${field} is not ${forms}`)
  }
}

/** Active Directory also takes a user's other names. */
export function isBindIdentity(identity: string, ad: boolean): boolean {
  const dn = parseDn(identity)
  if (dn && dn.length > 0) return true
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no name has
  return ad && /^[^\x00-\x1f@\\]+[@\\][^\x00-\x1f@\\]+$/.test(identity)
}

/** In Active Directory a domain's entries are those of its DC tree. */
export function isBaseWithinDomain({ type, baseDn, domainName }: LdapSourceConfig): boolean {
  if (type !== 'ActiveDirectoryIdentitySource') return true
  const base = parseDn(baseDn)
  return base !== undefined && isWithin(base, domainDn(domainName))
}

/** Every domain whose names are a source's, in lower case. */
export function domainsOf({ domainName, alternativeDomainNames }: LdapSourceConfig): string[] {
  return [domainName, ...alternativeDomainNames].map((name) => name.toLowerCase())
}

/** @throws {AccessError} `invalid_field` where another source answers for one of the domains: a name has one source. */
export function requireOwnDomains(config: LdapSourceConfig, others: readonly LdapSource[]): void {
  for (const other of others) {
    const taken = domainsOf(other.config).find((name) => domainsOf(config).includes(name))
    if (!taken) continue
    const at = domainsOf(config).indexOf(taken) - 1
    const field = at < 0 ? 'domain_name' : `alternative_domain_names.${at}`
    throw invalid(field, `the domain ${taken} belongs to the identity source ${other.id}`)
  }
}

/** Whether the names that a source knows may mean other people than before. */
export function meansOthers(before: LdapSourceConfig, after: LdapSourceConfig): boolean {
  const meaning = (config: LdapSourceConfig) =>
    [config.type, config.baseDn.toLowerCase(), ...domainsOf(config)].join('\n')
  return meaning(before) !== meaning(after)
}

/**
 * Whether a password that was given for one server may be sent to another: only where it is the same one, asked as
 * the same identity and no less protected. Otherwise whoever may change a source could have its password sent to them.
 */
export function mayKeepPassword(before: LdapServer, after: LdapServer): boolean {
  return (
    before.url.toLowerCase() === after.url.toLowerCase() &&
    before.bindIdentity === after.bindIdentity &&
    (after.useStarttls || !before.useStarttls)
  )
}

/** `user` and `domain` of `user@domain`; undefined for what no directory is asked about. */
export function splitName(name: string): { user: string; domain: string } | undefined {
  const at = name.lastIndexOf('@')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no name has
  if (at < 1 || name.length > longestName || /[\x00-\x1f\x7f]/.test(name) || !name.isWellFormed()) return undefined
  return { user: name.slice(0, at), domain: name.slice(at + 1).toLowerCase() }
}

/** Of `user@domain`, in UTF-16 units. */
export const longestName = 320
