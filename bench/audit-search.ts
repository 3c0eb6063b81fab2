import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createTurns } from '../src/access/turns/turns.ts'
import { openJournal } from '../src/audit/journal.ts'
import { createAuditIndex } from '../src/audit/trail/audit-index.ts'
import { surfaces } from '../src/audit/trail/facets.ts'
import { createTrailSearch, type TrailQuery } from '../src/audit/trail/search.ts'
import { openDatabase } from '../src/store/database.ts'
import { createStores } from '../src/store/stores.ts'
import { writeRecords } from '../test/sallyport/audit-records.ts'

/** How long a page of the audit log takes over a million records, in processor time of ours and in all. Arguments: records, database URL. */
const count = Number(process.argv[2] ?? 1_000_000)
const [, , , url] = process.argv
const dir = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
const databases = await openDatabase(url ? { kind: 'postgres', url, poolSize: 4 } : { kind: 'sqlite', dataDir: dir })
try {
  await writeRecords(databases.write, 'bench', count)
  const log = pino({ level: 'error' })
  const journal = await openJournal(databases, 'bench', { dir, maxBytes: 1e12, keep: 1 }, log)
  const stores = createStores(databases.read)
  const index = createAuditIndex(stores, journal, log)
  const search = createTrailSearch(index, stores.auditRecords)
  const began = process.cpuUsage()
  await index.catchUp(3_600_000)
  console.log(`indexing: ${(process.cpuUsage(began).user / count).toFixed(1)} microseconds a record`)

  const middle = { journal: journal.id, seq: Math.floor(count / 2) }
  const third = Math.floor(count / 3)
  const [row] = await stores.auditRecords.around(journal.id, third, third)
  const { requestId, at } = JSON.parse(row?.record ?? '{}')
  const queries: Record<string, Partial<TrailQuery['filter']> & Pick<TrailQuery, 'before'>> = {
    'the newest': {},
    'from the middle': { before: middle },
    'one user of forty': { user: 'user-3@*' },
    nobody: { user: 'nobody' },
    'denied changes of an operation': { operation: 'ListUsers', outcomes: ['denied'], write: true },
    'a day': { from: at, to: at + 86_400_000 },
    'a request id': { text: requestId },
    'a text that nothing has': { text: 'nothing-has-this' },
    'a text of three characters': { text: '€€€' },
  }
  for (const [name, { before, ...filter }] of Object.entries(queries)) {
    const times: [own: number, whole: number][] = []
    let found = ''
    for (let round = 0; round < 7; round++) {
      const start = process.cpuUsage()
      const began = performance.now()
      const page = await search.page({ limit: 50, before, filter: { surfaces, ...filter } }, createTurns().begin('a'))
      const { user, system } = process.cpuUsage(start)
      times.push([(user + system) / 1000, performance.now() - began])
      found = `${page.records.length} of ${page.total ?? 'uncounted'}${page.more ? ', more' : ''}`
    }
    const [own, whole] = [0, 1].map((n) =>
      times
        .map((both) => both[n]!)
        .sort((a, b) => a - b)[3]
        ?.toFixed(1),
    )
    console.log(`${name}: ${own} ms, ${whole} ms in all (${found})`)
  }
  await index.close()
  await journal.close()
} finally {
  await databases.close()
  rmSync(dir, { recursive: true, force: true })
}
