import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Writes `src/http/vcenter/sdk/vim25/vim25.json`: what vim25 defines of the managed types that are served here, and of
 * the data they lead to, with the version in which each came.
 *
 *     node build/vim25.ts FOLDER
 *
 * FOLDER is `pyVmomi` of Broadcom's package of that name for Python (PyPI). The table is sorted;
 * `src/http/vcenter/sdk/vim25/table.ts` says how it reads.
 */
const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: node build/vim25.ts FOLDER')

/** Types of managers, of which every method's parameters and results are kept. */
const managers = [
  ...['ServiceInstance', 'PropertyCollector', 'PropertyFilter', 'ViewManager', 'ContainerView', 'ListView'],
  ...['InventoryView', 'SessionManager', 'AuthorizationManager', 'UserDirectory', 'TaskManager', 'Task', 'SearchIndex'],
  ...['EventManager', 'EventHistoryCollector', 'OptionManager', 'LicenseManager', 'LicenseAssignmentManager'],
  ...['PerformanceManager', 'CustomFieldsManager', 'ExtensionManager', 'TaskHistoryCollector'],
]

/** Types of inventory objects. */
const inventory = [
  ...['Folder', 'StoragePod', 'Datacenter', 'ComputeResource', 'ClusterComputeResource', 'HostSystem', 'ResourcePool'],
  ...['VirtualApp', 'VirtualMachine', 'Datastore', 'Network', 'OpaqueNetwork', 'DistributedVirtualPortgroup'],
  ...['VmwareDistributedVirtualSwitch'],
]

/** Data that stands in the place of what it is derived from. */
const derived = [
  ...[
    'ClusterComputeResourceSummary',
    'ClusterConfigInfoEx',
    'TaskReasonUser',
    'TraversalSpec',
    'EventEx',
    'ExtendedEvent',
  ],
  ...['UserLoginSessionEvent', 'UserLogoutSessionEvent', 'BadUsernameSessionEvent', 'AlreadyAuthenticatedSessionEvent'],
  ...['RoleAddedEvent', 'RoleUpdatedEvent', 'RoleRemovedEvent'],
  ...['PermissionAddedEvent', 'PermissionUpdatedEvent', 'PermissionRemovedEvent'],
]

/** Faults that are answered here. */
const faults = [
  ...['AlreadyExists', 'AuthMinimumAdminPermission', 'DuplicateName', 'InvalidArgument', 'InvalidCollectorVersion'],
  ...['InvalidFolder', 'InvalidLocale', 'InvalidLogin', 'InvalidName', 'InvalidPowerState', 'InvalidProperty'],
  ...['InvalidRequest', 'InvalidState', 'LimitExceeded', 'ManagedObjectNotFound', 'MethodNotFound', 'NoPermission'],
  ...['NotAuthenticated', 'NotFound', 'NotSupported', 'PasswordExpired', 'RemoveFailed', 'RequestCanceled'],
  ...['ResourceInUse', 'SystemError', 'UserNotFound'],
]

/** A Python tuple or list of texts, numbers and flags, as JSON has it. */
type Literal = string | number | null | Literal[]
type Member = [name: string, type: string, version: string, flags: number, privilege?: string | null]

/** Python's flags are written by name and added up: only whether a value is optional matters here. */
const optional = 1

function literal(text: string): Literal[] {
  const json = text.replace(/"[^"]*"|[^"]+/g, (part) => {
    if (part.startsWith('"')) return part
    return part
      .replace(/F_OPTIONAL/g, String(optional))
      .replace(/F_\w+/g, '0')
      .replace(/\d( \| \d)+/g, (flags) => String(Math.max(...flags.split(' | ').map(Number))))
      .replaceAll('None', 'null')
      .replaceAll('(', '[')
      .replaceAll(')', ']')
      .replace(/,\s*\]/g, ']')
  })
  return JSON.parse(json) as Literal[]
}

const sources = ['core', 'query', 'vim'].map((name) => readFileSync(join(folder, `_typeinfo_${name}.py`), 'utf8'))
const lines = sources.flatMap((source) => source.split('\n'))
const calls = (name: string) =>
  lines.filter((line) => line.startsWith(`${name}(`)).map((line) => literal(line.slice(name.length)))

const versions = new Map(
  calls('AddVersion')
    .filter(([, namespace]) => /^vim2/.test(String(namespace)))
    .map(([id, , name]) => [id as string, name as string]),
)
/** By the names that the definitions have for types: those that clients see. */
const names = new Map<string, string>()
for (const [id, name] of [...calls('CreateDataType'), ...calls('CreateManagedType'), ...calls('CreateEnumType')]) {
  names.set(id as string, name as string)
}
// What the library itself defines.
for (const name of ['ManagedObject', 'DataObject', 'MethodFault', 'RuntimeFault', 'LocalizedMethodFault']) {
  names.set(`vmodl.${name}`, name)
}
/** Types that are texts on the wire. */
for (const name of ['TypeName', 'PropertyPath', 'MethodName']) names.set(`vmodl.${name}`, 'string')
names.set('vmodl.URI', 'anyURI').set('vmodl.Binary', 'base64Binary').set('vmodl.DateTime', 'dateTime')

const nameOf = (id: string) => names.get(id.replace(/\[\]$/, '')) ?? id.replace(/\[\]$/, '')

/** Those that a version knows, by its id: the language's own have no name that clients see. */
const parents = Map.groupBy(calls('AddVersionParent') as [string, string][], ([child]) => child)

const order = [...new Set(versions.values())].filter((name) => /^\d/.test(name)).sort(byVersion)

/** `2.5u2server` is behind `2.5u2`, which is behind `2.5`. */
function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

/** The first version of vim25 that knows each other one. */
const firstToKnow = new Map<string, string>()
for (const name of order.toReversed()) {
  for (const [id, own] of versions) {
    if (own === name) for (const [, known] of parents.get(id) ?? []) firstToKnow.set(known, name)
  }
}

/** When something came: nothing, for what was there from the beginning. */
function since(version: string): string {
  const own = versions.get(version) ?? ''
  const name = own === '' ? (firstToKnow.get(version) ?? '') : own
  return name === '' || name === '2.0' ? '' : ` ${name}`
}

function member([, type, version, flags, privilege]: Member): string {
  const list = type.endsWith('[]') ? '[]' : ''
  const right = privilege ? ` ${privilege}` : ''
  return `${nameOf(type)}${list}${flags & optional ? '?' : ''}${since(version)}${right}`
}

const members = (all: Literal): Record<string, string> =>
  Object.fromEntries(((all ?? []) as Member[]).map((one) => [one[0], member(one)]))

interface Definition {
  base: string
  since?: string
}
interface Data extends Definition {
  fields: Record<string, string>
}
interface MethodOf {
  since?: string
  privilege?: string
  parameters: Record<string, string>
  result?: string
  faults?: string[]
}
interface Managed extends Definition {
  properties: Record<string, string>
  methods: Record<string, MethodOf>
}

const came = (version: Literal) => {
  const name = since(version as string).trim()
  return name === '' ? {} : { since: name }
}

const data = new Map<string, Data>()
for (const [, name, base, version, fields] of calls('CreateDataType')) {
  data.set(name as string, {
    base: nameOf(base as string),
    ...came(version as Literal),
    fields: members(fields as Literal),
  })
}
// What the library itself defines.
data.set('MethodFault', {
  base: 'DataObject',
  fields: { faultCause: 'LocalizedMethodFault? 4.0', faultMessage: 'LocalizableMessage[]? 4.0' },
})
data.set('LocalizedMethodFault', {
  base: 'DynamicData',
  fields: { fault: 'MethodFault', localizedMessage: 'string?' },
})
data.set('RuntimeFault', { base: 'MethodFault', fields: {} })
const enums = new Map<string, string[]>()
for (const [, name, , values] of calls('CreateEnumType')) enums.set(name as string, values as string[])

const managed = new Map<string, Managed>()
for (const [, name, base, version, properties, methods] of calls('CreateManagedType')) {
  const own: Managed['methods'] = {}
  for (const one of (methods ?? []) as Literal[][]) {
    const [, wire, methodVersion, parameters, [flags, result] = [] as never, privilege, thrown] = one as [
      string,
      string,
      string,
      Literal,
      [number, string, string],
      string | null,
      string[] | null,
    ]
    const answered = (thrown ?? []).map(nameOf).filter((name) => faults.includes(name))
    own[wire] = {
      ...came(methodVersion),
      ...(privilege ? { privilege } : {}),
      parameters: members(parameters),
      ...(result === 'void' ? {} : { result: member(['', result, '', flags]) }),
      ...(answered.length === 0 ? {} : { faults: answered }),
    }
  }
  managed.set(name as string, {
    base: nameOf(base as string),
    ...came(version as Literal),
    properties: members(properties as Literal),
    methods: own,
  })
}

/** The types that are served, what they are derived from, and the data that their properties lead to. */
const kept = { managed: new Set<string>(), data: new Set<string>(), enums: new Set<string>() }
const typeIn = (text: string) => text.split(' ')[0]?.replace(/(\[\])?\??$/, '') ?? ''

function keepData(name: string): void {
  if (enums.has(name)) kept.enums.add(name)
  const type = data.get(name)
  if (!type || kept.data.has(name)) return
  kept.data.add(name)
  keepData(type.base)
  for (const field of Object.values(type.fields)) keepData(typeIn(field))
}

function keepManaged(name: string): void {
  const type = managed.get(name)
  if (!type || kept.managed.has(name)) return
  kept.managed.add(name)
  keepManaged(type.base)
  for (const property of Object.values(type.properties)) keepData(typeIn(property))
}
for (const name of [...managers, ...inventory]) {
  if (!managed.has(name)) throw new Error(`${name} is not defined`)
  keepManaged(name)
}
for (const name of managers) {
  for (const { parameters, result } of Object.values(managed.get(name)?.methods ?? {})) {
    for (const type of [...Object.values(parameters), result ?? '']) keepData(typeIn(type))
  }
}
for (const name of [...derived, ...faults]) {
  if (!data.has(name)) throw new Error(`${name} is not defined`)
  keepData(name)
}

const sorted = (keep: Set<string>, from: Map<string, unknown>) =>
  [...keep].sort().map((name) => `    ${JSON.stringify(name)}: ${JSON.stringify(from.get(name))}`)

const parts = Object.entries({ managed, data, enums }).map(
  ([name, from]) => `  "${name}": {\n${sorted(kept[name as keyof typeof kept], from).join(',\n')}\n  }`,
)
/** Types of managed objects that are only named here: nobody meets their objects. */
const named = [...managed.keys(), 'ManagedObject'].filter((name) => !kept.managed.has(name)).sort()
parts.push(`  "references": ${JSON.stringify(named)}`)

const file = join(import.meta.dirname, '../src/http/vcenter/sdk/vim25/vim25.json')
writeFileSync(file, `{\n${parts.join(',\n')}\n}\n`)
execFileSync('biome', ['format', '--write', file])
