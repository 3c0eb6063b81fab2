import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Writes `src/http/vcenter/operations/vendor-privileges.json`: which privileges the vendor says that each operation of
 * vCenter's asks for, by service and operation, those of the whole vCenter under an empty name, those of an object under
 * the name of the input that it is in.
 *
 *     node build/vcenter-privileges.ts FILE
 *
 * FILE has the operations that were read out of the vendor's bindings.
 */
interface Row {
  service: string
  op: string
  privileges?: { on?: string; ref?: string; all_of?: string[] }[]
}

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('usage: node build/vcenter-privileges.ts FILE')
const { operations } = JSON.parse(readFileSync(file, 'utf8')) as { operations: Row[] }

type ByInput = Record<string, string[]>
const table: Record<string, Record<string, ByInput>> = {}
const sorted = operations.toSorted((a, b) => (`${a.service} ${a.op}` < `${b.service} ${b.op}` ? -1 : 1))
for (const { service, op, privileges = [] } of sorted) {
  const byInput: ByInput = {}
  for (const { ref = '', all_of: all } of privileges) {
    if (all) byInput[ref] = [...new Set([...(byInput[ref] ?? []), ...all])].sort()
  }
  table[service] ??= {}
  table[service][op] = byInput
}

const target = join(import.meta.dirname, '../src/http/vcenter/operations/vendor-privileges.json')
const rows = Object.entries(table).map(([service, of]) => `  ${JSON.stringify(service)}: ${JSON.stringify(of)}`)
writeFileSync(target, `{\n${rows.join(',\n')}\n}\n`)
execFileSync('npx', ['biome', 'format', '--write', target], { stdio: 'inherit' })
