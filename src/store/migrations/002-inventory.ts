import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

export const inventory: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('inventory_object')
      .addColumn('number', 'integer', (c) => c.notNull().primaryKey())
      .addColumn('id', 'text', (c) => c.notNull().unique())
      .addColumn('type', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('parent', 'text', (c) => c.references('inventory_object.id'))
      .addColumn('second_parent', 'text', (c) => c.references('inventory_object.id'))
      .addColumn('details', 'text', (c) => c.notNull())
      .execute()
    await db.schema
      .createIndex('inventory_object_children')
      .on('inventory_object')
      .columns(['parent', 'name'])
      .execute()
    await db.schema
      .createIndex('inventory_object_second_children')
      .on('inventory_object')
      .columns(['second_parent', 'name'])
      .execute()
  },
}
