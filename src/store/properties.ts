import type { Database } from './database.ts'

export function createPropertyStore(db: Database) {
  return {
    async find(name: string): Promise<string | undefined> {
      const row = await db.selectFrom('property').select('value').where('name', '=', name).executeTakeFirst()
      return row?.value
    },

    async insert(name: string, value: string): Promise<void> {
      await db.insertInto('property').values({ name, value }).execute()
    },

    /** Sets it, whether it is there or not. */
    async put(name: string, value: string): Promise<void> {
      await db
        .insertInto('property')
        .values({ name, value })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
        .execute()
    },

    async remove(name: string): Promise<void> {
      await db.deleteFrom('property').where('name', '=', name).execute()
    },

    async update(name: string, value: string): Promise<void> {
      await db.updateTable('property').set({ value }).where('name', '=', name).execute()
    },
  }
}
