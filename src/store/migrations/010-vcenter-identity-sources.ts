import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * vCenter gets identity sources of its own. They begin as copies of NSX Manager's, so that nobody loses their way in;
 * the property says of which ones, until a start has told the administrator.
 */
export const vcenterIdentitySources: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('vcenter_identity_source')
      .addColumn('id', 'text', (c) => c.notNull().primaryKey())
      .addColumn('config', 'text', (c) => c.notNull())
      .addColumn('bind_passwords', 'text', (c) => c.notNull())
      .addColumn('revision', 'integer', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('created_by', 'text', (c) => c.notNull())
      .addColumn('modified_at', 'bigint', (c) => c.notNull())
      .addColumn('modified_by', 'text', (c) => c.notNull())
      .execute()
    const columns = sql`id, config, bind_passwords, revision, created_at, created_by, modified_at, modified_by`
    await sql`insert into vcenter_identity_source (${columns}) select ${columns} from ldap_identity_source`.execute(db)
    const { rows } = await sql<{ id: string }>`select id from vcenter_identity_source order by id`.execute(db)
    if (rows.length === 0) return
    const ids = JSON.stringify(rows.map(({ id }) => id))
    await sql`insert into property (name, value) values ('copied_identity_sources', ${ids})`.execute(db)
  },
}
