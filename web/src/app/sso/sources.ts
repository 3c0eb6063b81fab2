export const sourceKinds = {
  OpenLdapIdentitySource: 'OpenLDAP',
  ActiveDirectoryIdentitySource: 'Active Directory',
} as const
export type SourceKind = keyof typeof sourceKinds

/** A server of a directory. Its bind password is never told. */
export interface LdapServer {
  url: string
  use_starttls: boolean
  /** PEM; no others are trusted. */
  certificates: string[]
  enabled: boolean
  /** Empty: anonymous. */
  bind_identity: string
}

/** An LDAP directory whose users sign in to vCenter, as `/sallyport/v1/sso/identity-sources` tells of it. */
export interface IdentitySource {
  id: string
  resource_type: SourceKind
  display_name: string
  description?: string
  tags?: object[]
  domain_name: string
  alternative_domain_names: string[]
  base_dn: string
  /** Active Directory: seconds. */
  group_cache_ttl?: number
  resolve_nested_groups?: boolean
  ldap_servers: LdapServer[]
  _revision: number
}

/** A source to store. A password that is left out stays as it is. */
export type GivenSource = Omit<IdentitySource, '_revision' | 'ldap_servers' | 'display_name'> & {
  display_name?: string
  ldap_servers: (LdapServer & { password?: string })[]
  /** Of the source that is replaced; absent: it is new. */
  _revision?: number
}

/** What came of asking a server. */
export interface Probe {
  url: string
  result: 'SUCCESS' | 'FAILURE'
  errors: { error_type: string }[]
}

export const mostServers = 3

const pem = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

/** The certificates in a text, each by itself; a text that is none stays one, for the server to refuse. */
export const certificatesIn = (text: string): string[] => text.match(pem) ?? (text.trim() ? [text] : [])
