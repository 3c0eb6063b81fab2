import type { Logger } from 'pino'
import type { Clock } from '../access/clock.ts'
import { ConfigError } from '../config-error.ts'
import type { RelaySettings } from '../config-relay.ts'
import { type Objects, objectsOf } from './hierarchical.ts'
import { placeOfChild, treeRoot } from './nsx-places.ts'
import { nsxRules } from './nsx-rules.ts'
import { isUnder, ownPathOf } from './own-paths.ts'
import { compileRules, type Ruling } from './rules.ts'

export type RelayPolicy = ReturnType<typeof createRelayPolicy>
export type Relay = Awaited<ReturnType<typeof openRelay>>

/** Where calls go and what they need, as far as the settings say; nothing is connected. */
export function createRelayPolicy({ upstreams, rules: configured }: RelaySettings) {
  const rules = compileRules(nsxRules, configured)
  const prefixes = upstreams.flatMap(({ name, paths }, upstream) =>
    paths.map((path, at) => ({ path: requirePrefix(path, `relay.upstreams[${upstream}].paths[${at}]`), name })),
  )
  for (const [at, { path }] of prefixes.entries()) {
    if (prefixes.findIndex((other) => other.path === path) !== at) {
      throw new ConfigError(`relay.upstreams: two paths are ${path}`)
    }
  }
  // The longest says where a call goes.
  prefixes.sort((a, b) => b.path.length - a.path.length)
  const shape = { template: rules.template, placeOfChild }

  return {
    /** The name of the upstream that a call goes to; undefined: it is answered here. @param url Canonical. */
    upstream(url: string): string | undefined {
      const question = url.indexOf('?')
      const path = question < 0 ? url : url.slice(0, question)
      const prefix = prefixes.find((known) => isUnder(path, known.path))
      return prefix && ownPathOf(path) === undefined ? prefix.name : undefined
    },

    /** What a call needs. @param url Canonical. */
    rule: (method: string, url: string): Ruling => rules.rule(method, url),

    /**
     * What a body needs beside the call it is sent with: the objects of the policy tree in it.
     *
     * @param url Canonical.
     */
    objects(url: string, body: unknown): Objects {
      const path = url.split('?', 1)[0]?.replace(/\/$/, '') ?? ''
      return objectsOf(body, path, path === treeRoot, shape)
    },
  }
}

/** The relay with its connections. */
export async function openRelay(settings: RelaySettings, steady: Clock, log: Logger) {
  const policy = createRelayPolicy(settings)
  // Its HTTP client is loaded where there is a relay, and only there.
  const { createUpstream } = await import('./upstream.ts')
  const upstreams = new Map(settings.upstreams.map((one) => [one.name, createUpstream(one, steady, log)]))
  let closed = false
  return {
    policy,
    largestTree: settings.largestTree,
    /** Where a call goes; undefined: it is answered here. @param url Canonical. */
    upstream(url: string) {
      const name = policy.upstream(url)
      return name === undefined ? undefined : upstreams.get(name)
    },
    /**
     * Tries every upstream at once.
     *
     * @param tell Called as each is known, and not once the relay is closed: then it says nothing of the upstream.
     * @returns why each does not answer, by its name; undefined where it does.
     */
    async attempt(
      tell: (upstream: string, why: string | undefined) => void = () => {},
    ): Promise<[upstream: string, why: string | undefined][]> {
      return Promise.all(
        [...upstreams.values()].map(async (one) => {
          const why = await one.attempt()
          if (!closed) tell(one.name, why)
          return [one.name, why]
        }),
      )
    },
    async keepHouse(): Promise<void> {
      await Promise.all([...upstreams.values()].map((upstream) => upstream.keepHouse()))
    },
    async close(): Promise<void> {
      closed = true
      await Promise.all([...upstreams.values()].map((upstream) => upstream.close()))
    },
  }
}

/** @throws {ConfigError} for what is no path of the API, and for what is ours. */
function requirePrefix(path: string, key: string): string {
  if (!/^(?:\/[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*)+$/.test(path)) {
    throw new ConfigError(`${key}: ${path} is not a path of plain segments`)
  }
  if (!isUnder(path, '/api/v1') && !isUnder(path, '/policy/api/v1')) {
    throw new ConfigError(`${key}: ${path} is not under /api/v1 or /policy/api/v1; only those can be relayed`)
  }
  const own = ownPathOf(path)
  if (own !== undefined) {
    throw new ConfigError(`${key}: ${path} cannot be relayed: ${own} is what Sallyport itself is there for`)
  }
  return path
}
