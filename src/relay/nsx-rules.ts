import type { Feature, Permission } from '../access/roles/features.ts'
import table from './nsx-features-of-calls.json' with { type: 'json' }
import { places, treeRoot } from './nsx-places.ts'
import type { RelayRule } from './rules.ts'

/** By call: its feature, null where the vendor's id is not known; its permission; how the vendor's pages say so. */
const calls = table as unknown as Readonly<Record<string, readonly [Feature | null, Permission, string]>>

/** Where no page prints the id of the feature, the nearest that one prints. [inferred] */
const nearest: readonly [pattern: RegExp, Feature][] = [
  [/\/intrusion-service-policies(\/|$)/, 'policy_common_ids'],
  [/\/alarms(\/|$)/, 'system_administration'],
]

function ruleOf(method: string, path: string, action: string | undefined): RelayRule {
  const call = `${method} ${path}${action === undefined ? '' : `?action=${action}`}`
  const [known, permission] = calls[call] ?? []
  const feature = known ?? nearest.find(([pattern]) => pattern.test(path))?.[1]
  if (!feature || !permission) throw new Error(`no feature is known for ${call}`)
  return { methods: [method], path, feature, permission, ...(action === undefined ? {} : { action }) }
}

/** The rules that come with Sallyport. What they do not speak of is denied. */
export const nsxRules: readonly RelayRule[] = [
  // Every object in its body is asked for by the rule of its own path; nothing else can be in it.
  { methods: ['PATCH'], path: treeRoot, feature: 'system_administration', permission: 'none', body: 'tree' },
  ...places.flatMap(({ methods, path, action }) => methods.map((method) => ruleOf(method, path, action))),
]
