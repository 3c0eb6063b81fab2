import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const vcenterAuthorization: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('vcenter_role')
      .addColumn('id', 'integer', (c) => c.notNull().primaryKey())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('name_key', 'text', (c) => c.notNull().unique())
      .addColumn('description', 'text', (c) => c.notNull())
      .addColumn('privileges', 'text', (c) => c.notNull())
      .execute()
    await db.schema
      .createTable('vcenter_permission')
      .addColumn('object_id', 'text', (c) => c.notNull())
      .addColumn('grantee', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('domain', 'text', (c) => c.notNull())
      .addColumn('is_group', 'integer', (c) => c.notNull())
      .addColumn('role_id', 'integer', (c) => c.notNull())
      .addColumn('propagate', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('vcenter_permission_pk', ['object_id', 'grantee'])
      .execute()
    await db.schema.createIndex('vcenter_permission_role').on('vcenter_permission').column('role_id').execute()
  },
}
