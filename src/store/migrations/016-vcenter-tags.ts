import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** vCenter gets categories, tags, and a note of which object has which tag. */
export const vcenterTags: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('vcenter_tag_category')
      .addColumn('id', 'text', (c) => c.notNull().primaryKey())
      .addColumn('name', 'text', (c) => c.notNull().unique())
      .addColumn('description', 'text', (c) => c.notNull())
      .addColumn('cardinality', 'text', (c) => c.notNull())
      .addColumn('associable_types', 'text', (c) => c.notNull())
      .addColumn('used_by', 'text', (c) => c.notNull())
      .execute()
    await db.schema
      .createTable('vcenter_tag')
      .addColumn('id', 'text', (c) => c.notNull().primaryKey())
      .addColumn('category_id', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('description', 'text', (c) => c.notNull())
      .addColumn('used_by', 'text', (c) => c.notNull())
      .addUniqueConstraint('vcenter_tag_name', ['category_id', 'name'])
      .execute()
    await db.schema
      .createTable('vcenter_tag_attachment')
      .addColumn('tag_id', 'text', (c) => c.notNull())
      .addColumn('object_id', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('vcenter_tag_attachment_pk', ['tag_id', 'object_id'])
      .execute()
    await db.schema
      .createIndex('vcenter_tag_attachment_object')
      .on('vcenter_tag_attachment')
      .column('object_id')
      .execute()
  },
}
