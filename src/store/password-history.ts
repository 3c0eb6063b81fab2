import type { Database } from './database.ts'
import type { PasswordHistoryTable } from './schema.ts'

export function createPasswordHistoryStore(db: Database) {
  return {
    /** The hashes of the newest `count` passwords, the one in use among them. */
    async newest(realmId: string, userid: number, count: number): Promise<string[]> {
      if (count === 0) return []
      const rows = await db
        .selectFrom('passwordHistory')
        .select('passwordHash')
        .where('realmId', '=', realmId)
        .where('userid', '=', userid)
        .orderBy('changedAt', 'desc')
        .limit(count)
        .execute()
      return rows.map((row) => row.passwordHash)
    },

    /** Remembers a password and forgets all but the newest `keep`. */
    async add(entry: PasswordHistoryTable, keep: number): Promise<void> {
      const { newest } = await db
        .selectFrom('passwordHistory')
        .select(({ fn }) => fn.max('changedAt').as('newest'))
        .where('realmId', '=', entry.realmId)
        .where('userid', '=', entry.userid)
        .executeTakeFirstOrThrow()
      // Two changes within a millisecond keep their order.
      const changedAt = Math.max(entry.changedAt, (newest ?? -1) + 1)
      await db
        .insertInto('passwordHistory')
        .values({ ...entry, changedAt })
        .execute()
      const oldest = await db
        .selectFrom('passwordHistory')
        .select('changedAt')
        .where('realmId', '=', entry.realmId)
        .where('userid', '=', entry.userid)
        .orderBy('changedAt', 'desc')
        .offset(keep)
        .limit(1)
        .executeTakeFirst()
      if (!oldest) return
      await db
        .deleteFrom('passwordHistory')
        .where('realmId', '=', entry.realmId)
        .where('userid', '=', entry.userid)
        .where('changedAt', '<=', oldest.changedAt)
        .execute()
    },
  }
}
