import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Private keys of syslog exporters are sealed. The key for that is not the database's, so the migration says only that a
 * store may have some that are not, also in pages that are free by now; the start does the rest. A new store has none.
 *
 * @see ../sealed-exporter-keys.ts
 */
export const sealedExporterKeys: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const { rows } = await sql`select name from property where name = 'cluster_id'`.execute(db)
    if (rows.length === 0) return
    await sql`insert into property (name, value) values ('unsealed_exporter_keys', 'true')`.execute(db)
  },
}
