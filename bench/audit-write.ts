import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { pino } from 'pino'
import { openJournal } from '../src/audit/journal.ts'
import { openDatabase } from '../src/store/database.ts'
import { record } from '../test/audit-record.ts'

const events = 100_000
/** Callers that wait for their record at the same time: as many go into one group. */
const callers = 1000

/** Durable audit events a second: ours with its chain and its log file, and the same rows written to SQLite and nothing else. */
export async function measureAuditWrites(): Promise<{ ours: number; raw: number }> {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  try {
    return { ours: await ours(dir), raw: raw(dir) }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function ours(dir: string): Promise<number> {
  const databases = await openDatabase({ kind: 'sqlite', dataDir: dir })
  const files = { dir, maxBytes: 1e12, keep: 1 }
  const journal = await openJournal(databases, 'bench', files, pino({ level: 'silent' }))
  const began = performance.now()
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let n = 0; n < events / callers; n++) {
        await new Promise<void>((resolve, reject) =>
          journal.append(record, (error) => (error ? reject(error) : resolve())),
        )
      }
    }),
  )
  const seconds = (performance.now() - began) / 1000
  await journal.close()
  await databases.close()
  return events / seconds
}

function raw(dir: string): number {
  const db = new Sqlite(join(dir, 'raw.db'))
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec('create table event (seq integer primary key, at integer, record text)')
  const insert = db.prepare('insert into event (at, record) values (?, ?)')
  const text = JSON.stringify(record)
  const group = db.transaction(() => {
    for (let n = 0; n < callers; n++) insert.run(record.at, text)
  })
  const began = performance.now()
  for (let n = 0; n < events / callers; n++) group()
  const seconds = (performance.now() - began) / 1000
  db.close()
  return events / seconds
}
