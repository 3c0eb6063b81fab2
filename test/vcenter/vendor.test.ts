import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { operations } from '../../src/http/vcenter/operations/index.ts'
import type { Operation } from '../../src/http/vcenter/vapi/operation.ts'
import type { VapiType } from '../../src/http/vcenter/vapi/types.ts'
import { reasons as nsxReasons } from '../nsx/vendor-reasons.ts'
import { reasons } from './vendor-reasons.ts'

/** An operation as the vendor's table has it. */
interface Row {
  m?: string
  path?: string
  params: Record<string, string>
  returns?: string
  /** All privileges that it asks for, of whatever object. */
  privileges: string[]
}

const file = join(import.meta.dirname, 'vendor.json')
/** A directory with the vendor's whole tables, where `vendor.json` is to be made anew out of them. */
const whole = process.env.SALLYPORT_VENDOR_TABLES

const nameOf = ({ service, id }: Pick<Operation, 'service' | 'id'>) => `${service} ${id}`

test('vCenter: operations, paths, inputs, results and privileges are those of the vendor, but for the reasons listed', () => {
  if (whole !== undefined) writeFileSync(file, compact(readWhole(whole)))
  const table: Record<string, Row> = JSON.parse(readFileSync(file, 'utf8'))
  const differences = operations.flatMap((operation) => {
    const row = table[nameOf(operation)]
    const all = row ? differencesOf(operation, row) : ['the vendor has none']
    return all.map((difference) => `${nameOf(operation)}: ${difference}`)
  })
  const used = new Set<RegExp>()
  const unexplained = differences.filter((difference) => {
    const reason = reasons.find(({ about }) => about.test(difference))
    if (reason) used.add(reason.about)
    return !reason
  })
  assert.deepEqual(unexplained, [])
  const idle = reasons.filter(({ about }) => !used.has(about))
  assert.deepEqual(idle, [], 'reasons for differences that are no more')
  assert.ok(Object.keys(table).length > 50)
  assert.ok(reasons.length + nsxReasons.length <= 40)
})

function differencesOf({ rest, input, output, requires }: Operation, row: Row): string[] {
  const found: string[] = []
  const compare = (what: string, ours: string | undefined, theirs: string | undefined) => {
    if (ours !== theirs) found.push(`${what} is ${ours ?? 'missing'}, the vendor's is ${theirs ?? 'missing'}`)
  }
  const bare = (path: string | undefined) => path?.replace(/\{[^}]+\}/g, '{}')
  const action = rest?.action === undefined ? '' : `?action=${rest.action}`
  compare('call', rest && `${rest.method} ${bare(rest.path)}${action}`, row.m && `${row.m} ${bare(row.path)}`)
  for (const name of new Set([...Object.keys(input), ...Object.keys(row.params)])) {
    const ours = input[name]
    compare(`input ${name}`, ours && wordOf(ours), row.params[name] && theirWord(row.params[name]))
  }
  compare('result', wordOf(output), theirWord(row.returns ?? 'void'))
  const asked = typeof requires === 'object' ? requires.privilege : undefined
  if (asked === undefined ? row.privileges.length > 0 : !row.privileges.includes(asked)) {
    found.push(`asks for ${asked ?? 'no privilege'}, the vendor's for ${row.privileges.join(', ') || 'none'}`)
  }
  return found
}

const plain = (name: string) => (name.split('.').at(-1) ?? '').replaceAll('_', '').toLowerCase()

/** A type in the words of both: structures by the last part of their names, sets as lists. */
function wordOf(type: VapiType): string {
  switch (type.kind) {
    case 'optional':
      return `${wordOf(type.of)}?`
    case 'list':
    case 'set':
      return `${wordOf(type.of)}[]`
    case 'map':
      return `map of ${wordOf(type.of)}`
    case 'structure':
    case 'enumeration':
      return plain(type.name)
    default:
      return { integer: 'int', boolean: 'bool', datetime: 'time', double: 'double' }[type.kind as string] ?? type.kind
  }
}

function theirWord(type: string): string {
  if (type.endsWith('?')) return `${theirWord(type.slice(0, -1))}?`
  if (type.endsWith('[]')) return `${theirWord(type.slice(0, -2))}[]`
  const [, outer, inner = ''] = /^(set|map|id)<(.*)>$/.exec(type) ?? []
  if (outer === 'set') return `${theirWord(inner)}[]`
  if (outer === 'map') return `map of ${theirWord(inner.slice(inner.indexOf(',') + 1))}`
  if (outer === 'id') return 'id'
  return /^(string|int|bool|double|void|secret|time)$/.test(type) ? type : plain(type)
}

function readWhole(directory: string): Record<string, Row> {
  interface WholeRow extends Row {
    service: string
    op: string
    privileges: never
  }
  const path = join(directory, 'vcenter-operations.json')
  const { operations: rows } = JSON.parse(readFileSync(path, 'utf8')) as { operations: WholeRow[] }
  const served = new Set(operations.map(nameOf))
  const table: Record<string, Row> = {}
  for (const { service, op, m, path, params, returns, privileges } of rows) {
    const name = nameOf({ service, id: op })
    if (!served.has(name)) continue
    const asked = ((privileges ?? []) as { all_of?: string[] }[]).flatMap(({ all_of = [] }) => all_of)
    table[name] = {
      ...(m && { m }),
      ...(path && { path }),
      params,
      ...(returns && { returns }),
      privileges: [...new Set(asked)].sort(),
    }
  }
  return table
}

/** One line an operation, sorted, so that a new release of the vendor's is a small difference. */
function compact(table: Record<string, Row>): string {
  const rows = Object.entries(table)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, row]) => `  ${JSON.stringify(name)}: ${JSON.stringify(row)}`)
  return `{\n${rows.join(',\n')}\n}\n`
}
