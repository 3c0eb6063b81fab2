import type { Database } from './database.ts'
import type { NsxvUserTable } from './schema.ts'

export function createNsxvUserStore(db: Database) {
  return {
    list(): Promise<NsxvUserTable[]> {
      return db.selectFrom('nsxvUser').selectAll().orderBy('number').execute()
    },

    async count(): Promise<number> {
      const { count } = await db
        .selectFrom('nsxvUser')
        .select((eb) => eb.fn.countAll().as('count'))
        .executeTakeFirstOrThrow()
      return Number(count)
    },

    find(nameKey: string): Promise<NsxvUserTable | undefined> {
      return db.selectFrom('nsxvUser').selectAll().where('nameKey', '=', nameKey).executeTakeFirst()
    },

    async insert(user: NsxvUserTable): Promise<void> {
      await db.insertInto('nsxvUser').values(user).execute()
    },

    async update({ number, ...user }: NsxvUserTable): Promise<void> {
      await db.updateTable('nsxvUser').set(user).where('number', '=', number).execute()
    },

    /** @returns what was removed. */
    removeOthers(nameKeys: readonly string[]): Promise<NsxvUserTable[]> {
      return db.deleteFrom('nsxvUser').where('nameKey', 'not in', nameKeys).returningAll().execute()
    },

    async remove(number: number): Promise<void> {
      await db.deleteFrom('nsxvUser').where('number', '=', number).execute()
    },
  }
}
