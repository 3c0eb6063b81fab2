import type { Database } from './database.ts'
import type { InventoryObjectTable } from './schema.ts'

/** Rows of one statement: SQLite takes 32 766 parameters. */
const insertedAtOnce = 2000

const readAtOnce = 10_000

export function createInventoryObjectStore(db: Database) {
  return {
    find(id: string): Promise<InventoryObjectTable | undefined> {
      return db.selectFrom('inventoryObject').selectAll().where('id', '=', id).executeTakeFirst()
    },

    /** All of them, oldest first: parents before their children. */
    async *all(): AsyncGenerator<InventoryObjectTable[], void> {
      for (let last = 0; ; ) {
        const rows = await db
          .selectFrom('inventoryObject')
          .selectAll()
          .where('number', '>', last)
          .orderBy('number')
          .limit(readAtOnce)
          .execute()
        if (rows.length > 0) yield rows
        if (rows.length < readAtOnce) return
        last = rows.at(-1)!.number
      }
    },

    children(id: string): Promise<InventoryObjectTable[]> {
      return db
        .selectFrom('inventoryObject')
        .selectAll()
        .where((where) => where.or([where('parent', '=', id), where('secondParent', '=', id)]))
        .orderBy('number')
        .execute()
    },

    /** Whether something of the name stands in the object. */
    async hasChild(id: string, name: string): Promise<boolean> {
      const found = db
        .selectFrom('inventoryObject')
        .select('id')
        .where((where) => where.or([where('parent', '=', id), where('secondParent', '=', id)]))
        .where('name', '=', name)
        .limit(1)
      return (await found.executeTakeFirst()) !== undefined
    },

    /** @param objects Parents before their children. */
    async insert(objects: readonly InventoryObjectTable[]): Promise<void> {
      for (let from = 0; from < objects.length; from += insertedAtOnce) {
        await db
          .insertInto('inventoryObject')
          .values(objects.slice(from, from + insertedAtOnce))
          .execute()
      }
    },

    async update({ id, name, details }: InventoryObjectTable): Promise<void> {
      await db.updateTable('inventoryObject').set({ name, details }).where('id', '=', id).execute()
    },

    async remove(id: string): Promise<void> {
      await db.deleteFrom('inventoryObject').where('id', '=', id).execute()
    },
  }
}
