import type { Database } from './database.ts'
import type { SsoPasswordHistoryTable } from './schema.ts'

export function createSsoPasswordHistoryStore(db: Database) {
  return {
    /** The hashes of the newest `count` passwords, the one in use among them. */
    async newest(userId: string, count: number): Promise<string[]> {
      if (count === 0) return []
      const rows = await db
        .selectFrom('ssoPasswordHistory')
        .select('passwordHash')
        .where('userId', '=', userId)
        .orderBy('passwordVersion', 'desc')
        .limit(count)
        .execute()
      return rows.map((row) => row.passwordHash)
    },

    /** Remembers a password and forgets all but the newest `keep`. */
    async add(entry: SsoPasswordHistoryTable, keep: number): Promise<void> {
      await db.insertInto('ssoPasswordHistory').values(entry).execute()
      await db
        .deleteFrom('ssoPasswordHistory')
        .where('userId', '=', entry.userId)
        .where('passwordVersion', '<=', entry.passwordVersion - keep)
        .execute()
    },
  }
}
