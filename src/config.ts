import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { type NsxRelease, nsxReleases } from './access/nsx-release.ts'
import { isHostname } from './access/nsxv/configuration.ts'
import type { CliRoleRule } from './access/nsxv/roles.ts'
import { defaultVcenterSessionLimits, type VcenterSessionLimits } from './access/vcenter/session-limits.ts'
import { ConfigError, createMistakes, type Mistakes } from './config-error.ts'
import { type RelaySettings, readRelaySettings } from './config-relay.ts'
import { didYouMean } from './did-you-mean.ts'
import { canonicalName } from './gateway/certificate-names.ts'
import { type InventorySize, labSize } from './inventory/vsphere/made-inventory.ts'
import type { DatabaseSettings } from './store/database.ts'

export { ConfigError }

export interface Config {
  lab: boolean
  dataDir: string
  /** Whether the data directory was made for this run and goes with it. */
  temporary: boolean
  host: string
  /** Of the first manager; the next takes the next. 0: any free one for each. */
  httpsPort: number
  /** Of the first appliance; the others take the next. 0: any free one for each. */
  sshPort: number
  database: DatabaseSettings
  /** Absent: made at first start and kept in the data directory. */
  tls: { certFile: string; keyFile: string } | undefined
  /** What the certificate of its own CA is for beside `host` and loopback; canonical. */
  tlsNames: readonly string[]
  /** Of admin and root at first start. */
  adminPassword: string | undefined
  /** Of the manager at first start. */
  nodeName: string
  /** Of the NSX Manager for vSphere where there is to be one. */
  nsxvName: string | undefined
  /** Whether a line of ours follows errors of the NSX-v console that do not say what is wrong. */
  consoleExplanations: boolean
  /** Which roles its CLI users may have. */
  nsxvCliRoles: CliRoleRule
  /** The release of NSX Manager that is served. */
  nsxRelease: NsxRelease
  localDomain: string | undefined
  /** Whether clients are asked for a certificate in the TLS handshake; auto: while somebody can sign in with one. */
  clientCertificates: 'auto' | 'on' | 'off'
  /** Whether a PUT of the API service takes the next `_revision` too, and text. */
  lenientRevision: boolean
  /** Milliseconds. */
  ldapTimeout: number
  /** Connections that one address may have at a listener; 0: as many as there are. */
  connections: { ofAddress: number; silentOfAddress: number }
  /** Whether vCenter also knows the users of NSX Manager's identity sources. */
  sharedIdentitySources: boolean
  vcenterSessions: VcenterSessionLimits
  logLevel: string
  auditLog: { maxBytes: number; keep: number }
  /** Where the journal's end is kept, and the key that proves it. */
  auditHead: { file: string; keyFile: string }
  /** What vCenter's inventory begins with; absent: the lab's own, and elsewhere nothing but the root folder. */
  vsphere: { kind: 'file'; file: string } | { kind: 'made'; size: InventorySize } | undefined
  /** Absent: every call is answered here. */
  relay: RelaySettings | undefined
}

interface Setting {
  /** Key in the config file; the flag and the environment variable follow from it. */
  key: string
  argument: string
  description: string
  /** The flag may be repeated; a variable has commas between; the file has a list. Absent: it is one value. */
  list?: true
}

/** Every setting there is. A flag wins over an environment variable, which wins over the config file. */
export const settings: readonly Setting[] = [
  {
    key: 'dataDir',
    argument: 'DIR',
    description: 'where everything is kept (default: ./data; the lab: a temporary one)',
  },
  { key: 'host', argument: 'ADDRESS', description: 'address to listen on (default: 127.0.0.1)' },
  {
    key: 'httpsPort',
    argument: 'PORT',
    description: 'port of the first manager; further ones take the next ports; 0: any free one (default: 8443)',
  },
  {
    key: 'sshPort',
    argument: 'PORT',
    description: 'port of the first SSH console; further ones take the next ports; 0: any free one (default: 2222)',
  },
  {
    key: 'databaseUrl',
    argument: 'URL',
    description: 'postgres://user@host/database (default: SQLite in the data directory)',
  },
  {
    key: 'adminPassword',
    argument: 'PASSWORD',
    description:
      "of admin, root and vCenter's administrator at first start (default: random ones that are printed once; the lab: its own)",
  },
  {
    key: 'tlsCert',
    argument: 'FILE',
    description: 'PEM certificate chain to serve (default: one signed by its own CA)',
  },
  { key: 'tlsKey', argument: 'FILE', description: 'PEM private key of --tls-cert' },
  {
    key: 'tlsNames',
    argument: 'NAME',
    list: true,
    description:
      'further DNS names and addresses that its own certificate is for, with commas between or the flag repeated (default: none)',
  },
  {
    key: 'adminPasswordFile',
    argument: 'FILE',
    description: 'holds adminPassword, which the process list shows when it is a flag; - is standard input',
  },
  { key: 'nodeName', argument: 'NAME', description: 'name of the manager node at first start (default: nsxmgr-a)' },
  {
    key: 'nsxvName',
    argument: 'NAME',
    description: 'host name of an NSX Manager for vSphere, made at the next start (default: none; the lab: nsxmgr)',
  },
  {
    key: 'nsxRelease',
    argument: 'RELEASE',
    description:
      'of NSX Manager: 9.0, or 9.1, where limits begin at 250, 100 and 500, five old passwords are remembered, and users say when their passwords end (default: 9.0)',
  },
  {
    key: 'nsxvCliRoles',
    argument: 'RELEASE',
    description:
      "roles that the NSX Manager's CLI users may have; later: auditor, security_admin, super_user; 6.2: any (default: later)",
  },
  {
    key: 'consoleExplanations',
    argument: 'RULE',
    description:
      "on: a line of ours says what the NSX-v console's errors mean; off: its errors are the product's alone (default: on)",
  },
  {
    key: 'localDomain',
    argument: 'DOMAIN',
    description: 'sign-ins as user@DOMAIN are those of the local user (default: none; the lab: mywork.com)',
  },
  {
    key: 'clientCertificates',
    argument: 'RULE',
    description:
      'auto: clients are asked for a certificate while a principal identity has one; on: always; off: never (default: auto)',
  },
  {
    key: 'apiServiceRevision',
    argument: 'RULE',
    description:
      'strict: a PUT of the API service needs the stored _revision; lenient: also that plus one, as text too, with a warning header; auto: lenient in a lab without a relay (default: auto)',
  },
  {
    key: 'ldapTimeout',
    argument: 'MS',
    description: 'milliseconds to connect to an LDAP server, and twice as long for all that is asked (default: 5000)',
  },
  {
    key: 'connectionsOfAddress',
    argument: 'COUNT',
    description: 'connections that one address may have to a manager; 0: as many as there are (default: 2048)',
  },
  {
    key: 'silentConnectionsOfAddress',
    argument: 'COUNT',
    description:
      'of these, how many may have asked for nothing; the oldest makes room for the next; 0: all (default: 512)',
  },
  {
    key: 'sharedIdentitySources',
    argument: 'RULE',
    description:
      "on: users of NSX Manager's LDAP identity sources also sign in to vCenter, so that whoever may change those may become anybody there (default: off)",
  },
  {
    key: 'vcenterSessionIdleTimeout',
    argument: 'SECONDS',
    description: 'after which a vCenter session ends that nothing is heard of (default: 7200)',
  },
  {
    key: 'vcenterSessionLifetime',
    argument: 'SECONDS',
    description: 'after which a vCenter session ends in any case (default: 86400)',
  },
  {
    key: 'vcenterMaxSessions',
    argument: 'COUNT',
    description: 'vCenter sessions there are at most, those of all its APIs together (default: 3000)',
  },
  {
    key: 'vcenterMaxUserSessions',
    argument: 'COUNT',
    description: 'vCenter sessions of one user that REST and JSON-RPC begin at most (default: 550)',
  },
  {
    key: 'auditLogMaxBytes',
    argument: 'BYTES',
    description: 'size at which an audit log file is rotated (default: 104857600)',
  },
  {
    key: 'auditLogKeep',
    argument: 'COUNT',
    description: 'rotated audit log files that are kept of each (default: 10)',
  },
  {
    key: 'auditHead',
    argument: 'FILE',
    description:
      'where the end of the audit journal is kept; elsewhere it also shows what somebody with the data directory removes (default: audit-head in the data directory)',
  },
  {
    key: 'auditHeadKey',
    argument: 'FILE',
    description:
      'key of 32 bytes that proves it, made at the first start (default: audit-head.key in the data directory)',
  },
  {
    key: 'vsphereInventory',
    argument: 'FILE',
    description: 'YAML or JSON file of the vSphere inventory at first start; docs/vsphere-inventory.yaml is one',
  },
  {
    key: 'vsphereDatacenters',
    argument: 'COUNT',
    description: 'datacenters that are made at first start (default: none; the lab, or with another of the next: 2)',
  },
  { key: 'vsphereClusters', argument: 'COUNT', description: 'clusters in each of these datacenters (default: 2)' },
  { key: 'vsphereHosts', argument: 'COUNT', description: 'hosts in each of these clusters (default: 3)' },
  { key: 'vsphereVms', argument: 'COUNT', description: 'virtual machines in these datacenters together (default: 40)' },
  {
    key: 'logLevel',
    argument: 'LEVEL',
    description: "of the server's own log: debug, info, warn, error (default: info)",
  },
]

/** Names of a certificate, which goes with every handshake. */
const mostNames = 100

/** Seconds: a year. */
const longestPeriod = 366 * 24 * 60 * 60

export const flagOf = (key: string) => key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)
export const variableOf = (key: string) => `SALLYPORT_${flagOf(key).replaceAll('-', '_').toUpperCase()}`

/** Addresses that never leave the machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/**
 * The settings as one typed value.
 *
 * @param flags What the command line gave, by the settings' keys; `config` names the config file, JSON or YAML.
 * @throws {ConfigError} naming the setting that is unknown, missing or wrong.
 */
export function readConfig(flags: Record<string, unknown>, environment: NodeJS.ProcessEnv): Config {
  /** Every setting that is wrong, told together. */
  const mistakes = createMistakes()
  function wrong<T>(mistake: string, instead: T): T {
    mistakes.add(mistake)
    return instead
  }

  const lab = flags.lab === true
  const configFile = (flags.config as string | undefined) ?? environment.SALLYPORT_CONFIG
  const file = configFile ? readFile(configFile, mistakes) : {}

  // Those of other commands are none of the server's business.
  const variables = new Set([...settings.map(({ key }) => variableOf(key)), 'SALLYPORT_CONFIG'])
  for (const variable of Object.keys(environment)) {
    const hint = variable.startsWith('SALLYPORT_') && !variables.has(variable) && didYouMean(variable, variables)
    if (hint) mistakes.add(`${variable}: there is no such setting${hint}`)
  }

  function text(key: string): string | undefined {
    const value = flags[key] ?? environment[variableOf(key)] ?? file[key]
    return value === undefined || value === '' ? undefined : String(value)
  }
  function list(key: string): string[] {
    const value = flags[key] ?? environment[variableOf(key)] ?? file[key] ?? []
    const parts = Array.isArray(value) ? value.map(String) : [String(value)]
    return parts.flatMap((part) => part.split(',')).map((part) => part.trim())
  }
  function integer(key: string, fallback: number, maximum: number): number {
    const value = text(key)
    if (value === undefined) return fallback
    if (/^\d{1,15}$/.test(value) && Number(value) <= maximum) return Number(value)
    return wrong(`${key}: ${value} is not a whole number from 0 to ${maximum}`, fallback)
  }
  function positive(key: string, fallback: number, maximum: number): number {
    const value = integer(key, fallback, maximum)
    return value > 0 ? value : wrong(`${key}: it must be at least 1`, fallback)
  }
  function choice<T extends string>(key: string, choices: readonly [T, ...T[]]): T {
    const value = text(key) ?? choices[0]
    const found = choices.find((c) => c === value)
    return found ?? wrong(`${key}: ${value} is none of ${choices.join(', ')}`, choices[0])
  }

  const host = text('host') ?? '127.0.0.1'
  const nodeName = text('nodeName') ?? 'nsxmgr-a'
  if (!/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(nodeName)) {
    mistakes.add(`nodeName: ${nodeName} is not a host name`)
  }
  const nsxvName = text('nsxvName')
  if (nsxvName !== undefined && (!isHostname(nsxvName) || nsxvName === nodeName)) {
    mistakes.add(`nsxvName: ${nsxvName} is not a host name of its own`)
  }
  const databaseUrl = text('databaseUrl')
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    mistakes.add('databaseUrl: it must begin with postgres://')
  }
  const passwordFile = text('adminPasswordFile')
  if (passwordFile !== undefined && text('adminPassword') !== undefined) {
    mistakes.add('adminPasswordFile: adminPassword is given too')
  }
  const certFile = text('tlsCert')
  const keyFile = text('tlsKey')
  if ((certFile === undefined) !== (keyFile === undefined)) {
    mistakes.add('tlsCert, tlsKey: the one needs the other')
  }
  for (const [key, path] of [
    ['tlsCert', certFile],
    ['tlsKey', keyFile],
  ] as const) {
    if (path !== undefined && !existsSync(path)) mistakes.add(`${key}: there is no file ${path}`)
  }
  const tlsNames = namesOf(list('tlsNames'))
  if (tlsNames.length > 0 && certFile !== undefined) {
    wrong('tlsNames: the certificate of tlsCert says itself what it is for', undefined)
  }
  function namesOf(given: string[]): string[] {
    if (given.length > mostNames) return wrong(`tlsNames: there are more than ${mostNames}`, [])
    return given
      .filter((name) => name !== '')
      .map((name) => canonicalName(name) ?? wrong(`tlsNames: ${name} is no DNS name or IP address`, name))
  }
  const sshPort = integer('sshPort', 2222, 65_535)

  const httpsPort = integer('httpsPort', 8443, 65_535)
  const revisionRule = choice('apiServiceRevision', ['auto', 'strict', 'lenient'])
  const clientCertificates = choice('clientCertificates', ['auto', 'on', 'off'])
  const ldapTimeout = positive('ldapTimeout', 5000, 60_000)
  const connections = {
    ofAddress: integer('connectionsOfAddress', 2048, 1_000_000),
    silentOfAddress: integer('silentConnectionsOfAddress', 512, 1_000_000),
  }
  const sharedIdentitySources = choice('sharedIdentitySources', ['off', 'on']) === 'on'
  const vcenterSessions = {
    idleTimeout: positive('vcenterSessionIdleTimeout', defaultVcenterSessionLimits.idleTimeout, longestPeriod),
    lifetime: positive('vcenterSessionLifetime', defaultVcenterSessionLimits.lifetime, longestPeriod),
    maximum: positive('vcenterMaxSessions', defaultVcenterSessionLimits.maximum, 1_000_000),
    maximumOfUser: positive('vcenterMaxUserSessions', defaultVcenterSessionLimits.maximumOfUser, 1_000_000),
  }
  const consoleExplanations = choice('consoleExplanations', ['on', 'off']) === 'on'
  const nsxRelease = nsxReleases[choice('nsxRelease', ['9.0', '9.1'])]
  const nsxvCliRoles = choice('nsxvCliRoles', ['later', '6.2'])
  const logLevel = choice('logLevel', ['info', 'debug', 'warn', 'error'])
  const auditLog = {
    maxBytes: integer('auditLogMaxBytes', 100 * 1024 * 1024, Number.MAX_SAFE_INTEGER),
    keep: integer('auditLogKeep', 10, 1000),
  }
  const vsphereInventory = text('vsphereInventory')
  if (vsphereInventory !== undefined && !existsSync(vsphereInventory)) {
    mistakes.add(`vsphereInventory: there is no file ${vsphereInventory}`)
  }
  const madeSettings = ['vsphereDatacenters', 'vsphereClusters', 'vsphereHosts', 'vsphereVms']
  const made = madeSettings.find((key) => text(key) !== undefined)
  if (vsphereInventory !== undefined && made) mistakes.add(`${made}: vsphereInventory says what there is`)
  const size: InventorySize = {
    datacenters: integer('vsphereDatacenters', labSize.datacenters, 1000),
    clusters: integer('vsphereClusters', labSize.clusters, 100),
    hosts: integer('vsphereHosts', labSize.hosts, 100),
    vms: integer('vsphereVms', labSize.vms, 1_000_000),
  }
  if (size.datacenters === 0) mistakes.add('vsphereDatacenters: 0 would leave no place for virtual machines')
  if (size.hosts === 0) mistakes.add('vsphereHosts: 0 would leave clusters nothing to run on')
  if (size.datacenters * size.clusters * size.hosts > 100_000) {
    mistakes.add('vsphereHosts: there would be more than 100000 hosts')
  }
  const vsphere =
    vsphereInventory !== undefined
      ? ({ kind: 'file', file: vsphereInventory } as const)
      : made
        ? ({ kind: 'made', size } as const)
        : undefined
  const relay = mistakes.note(() => readRelaySettings(file.relay, environment))
  mistakes.tell()
  const givenDir = text('dataDir')
  const temporary = lab && givenDir === undefined
  const dataDir = temporary ? mkdtempSync(join(tmpdir(), 'sallyport-lab-')) : resolve(givenDir ?? 'data')

  return {
    lab,
    dataDir,
    temporary,
    host,
    httpsPort,
    sshPort,
    database: databaseUrl ? { kind: 'postgres', url: databaseUrl, poolSize: 10 } : { kind: 'sqlite', dataDir },
    tls: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined,
    tlsNames,
    adminPassword: passwordFile === undefined ? text('adminPassword') : readPassword(passwordFile),
    nodeName,
    nsxvName,
    consoleExplanations,
    nsxvCliRoles,
    nsxRelease,
    localDomain: text('localDomain'),
    clientCertificates,
    // In a lab the vendor's own playbooks are tried out; in front of real managers nothing is taken for granted.
    lenientRevision: revisionRule === 'auto' ? lab && relay === undefined : revisionRule === 'lenient',
    ldapTimeout,
    connections,
    sharedIdentitySources,
    vcenterSessions,
    logLevel,
    auditLog,
    auditHead: {
      file: resolve(text('auditHead') ?? join(dataDir, 'audit-head')),
      keyFile: resolve(text('auditHeadKey') ?? join(dataDir, 'audit-head.key')),
    },
    vsphere,
    relay,
  }
}

/** The first line of a file, or of standard input. */
function readPassword(path: string): string {
  let content: string
  try {
    content = readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    throw new ConfigError(`adminPasswordFile: cannot read ${path}: ${(error as Error).message}`, { cause: error })
  }
  const [password = ''] = content.split(/\r?\n/)
  if (password === '') throw new ConfigError(`adminPasswordFile: ${path} holds no password`)
  return password
}

function readFile(path: string, mistakes: Mistakes): Record<string, unknown> {
  let content: unknown
  try {
    content = parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new ConfigError(`config: cannot read ${path}: ${(error as Error).message}`, { cause: error })
  }
  if (content === null || typeof content !== 'object') throw new ConfigError(`config: ${path} holds no settings`)
  // What has parts of its own stands in the file only.
  const known = new Set([...settings.map(({ key }) => key), 'relay'])
  const unknown = Object.keys(content).filter((key) => !known.has(key))
  if (unknown.length > 0) {
    const named = unknown.map((key) => `${key}${didYouMean(key, known)}`)
    mistakes.add(`config: ${path} has unknown settings: ${named.join(', ')}`)
  }
  return content as Record<string, unknown>
}
