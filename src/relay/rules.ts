import { type Feature, isFeature, type Permission, permissions } from '../access/roles/features.ts'
import { renamedFeatures } from '../access/roles/renamed-features.ts'
import { ConfigError, createMistakes } from '../config-error.ts'
import type { RelayRuleSettings } from '../config-relay.ts'

/** What a call must be allowed to do before it is passed on. */
export interface RelayRule {
  methods: readonly string[]
  /** Canonical path; `{name}` stands for any one segment. */
  path: string
  /** The value of `?action=` that it is about; absent: calls that have none. */
  action?: string | undefined
  feature: Feature
  permission: Permission
  /**
   * `objects`: JSON that is read whole, because it may hold further objects of the policy tree; `tree`: the same, and
   * the call changes nothing but what is in it; `stream`: whatever it is, it is passed on as it comes.
   */
  body?: 'objects' | 'tree' | 'stream' | undefined
}

/** A rule in force. */
export interface RuleInForce extends Required<Pick<RelayRule, 'feature' | 'permission' | 'body'>> {
  /** As people read it: `PATCH /policy/api/v1/infra/segments/{}`. */
  name: string
  /** The path with `{}` for every segment that varies. */
  template: string
  source: 'shipped' | 'configured'
}

export type Ruling = { rule: RuleInForce } | { denied: string }
export type RelayRules = ReturnType<typeof compileRules>

interface Place {
  template: string
  literals: Map<string, Place>
  any: Place | undefined
  /** By method and action; undefined: no rule ends here. */
  rules: Map<string, RuleInForce> | undefined
}

const knownMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const literal = /^[A-Za-z0-9._~-]+$/
const policyApi = '/policy/api/v1/'

/** Whoever may not do this is refused, and so is whatever no rule speaks of. */
export function compileRules(shipped: readonly RelayRule[], configured: readonly RelayRuleSettings[] = []) {
  const root = newPlace('')
  for (const rule of shipped) add(rule, 'shipped')
  const mistakes = createMistakes()
  for (const [at, settings] of configured.entries()) {
    mistakes.note(() => add(checked(settings, `relay.rules[${at}]`), 'configured'))
  }
  mistakes.tell()

  function add(rule: RelayRule, source: RuleInForce['source']): void {
    let place = root
    for (const segment of rule.path.split('/').slice(1)) place = step(place, segment)
    place.rules ??= new Map()
    for (const method of rule.methods) {
      const action = rule.action === undefined ? '' : `?action=${rule.action}`
      const writesPolicy = method !== 'GET' && method !== 'DELETE' && rule.path.startsWith(policyApi)
      place.rules.set(`${method}${action}`, {
        name: `${method} ${place.template}${action}`,
        template: place.template,
        feature: rule.feature,
        permission: rule.permission,
        body: rule.body ?? (writesPolicy ? 'objects' : 'stream'),
        source,
      })
    }
  }

  /** The most specific place: a segment that is named goes before one that is not, from the left. */
  function find(path: string): Place | undefined {
    const segments = path.split('/')
    return search(root, 1)

    function search(place: Place, at: number): Place | undefined {
      if (at === segments.length) return place.rules && place
      const segment = segments[at] as string
      const named = place.literals.get(segment)
      return (named && search(named, at + 1)) ?? (place.any && segment !== '' ? search(place.any, at + 1) : undefined)
    }
  }

  return {
    /**
     * The rule for a call: that of the most specific template its path has. Where that one has no rule for the method,
     * no wider one speaks for it.
     *
     * @param url Canonical; a slash at its end makes no difference.
     */
    rule(method: string, url: string): Ruling {
      const question = url.indexOf('?')
      const path = question < 0 ? url : url.slice(0, question)
      const found = find(path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)
      if (!found) return { denied: `no rule has the path ${path}` }
      const action = question < 0 ? '' : actionOf(url.slice(question + 1))
      if (action === undefined) return { denied: 'its query can be read in two ways' }
      const reads = method === 'HEAD' ? 'GET' : method
      const name = action === '' ? reads : reads + action
      const rule = found.rules?.get(name)
      return rule ? { rule } : { denied: `no rule of ${found.template} has ${name}` }
    },

    /** The template that a path has. */
    template: (path: string): string | undefined => find(path)?.template,
  }
}

function newPlace(template: string): Place {
  return { template, literals: new Map(), any: undefined, rules: undefined }
}

function step(place: Place, segment: string): Place {
  if (segment.startsWith('{')) {
    place.any ??= newPlace(`${place.template}/{}`)
    return place.any
  }
  const known = place.literals.get(segment)
  if (known) return known
  const next = newPlace(`${place.template}/${segment}`)
  place.literals.set(segment, next)
  return next
}

/** The action that a query asks for, as rules name it; undefined where servers could disagree about it. */
function actionOf(query: string): string | undefined {
  if (!/action|method/i.test(query)) return ''
  const pairs = query.split(/[&;]/).map((pair) => pair.split('='))
  // Some servers take the method from here.
  if (pairs.some(([name]) => name?.toLowerCase() === '_method')) return undefined
  const actions = pairs.filter(([name]) => name?.toLowerCase() === 'action')
  if (actions.length === 0) return ''
  const [[name, value, ...more] = []] = actions
  if (actions.length > 1 || name !== 'action' || more.length > 0 || !literal.test(value ?? '')) return undefined
  return `?action=${value}`
}

/** @throws {ConfigError} naming what is wrong with a rule of the config file. */
function checked(rule: RelayRuleSettings, key: string): RelayRule {
  const { methods, path, action, feature, permission, body } = rule
  const unknown = methods.find((method) => !knownMethods.includes(method))
  if (methods.length === 0) throw new ConfigError(`${key}.methods: it names no method`)
  if (unknown !== undefined) {
    throw new ConfigError(`${key}.methods: ${unknown} is none of ${knownMethods.join(', ')}`)
  }
  const segments = path.split('/')
  if (
    segments[0] !== '' ||
    !segments.slice(1).every((part) => literal.test(part) || /^\{[A-Za-z0-9_-]*\}$/.test(part))
  ) {
    throw new ConfigError(`${key}.path: ${path} is not a path of plain segments and {names}`)
  }
  if (segments.some((part) => part === '.' || part === '..')) {
    throw new ConfigError(`${key}.path: ${path} has a dot segment`)
  }
  if (action !== undefined && !literal.test(action)) throw new ConfigError(`${key}.action: ${action} is not an action`)
  if (!isFeature(feature)) {
    const now = renamedFeatures[feature]
    const hint = now?.length ? `; it is called ${now.join(' and ')} now` : ''
    throw new ConfigError(`${key}.feature: ${feature} is not a feature${hint}`)
  }
  if (!permissions.some((known) => known === permission && known !== 'none')) {
    throw new ConfigError(`${key}.permission: ${permission} is none of ${permissions.slice(1).join(', ')}`)
  }
  return { methods, path, action, feature, permission: permission as Permission, body }
}
