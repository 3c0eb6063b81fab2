import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** NSX gets OpenID providers of which there may be several. */
export const oidcEndPoints: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('oidc_end_point')
      .addColumn('id', 'text', (c) => c.notNull().primaryKey())
      .addColumn('revision', 'integer', (c) => c.notNull())
      .addColumn('config', 'text', (c) => c.notNull())
      .execute()
  },
}
