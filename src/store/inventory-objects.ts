import type { Database } from './database.ts'
import type { InventoryObjectTable } from './schema.ts'

/** Rows of one statement: SQLite takes 32 766 parameters. */
const insertedAtOnce = 2000

const readAtOnce = 10_000

export function createInventoryObjectStore(db: Database) {
  /** An object, and all that stands below it. */
  const below = (id: string) =>
    db.withRecursive('below', (db) =>
      db
        .selectFrom('inventoryObject')
        .select('id')
        .where('id', '=', id)
        .unionAll(
          db
            .selectFrom('inventoryObject')
            .innerJoin('below', 'below.id', 'inventoryObject.parent')
            .select('inventoryObject.id'),
        ),
    )

  return {
    find(id: string): Promise<InventoryObjectTable | undefined> {
      return db.selectFrom('inventoryObject').selectAll().where('id', '=', id).executeTakeFirst()
    },

    /** All of them, oldest first: parents before their children, unless they were moved. */
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

    /** Whether anything stands in the object; with a name, whether something of that name does. */
    async hasChildren(id: string, name?: string): Promise<boolean> {
      let found = db
        .selectFrom('inventoryObject')
        .select('id')
        .where((where) => where.or([where('parent', '=', id), where('secondParent', '=', id)]))
        .limit(1)
      if (name !== undefined) found = found.where('name', '=', name)
      return (await found.executeTakeFirst()) !== undefined
    },

    /**
     * @param objects Parents before their children.
     * @param tell Told how many are stored, a few thousand apart.
     */
    async insert(objects: readonly InventoryObjectTable[], tell?: (stored: number) => void): Promise<void> {
      for (let from = 0; from < objects.length; from += insertedAtOnce) {
        await db
          .insertInto('inventoryObject')
          .values(objects.slice(from, from + insertedAtOnce))
          .execute()
        tell?.(Math.min(from + insertedAtOnce, objects.length))
      }
    },

    async update({ id, name, parent, details }: InventoryObjectTable): Promise<void> {
      await db.updateTable('inventoryObject').set({ name, parent, details }).where('id', '=', id).execute()
    },

    /** Whether something that stands elsewhere runs in the object, or in what stands below it. */
    async holdsOthers(id: string): Promise<boolean> {
      const found = await below(id)
        .selectFrom('inventoryObject')
        .innerJoin('below as held', 'held.id', 'inventoryObject.secondParent')
        .select('inventoryObject.id')
        .where('inventoryObject.id', 'not in', (from) => from.selectFrom('below').select('below.id'))
        .limit(1)
        .executeTakeFirst()
      return found !== undefined
    },

    /** Removes an object and all that stands below it. @returns their ids. */
    async removeTree(id: string): Promise<string[]> {
      const removed = await below(id)
        .deleteFrom('inventoryObject')
        .where('id', 'in', (from) => from.selectFrom('below').select('below.id'))
        .returning('id')
        .execute()
      return removed.map(({ id }) => id)
    },
  }
}
