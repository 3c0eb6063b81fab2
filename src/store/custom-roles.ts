import type { Database } from './database.ts'
import type { CustomRoleTable } from './schema.ts'

export function createCustomRoleStore(db: Database) {
  return {
    list(): Promise<CustomRoleTable[]> {
      return db.selectFrom('customRole').selectAll().orderBy('id').execute()
    },

    find(id: string): Promise<CustomRoleTable | undefined> {
      return db.selectFrom('customRole').selectAll().where('id', '=', id).executeTakeFirst()
    },

    async insert(role: CustomRoleTable): Promise<void> {
      await db.insertInto('customRole').values(role).execute()
    },

    async update({ id, ...change }: CustomRoleTable): Promise<void> {
      await db.updateTable('customRole').set(change).where('id', '=', id).execute()
    },

    async remove(id: string): Promise<void> {
      await db.deleteFrom('customRole').where('id', '=', id).execute()
    },
  }
}
