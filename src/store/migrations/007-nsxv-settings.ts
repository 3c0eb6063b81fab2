import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What an NSX Manager for vSphere keeps beside its configuration. */
export const nsxvSettings: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable('nsxv_manager')
      .addColumn('settings', 'text', (c) => c.notNull().defaultTo('{}'))
      .execute()
  },
}
