import { readFileSync } from 'node:fs'
import { pino } from 'pino'
import { steadyClock } from '../access/clock.ts'
import { may } from '../access/permissions/rights.ts'
import { loadRoles } from '../access/roles/load.ts'
import { escapeControl } from '../audit/escape.ts'
import { type Config, ConfigError } from '../config.ts'
import { parseJson } from '../gateway/body.ts'
import { canonicalUrl } from '../gateway/canonical-url.ts'
import { RequestError } from '../http/request-error.ts'
import { repeatedName } from '../relay/hierarchical.ts'
import { createRelayPolicy, openRelay } from '../relay/relay.ts'
import type { RuleInForce } from '../relay/rules.ts'
import { openExistingDatabase } from '../store/database.ts'
import { createStores } from '../store/stores.ts'
import { clusterRealm } from '../world.ts'

export interface DryRun {
  method: string
  path: string
  user: string
  /** File with the body that would be sent. */
  bodyFile: string | undefined
}

/**
 * Says what the relay would do with a call, and by which rule; nothing is sent. The store may be in use.
 *
 * @returns whether the call would be passed on.
 * @throws {ConfigError} when there is no relay, no such file or no such user.
 */
export async function testRelay(config: Config, { method, path, user, bodyFile }: DryRun): Promise<boolean> {
  if (!config.relay) throw new ConfigError('relay: the config file has none')
  const policy = createRelayPolicy(config.relay)
  const lines: string[] = []
  const say = (name: string, value: string) => lines.push(`${`${name}:`.padEnd(10)}${value}`)
  const allowed = await decide()
  process.stdout.write(`${allowed ? 'allowed' : 'denied'}\n${lines.join('\n')}\n`)
  return allowed

  async function decide(): Promise<boolean> {
    const entry = await readUser(config, user)
    say('call', `${method} ${path}`)
    say('user', entry.account.username)
    const canonical = canonicalUrl(path, undefined)
    if ('refused' in canonical) return no(`the path is not canonical: ${canonical.refused}`)
    const upstream = policy.upstream(canonical.url)
    if (upstream === undefined) return no('no upstream has the path: Sallyport answers the call itself')
    say('upstream', upstream)
    if (!entry.account.active) return no('the account is not active')
    const ruling = policy.rule(method, canonical.url)
    if ('denied' in ruling) return no(ruling.denied)
    const { rule } = ruling
    if (!permits(rule)) return false
    const body = bodyFile === undefined ? undefined : readBody(bodyFile)
    if (body === undefined) {
      return rule.body !== 'tree' || no('it depends on the objects in the body: name it with --body')
    }
    if (rule.body === 'stream') return true
    const objects = policy.objects(canonical.url, body)
    if ('refused' in objects) return no(objects.refused)
    for (const change of objects.changes) {
      const inner = policy.rule(change.method, change.path)
      if ('denied' in inner) return no(inner.denied)
      if (!permits(inner.rule)) return false
    }
    return true

    function permits(rule: RuleInForce): boolean {
      const needs = rule.permission === 'none' ? 'what its body needs' : `${rule.permission} on ${rule.feature}`
      say('rule', `${rule.name} needs ${needs} (${rule.source})`)
      if (may(entry.rights, rule.feature, rule.permission)) return true
      return no(`the roles of ${entry.account.username} do not give ${rule.permission} on ${rule.feature}`)
    }
  }

  function no(reason: string): false {
    say('reason', reason)
    return false
  }
}

/**
 * Signs in at every upstream, and prints which answer and why others do not.
 *
 * @returns whether all of them answer.
 * @throws {ConfigError} when there is no relay.
 */
export async function testUpstreams(config: Config): Promise<boolean> {
  if (!config.relay) throw new ConfigError('relay: the config file has none')
  const relay = await openRelay(config.relay, steadyClock, pino({ level: 'silent' }))
  try {
    const tried = await relay.attempt()
    const longest = Math.max(...tried.map(([name]) => name.length))
    for (const [name, why] of tried) {
      process.stdout.write(`${`${name}:`.padEnd(longest + 2)}${why === undefined ? 'answers' : escapeControl(why)}\n`)
    }
    return tried.every(([, why]) => why === undefined)
  } finally {
    await relay.close()
  }
}

function readBody(file: string): unknown {
  try {
    const bytes = readFileSync(file)
    const body = parseJson(bytes)
    const twice = repeatedName(bytes.toString())
    if (twice !== undefined)
      throw new RequestError('body_malformed', `it has the property ${twice} twice in one object`)
    return body
  } catch (error) {
    throw new ConfigError(`body: cannot read ${file}: ${(error as Error).message}`, { cause: error })
  }
}

/** The user with its rights as the server would see them. */
async function readUser(config: Config, name: string) {
  const db = await openExistingDatabase(config.database)
  try {
    const { directory } = await loadRoles(createStores(db))
    const entry = directory.findByName(clusterRealm, name)
    if (!entry) throw new ConfigError(`as: there is no local user ${name}`)
    return entry
  } finally {
    await db.destroy()
  }
}
