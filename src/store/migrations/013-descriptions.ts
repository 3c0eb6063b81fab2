import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What callers say of role bindings, roles and the API service: names, descriptions and tags of their own. */
export const descriptions: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const [table, column, empty] of [
      ['role_binding', 'description', '{}'],
      ['principal_identity', 'binding_description', '{}'],
      ['api_service', 'description', '{}'],
      ['custom_role', 'tags', '[]'],
    ] as const) {
      await db.schema
        .alterTable(table)
        .addColumn(column, 'text', (c) => c.notNull().defaultTo(empty))
        .execute()
    }
  },
}
