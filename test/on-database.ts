import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import pg from 'pg'
import type { Lab } from './lab.ts'

/** Runs SQL on the lab's database behind its back. */
export async function onDatabase(lab: Lab, statement: string): Promise<Record<string, unknown>[]> {
  const { database } = lab.server.services.config
  if (database.kind === 'sqlite') {
    const db = new Sqlite(join(lab.dataDir, 'sallyport.db'))
    try {
      const prepared = db.prepare(statement)
      if (prepared.reader) return prepared.all() as Record<string, unknown>[]
      prepared.run()
      return []
    } finally {
      db.close()
    }
  }
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}
