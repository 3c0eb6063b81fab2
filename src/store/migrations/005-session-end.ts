import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Sessions that end however much they are used. */
export const sessionEnd: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('session').addColumn('ends_at', 'bigint').execute()
  },
}
