import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { places } from '../src/relay/nsx-places.ts'

/**
 * Writes what is shipped of the vendor's features: `src/access/roles/nsx-features.json`, the features and the printed
 * role matrix, and `src/relay/nsx-features-of-calls.json`, which feature and permission each relayed call asks for.
 *
 *     node build/nsx-features.ts FILE
 *
 * FILE is the feature map that was read out of the vendor's reference pages. Features whose ids are guesses are left
 * out.
 */
interface Rule {
  /** A whole path, or the beginning of paths, with `{}` for what varies. */
  template?: string
  prefix?: string
  methods: string[]
  feature: string
  permission: 'none' | 'read' | 'execute' | 'crud' | 'default'
  mark: 'documented' | 'inherited' | 'inferred'
}

interface FeatureMap {
  _about: { id_unknown: string }
  features: { id: string; name: string | null }[]
  rules: Rule[]
  role_matrix_9_0: Record<string, Record<string, string>>
}

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('usage: node build/nsx-features.ts FILE')
const map = JSON.parse(readFileSync(file, 'utf8')) as FeatureMap
const unknown = new Set(map._about.id_unknown.split(': ')[1]?.split(', '))
const known = map.features.filter(({ id }) => !unknown.has(id))

const pattern = (path: string) => path.replace(/\{[^}]*\}/g, '{}')
const byTemplate = Map.groupBy(map.rules, (rule) => pattern(rule.template ?? ''))
const prefixes = map.rules.flatMap((rule) =>
  rule.prefix === undefined ? [] : [{ segments: pattern(rule.prefix).split('/'), rule }],
)

/** The rule that the map has for a call: the whole path's first, then the longest beginning's. */
function ruleOf(method: string, path: string): Rule | undefined {
  const takes = ({ methods }: Rule) => methods.includes(method) || methods.includes('*')
  const named = (rules: Rule[]) => rules.find(({ methods }) => methods.includes(method)) ?? rules[0]
  const [bare = ''] = path.split('?')
  for (const template of [path, `${bare}?*`, bare]) {
    const found = named((byTemplate.get(template) ?? []).filter(takes))
    if (found) return found
  }
  const segments = bare.split('/')
  const beginning = prefixes
    .filter(({ segments: own, rule }) => takes(rule) && own.every((one, at) => one === segments[at] || one === '{}'))
    .filter(({ segments: own }) => own.length <= segments.length)
    .sort((a, b) => b.segments.length - a.segments.length || wordsOf(b, method) - wordsOf(a, method))
  return beginning[0]?.rule
}

/** How many segments of a beginning are words, a rule of just this method before one of any. */
const wordsOf = ({ rule, segments }: (typeof prefixes)[number], method: string) =>
  segments.filter((one) => one !== '{}').length + (rule.methods.includes(method) ? 0.5 : 0)

/** A feature none of whose calls is a policy call: custom roles cannot have it. */
const hasPolicyCalls = new Set(
  map.rules
    .filter(({ template, prefix }) => (template ?? prefix ?? '').startsWith('/policy/'))
    .map(({ feature }) => feature),
)

const lines = (rows: [string, unknown][]) =>
  rows
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(',\n')

const features = known.map(({ id, name }): [string, unknown] => [
  id,
  { ...(name === null ? {} : { row: name }), ...(hasPolicyCalls.has(id) ? {} : { internal: true }) },
])
const featuresFile = join(import.meta.dirname, '../src/access/roles/nsx-features.json')
writeFileSync(
  featuresFile,
  `{\n  "features": {\n${lines(features)}\n  },\n  "matrix": {\n${lines(Object.entries(map.role_matrix_9_0))}\n  }\n}\n`,
)

const calls = places.flatMap(({ methods, path, action }) =>
  methods.map((method): [string, unknown] => {
    const call = `${path}${action === undefined ? '' : `?action=${action}`}`
    const rule = ruleOf(method, call)
    const granted = rule?.permission === 'default' ? (method === 'GET' ? 'read' : 'crud') : rule?.permission
    return [
      `${method} ${call}`,
      [rule && !unknown.has(rule.feature) ? rule.feature : null, granted ?? null, rule?.mark],
    ]
  }),
)
const callsFile = join(import.meta.dirname, '../src/relay/nsx-features-of-calls.json')
writeFileSync(callsFile, `{\n${lines(calls).replaceAll(/^ {4}/gm, '  ')}\n}\n`)
execFileSync('biome', ['format', '--write', featuresFile, callsFile])
