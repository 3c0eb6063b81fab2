import type { Database } from './database.ts'
import type { ApiServiceTable } from './schema.ts'

export function createApiServiceStore(db: Database) {
  return {
    read(): Promise<ApiServiceTable | undefined> {
      return db.selectFrom('apiService').selectAll().executeTakeFirst()
    },

    async insert(row: ApiServiceTable): Promise<void> {
      await db.insertInto('apiService').values(row).execute()
    },

    async update(row: ApiServiceTable): Promise<void> {
      await db.updateTable('apiService').set(row).where('id', '=', row.id).execute()
    },
  }
}
