import { sql } from 'kysely'
import type { Database } from './database.ts'
import type { Secrets } from './secrets.ts'

const property = 'unsealed_exporter_keys'

/** Where the private key of an exporter is sealed for. @param id The exporter's. */
export const exporterKeyPlace = (id: string): string => `syslog_exporter ${id} tls_key`

/**
 * Seals what migration 011 found: private keys of exporters, which lay in the database as they were given. The database
 * is then written anew, so that no free page has one of them; that takes as much room again, for as long as it takes.
 * Killed in the midst of it, the next start begins again.
 */
export async function sealExporterKeys(db: Database, secrets: Secrets, kind: 'sqlite' | 'postgres'): Promise<void> {
  const pending = await db.selectFrom('property').select('name').where('name', '=', property).executeTakeFirst()
  if (!pending) return
  const rows = await db.selectFrom('syslogExporter').select(['id', 'tlsKey']).execute()
  for (const { id, tlsKey } of rows) {
    // Sealed by a start that was killed behind it.
    if (tlsKey === null || secrets.open(tlsKey, exporterKeyPlace(id)) !== undefined) continue
    const sealed = secrets.seal(tlsKey, exporterKeyPlace(id))
    await db.updateTable('syslogExporter').set({ tlsKey: sealed }).where('id', '=', id).execute()
  }
  if (kind === 'sqlite') {
    await sql`vacuum`.execute(db)
    await sql`pragma wal_checkpoint(truncate)`.execute(db)
  } else {
    await sql`vacuum full syslog_exporter`.execute(db)
  }
  await db.deleteFrom('property').where('name', '=', property).execute()
}
