import { readFileSync } from 'node:fs'
import { ConfigError, createMistakes } from './config-error.ts'
import { section } from './config-section.ts'

/** `relay` in the config file. */
export interface RelaySettings {
  upstreams: UpstreamSettings[]
  /** In front of the shipped rules; what their features mean is checked when they are compiled. */
  rules: RelayRuleSettings[]
  /** Bodies that are read whole to see every object in them may have so many bytes. */
  largestTree: number
}

export interface UpstreamSettings {
  /** What logs and the dry run call it. */
  name: string
  /** `https://host[:port]` */
  origin: string
  /** PEM; absent: whom the system trusts. */
  ca: string | undefined
  /** The name its certificate must have, where the URL does not say it. */
  servername: string | undefined
  /** Calls at and under these paths go there. */
  paths: string[]
  credential: { kind: 'session' | 'basic'; user: string; password: string } | undefined
  clientCertificate: { cert: string; key: string } | undefined
  /** Open at most. */
  connections: number
  /** Milliseconds until a connection is free and open. */
  connectTimeout: number
  /** Milliseconds from the request sent to the head of its answer. */
  answerTimeout: number
  /** Milliseconds without a byte of the answer's body, or without the client taking one. */
  bodyTimeout: number
}

export interface RelayRuleSettings {
  methods: string[]
  path: string
  action: string | undefined
  feature: string
  permission: string
  body: 'objects' | 'stream' | undefined
}

/**
 * Reads `relay` of the config file, and the files and variables it names.
 *
 * @throws {ConfigError} naming the setting that is unknown, missing or wrong.
 */
export function readRelaySettings(value: unknown, environment: NodeJS.ProcessEnv): RelaySettings | undefined {
  if (value === undefined || value === null) return undefined
  const relay = section(value, 'relay', ['upstreams', 'rules', 'largestTree'])
  const mistakes = createMistakes()
  const each = <T>(list: string, read: (item: unknown, key: string) => T): T[] =>
    relay.list(list).flatMap((item, at) => mistakes.note(() => [read(item, `relay.${list}[${at}]`)]) ?? [])
  const upstreams = each('upstreams', (item, key) => readUpstream(item, key, environment))
  if (relay.list('upstreams').length === 0) mistakes.add('relay.upstreams: it names no upstream')
  const names = upstreams.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) mistakes.add(`relay.upstreams: two are named ${twice}`)
  const rules = each('rules', readRule)
  const largestTree = mistakes.note(() => relay.number('largestTree', 4 * 1024 * 1024, 1024, 64 * 1024 * 1024)) ?? 0
  mistakes.tell()
  return { upstreams, rules, largestTree }
}

const upstreamKeys = [
  'name',
  'url',
  'ca',
  'servername',
  'paths',
  'credential',
  'clientCertificate',
  'connections',
  'connectTimeout',
  'answerTimeout',
  'bodyTimeout',
]

function readUpstream(value: unknown, key: string, environment: NodeJS.ProcessEnv): UpstreamSettings {
  const upstream = section(value, key, upstreamKeys)
  const name = upstream.text('name')
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name)) throw new ConfigError(`${key}.name: ${name} is not a name`)
  const credential = upstream.given('credential')
    ? readCredential(upstream.value('credential'), `${key}.credential`, environment)
    : undefined
  const clientCertificate = upstream.given('clientCertificate')
    ? readClientCertificate(upstream.value('clientCertificate'), `${key}.clientCertificate`)
    : undefined
  if (!credential && !clientCertificate) {
    throw new ConfigError(`${key}: it needs a credential or a clientCertificate to call with`)
  }
  const paths = upstream.list('paths').map((path) => String(path))
  if (paths.length === 0) throw new ConfigError(`${key}.paths: it names no path`)
  const seconds = (name: string, fallback: number) => Math.round(upstream.number(name, fallback, 0.05, 600) * 1000)
  const connections = upstream.number('connections', 64, 1, 1024)
  if (!Number.isInteger(connections)) throw new ConfigError(`${key}.connections: ${connections} is not a whole number`)
  return {
    name,
    origin: readOrigin(upstream.text('url'), `${key}.url`),
    ca: upstream.given('ca') ? readText(upstream.text('ca'), `${key}.ca`) : undefined,
    servername: upstream.given('servername') ? upstream.text('servername') : undefined,
    paths,
    credential,
    clientCertificate,
    connections,
    connectTimeout: seconds('connectTimeout', 5),
    answerTimeout: seconds('answerTimeout', 30),
    bodyTimeout: seconds('bodyTimeout', 30),
  }
}

function readOrigin(text: string, key: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:') throw new ConfigError(`${key}: it must begin with https://`)
  if (url.username || url.password) throw new ConfigError(`${key}: credentials belong into credential`)
  if (url.pathname !== '/' || url.search || url.hash) throw new ConfigError(`${key}: it must be https://host[:port]`)
  return url.origin
}

function readCredential(value: unknown, key: string, environment: NodeJS.ProcessEnv): UpstreamSettings['credential'] {
  const credential = section(value, key, ['kind', 'user', 'password', 'passwordFile', 'passwordVariable'])
  const kind = credential.given('kind') ? credential.text('kind') : 'session'
  if (kind !== 'session' && kind !== 'basic') throw new ConfigError(`${key}.kind: ${kind} is none of session, basic`)
  const user = credential.text('user')
  if (user.includes(':')) throw new ConfigError(`${key}.user: it has a ':'`)
  const sources = ['password', 'passwordFile', 'passwordVariable'].filter((name) => credential.given(name))
  if (sources.length !== 1) {
    throw new ConfigError(`${key}: it needs one of password, passwordFile and passwordVariable`)
  }
  const [source] = sources as [string]
  const named = credential.text(source)
  let password: string | undefined = named
  if (source === 'passwordFile') password = readText(named, `${key}.passwordFile`).replace(/\r?\n$/, '')
  if (source === 'passwordVariable') password = environment[named]
  if (!password) throw new ConfigError(`${key}.${source}: there is no password`)
  return { kind, user, password }
}

function readClientCertificate(value: unknown, key: string): { cert: string; key: string } {
  const files = section(value, key, ['cert', 'key'])
  return { cert: readText(files.text('cert'), `${key}.cert`), key: readText(files.text('key'), `${key}.key`) }
}

function readRule(value: unknown, key: string): RelayRuleSettings {
  const rule = section(value, key, ['methods', 'path', 'action', 'feature', 'permission', 'body'])
  const body = rule.given('body') ? rule.text('body') : undefined
  if (body !== undefined && body !== 'objects' && body !== 'stream') {
    throw new ConfigError(`${key}.body: ${body} is none of objects, stream`)
  }
  return {
    methods: rule.list('methods').map(String),
    path: rule.text('path'),
    action: rule.given('action') ? rule.text('action') : undefined,
    feature: rule.text('feature'),
    permission: rule.text('permission'),
    body,
  }
}

function readText(path: string, key: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError(`${key}: cannot read ${path}: ${(error as Error).message}`, { cause: error })
  }
}
