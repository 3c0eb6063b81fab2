import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { databases, openLab } from '../lab.ts'
import { type Document, differencesFrom, type Fact, type VendorTable } from './vendor.ts'
import { reasons } from './vendor-reasons.ts'

const sqlite = databases[0] ?? assert.fail('no database')
const file = join(import.meta.dirname, 'vendor.json')
/** A directory with the vendor's whole tables, where `vendor.json` is to be made anew out of them. */
const whole = process.env.SALLYPORT_VENDOR_TABLES

test('NSX Manager: calls, parameters, fields, types, values and ranges are those of the vendor, but for the reasons listed', async () => {
  await using lab = await openLab(sqlite)
  const document = (await lab.a.get('/api/v1/spec/openapi/nsx_api.json')).json as Document
  const table = whole === undefined ? (JSON.parse(readFileSync(file, 'utf8')) as VendorTable) : readWhole(whole)
  const { differences, seen } = differencesFrom(table, document)
  if (whole !== undefined) writeFileSync(file, compact(seen))
  assert.ok(Object.keys(seen.calls).length > 100)

  const used = new Set<string>()
  const unexplained = differences.filter((difference) => {
    const reason = reasons.find(({ about }) => about.test(difference))
    if (reason) used.add(String(reason.about))
    return !reason
  })
  assert.deepEqual(unexplained, [])
  const idle = reasons.filter(({ about }) => !used.has(String(about)))
  assert.deepEqual(idle, [], 'reasons for differences that are no more')
  assert.ok(reasons.length <= 40)
})

test('NSX Manager: as 9.1, of which the table is, fewer differences are left', async () => {
  await using lab = await openLab(sqlite, { nsxRelease: '9.1' })
  const document = (await lab.a.get('/api/v1/spec/openapi/nsx_api.json')).json as Document
  const { differences } = differencesFrom(JSON.parse(readFileSync(file, 'utf8')) as VendorTable, document)
  const ours = reasons.filter(({ why }) => !why.startsWith('The table is of 9.1'))
  assert.ok(ours.length < reasons.length)
  assert.deepEqual(
    differences.filter((difference) => !ours.some(({ about }) => about.test(difference))),
    [],
  )
})

test("NSX Manager: the vendor's actions on paths that are served are served too, or answer 501", async () => {
  await using lab = await openLab(sqlite)
  const { actions } = JSON.parse(readFileSync(file, 'utf8')) as VendorTable
  const { paths } = (await lab.a.get('/api/v1/spec/openapi/nsx_api.json')).json as Document
  const served = new Set(
    Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{[^}]+\}/g, '{}')}`),
    ),
  )
  for (const action of actions.filter((call) => !served.has(call))) {
    const [method = '', url = ''] = action.split(' ')
    const path = url.replaceAll('{}', lab.managerIds[0])
    const { status, json } = await lab.admin.send(method, path)
    assert.equal(status, 501, action)
    assert.match(json.error_message, /is not built yet/)
    assert.equal((await lab.a.send(method, path)).status, 403, action)
  }
})

interface Row {
  m: string
  path: string
  fixed?: Record<string, string>
  query?: Record<string, string>
  body?: string
  returns?: string
}

function readWhole(directory: string): VendorTable {
  assert.ok(existsSync(directory))
  const read = (name: string) => JSON.parse(readFileSync(join(directory, name), 'utf8'))
  const { operations } = read('nsx-operations.json') as { operations: Row[] }
  const { structs } = read('nsx-structs.json') as { structs: Record<string, { f: Record<string, Fact> }> }
  const calls: VendorTable['calls'] = {}
  for (const { m, path, fixed: { action, ...switches } = {}, query, body, returns } of operations) {
    const bare = path.split('?')[0]?.replace(/\{[^}]+\}/g, '{}')
    const call = `${m} ${bare}${action === undefined ? '' : `?action=${action}`}`
    // The table has a call with and without ?force=true as two.
    const switched = Object.fromEntries(Object.keys(switches).map((name) => [name, 'bool']))
    const all = { ...calls[call]?.query, ...query, ...switched }
    calls[call] = { ...(Object.keys(all).length > 0 && { query: all }), body, returns }
  }
  return {
    actions: Object.keys(calls).filter((call) => call.includes('?action=')),
    calls,
    structs: Object.fromEntries(Object.entries(structs).map(([name, { f }]) => [name, f])),
  }
}

/** One line a call and a struct, sorted, so that a new release of the vendor's is a small difference. */
function compact({ actions, calls, structs }: VendorTable): string {
  const rows = (table: object) =>
    Object.entries(table)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(',\n')
  const list = actions.map((action) => `    ${JSON.stringify(action)}`).join(',\n')
  return `{\n  "actions": [\n${list}\n  ],\n  "calls": {\n${rows(calls)}\n  },\n  "structs": {\n${rows(structs)}\n  }\n}\n`
}
