import { type Command, Option } from 'commander'
import { optionalSecret, readText } from './secret-file.ts'
import type { SsoConnection } from './sso-client.ts'
import { addSsoCommand } from './sso-command.ts'

/** A server and a source as `/sallyport/v1/sso/identity-sources` has them. */
interface Server {
  url: string
  use_starttls?: boolean
  certificates?: string[]
  enabled?: boolean
  bind_identity?: string
  password?: string
}
interface Source {
  id: string
  resource_type: string
  domain_name: string
  alternative_domain_names: string[]
  base_dn: string
  group_cache_ttl?: number
  resolve_nested_groups?: boolean
  ldap_servers: Server[]
  _revision: number
}

interface Flags extends SsoConnection {
  type?: keyof typeof types
  domain?: string
  alternativeDomain?: string[]
  baseDn?: string
  url?: string[]
  starttls?: boolean
  certificateFile?: string[]
  bindIdentity?: string
  groupCacheTtl?: string
  nestedGroups?: boolean
}

const types = { openldap: 'OpenLdapIdentitySource', 'active-directory': 'ActiveDirectoryIdentitySource' } as const

const add = addSsoCommand<Flags>
const at = (id: string) => ['identity-sources', id]
const asSource = (answer: object) => answer as Source

/** `sallyport sso source …` */
export function addSourceCommands(source: Command): void {
  add(source, 'list', 'list the identity sources', () => ({
    method: 'GET',
    path: ['identity-sources'],
    show: ({ results }) => ({ sources: (results as Source[]).map(inShort) }),
  }))
  add(source, 'show <ID>', 'show an identity source', (id) => ({
    method: 'GET',
    path: at(id),
    show: (answer) => inFull(asSource(answer)),
  }))
  addFields(
    add(
      source,
      'add <ID>',
      'let the users of a directory in',
      (id, flags) => ({
        method: 'PUT',
        path: at(id),
        body: { resource_type: types.openldap, ...sourceOf(flags, undefined) },
        show: (answer) => inFull(asSource(answer)),
      }),
      `
Example:
  sallyport sso source add corp --domain corp.example --base-dn dc=corp,dc=example --url ldaps://ldap.corp.example \\
    --certificate-file ca.pem --bind-identity cn=reader,dc=corp,dc=example --bind-password-file reader.txt`,
    ),
  )
  addFields(
    add(
      source,
      'update <ID>',
      'change what is given and leave the rest',
      (id, flags) => ({
        method: 'PUT',
        path: at(id),
        bodyFrom: (stored) => ({
          ...(flags.type === 'openldap' ? withoutActiveDirectory(stored) : stored),
          ...sourceOf(flags, asSource(stored)),
        }),
        show: (answer) => inFull(asSource(answer)),
      }),
      `
With another type, domain or base the sessions and tokens of its users end.

Example:
  sallyport sso source update corp --bind-password-file - < reader.txt`,
    ),
  )
  add(source, 'remove <ID>', 'let nobody of a directory in; sessions and tokens of its users end', (id) => ({
    method: 'DELETE',
    path: at(id),
  }))
  add(source, 'test <ID>', 'ask every server of an identity source; fails where one does not answer well', (id) => ({
    method: 'POST',
    path: at(id),
    query: '?action=probe',
    show: ({ results }) => ({ servers: (results as Probe[]).map(probeInShort) }),
    isGood: ({ results }) => (results as Probe[]).every(({ result }) => result === 'SUCCESS'),
  }))
}

const more = (value: string, before: string[] | undefined) => [...(before ?? []), value]

function addFields(command: Command): Command {
  return command
    .addOption(new Option('--type <TYPE>', 'of directory; openldap where it is new').choices(Object.keys(types)))
    .option('--domain <DOMAIN>', 'its users sign in as name@domain')
    .option('--alternative-domain <DOMAIN>', 'a further domain of it; may be repeated', more)
    .option('--base-dn <DN>', 'where users and groups are looked for')
    .option('--url <URL>', 'a server, ldaps://host[:636] or ldap://host[:389]; may be repeated', more)
    .option('--starttls', 'encrypt ldap:// connections')
    .option('--no-starttls', 'leave ldap:// connections in clear')
    .option(
      '--certificate-file <FILE>',
      'PEM, of a server or its CA; an encrypted connection trusts no others; may be repeated',
      more,
    )
    .option('--bind-identity <NAME>', 'who asks for users and groups; empty: nobody in particular')
    .option(
      '--bind-password-file <FILE>',
      'holds their password, - is standard input (environment: SALLYPORT_SSO_BIND_PASSWORD)',
    )
    .option('--group-cache-ttl <SECONDS>', 'Active Directory: until groups are asked for again')
    .option('--nested-groups', 'Active Directory: groups of groups count')
    .option('--no-nested-groups', 'Active Directory: groups of groups do not count')
}

/** The fields that flags give; all servers get the same. */
function sourceOf(flags: Flags, before: Source | undefined): Record<string, unknown> {
  const password = optionalSecret('bindPasswordFile', flags.bindPasswordFile, 'SALLYPORT_SSO_BIND_PASSWORD')
  const ofServers: Partial<Server> = given({
    use_starttls: flags.starttls,
    certificates: flags.certificateFile?.map((file) => readText('certificateFile', file)),
    bind_identity: flags.bindIdentity,
    password,
  })
  const servers = before?.ldap_servers ?? []
  const urls = flags.url ?? servers.map(({ url }) => url)
  return given({
    resource_type: flags.type && types[flags.type],
    domain_name: flags.domain,
    alternative_domain_names: flags.alternativeDomain,
    base_dn: flags.baseDn,
    group_cache_ttl: flags.groupCacheTtl === undefined ? undefined : Number(flags.groupCacheTtl),
    resolve_nested_groups: flags.nestedGroups,
    // A new server is asked as the first one is.
    ldap_servers: urls.map((url) => ({
      ...(servers.find((one) => one.url === url) ?? servers[0]),
      url,
      ...ofServers,
    })),
  })
}

/** An OpenLDAP has none of these fields. */
function withoutActiveDirectory(stored: Record<string, unknown>): Record<string, unknown> {
  const { group_cache_ttl: _, resolve_nested_groups: __, ...rest } = stored
  return rest
}

function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}

const typeOf = ({ resource_type }: Source) =>
  Object.entries(types).find(([, wire]) => wire === resource_type)?.[0] ?? resource_type
const domainsOf = ({ domain_name, alternative_domain_names }: Source) =>
  [domain_name, ...alternative_domain_names].join(', ')

const inShort = (source: Source) => ({
  id: source.id,
  type: typeOf(source),
  domains: domainsOf(source),
  servers: source.ldap_servers.map(({ url }) => url).join(', '),
})

const inFull = (source: Source) => ({
  id: source.id,
  type: typeOf(source),
  domains: domainsOf(source),
  base_dn: source.base_dn,
  ...given({ group_cache_ttl: source.group_cache_ttl, nested_groups: source.resolve_nested_groups }),
  servers: source.ldap_servers.map(serverInShort),
  revision: source._revision,
})

function serverInShort({ url, use_starttls, certificates = [], enabled, bind_identity }: Server): string {
  const said = [
    ...(use_starttls ? ['StartTLS'] : []),
    `${certificates.length} ${certificates.length === 1 ? 'certificate' : 'certificates'}`,
    bind_identity ? `as ${bind_identity}` : 'anonymously',
    ...(enabled ? [] : ['not asked']),
  ]
  return `${url} (${said.join('; ')})`
}

interface Probe {
  url: string
  result: 'SUCCESS' | 'FAILURE'
  errors: { error_type: string }[]
}

const probeInShort = ({ url, errors }: Probe) => ({
  server: url,
  result: errors.map(({ error_type }) => error_type).join(', ') || 'SUCCESS',
})
