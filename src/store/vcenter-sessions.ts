import type { Database } from './database.ts'
import type { VcenterSessionTable } from './schema.ts'

/** A statement has room for so many values, and more. */
const removedAtOnce = 1000

export function createVcenterSessionStore(db: Database) {
  return {
    list(): Promise<VcenterSessionTable[]> {
      return db.selectFrom('vcenterSession').selectAll().execute()
    },

    async count(): Promise<number> {
      const { count } = await db
        .selectFrom('vcenterSession')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return Number(count)
    },

    find(key: string): Promise<VcenterSessionTable | undefined> {
      return db.selectFrom('vcenterSession').selectAll().where('key', '=', key).executeTakeFirst()
    },

    async insert(session: VcenterSessionTable): Promise<void> {
      await db.insertInto('vcenterSession').values(session).execute()
    },

    async touch(key: string, usedAt: number, callCount: number): Promise<void> {
      await db.updateTable('vcenterSession').set({ usedAt, callCount }).where('key', '=', key).execute()
    },

    async setPerson(keys: readonly string[], person: string): Promise<void> {
      if (keys.length === 0) return
      await db.updateTable('vcenterSession').set({ person }).where('key', 'in', keys).execute()
    },

    async remove(keys: readonly string[]): Promise<void> {
      for (let at = 0; at < keys.length; at += removedAtOnce) {
        const some = keys.slice(at, at + removedAtOnce)
        await db.deleteFrom('vcenterSession').where('key', 'in', some).execute()
      }
    },

    /** @returns the keys of the sessions that were removed. */
    async removeOfUser(userId: string, exceptKey: string): Promise<string[]> {
      const rows = await db
        .deleteFrom('vcenterSession')
        .where('userId', '=', userId)
        .where('key', '!=', exceptKey)
        .returning('key')
        .execute()
      return rows.map(({ key }) => key)
    },
  }
}
