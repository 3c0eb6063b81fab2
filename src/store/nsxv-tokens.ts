import type { Database } from './database.ts'
import type { NsxvTokenTable } from './schema.ts'

export function createNsxvTokenStore(db: Database) {
  return {
    list(): Promise<NsxvTokenTable[]> {
      return db.selectFrom('nsxvToken').selectAll().execute()
    },

    async insert(token: NsxvTokenTable): Promise<void> {
      await db.insertInto('nsxvToken').values(token).execute()
    },

    async countOfUser(userKey: string): Promise<number> {
      const { count } = await db
        .selectFrom('nsxvToken')
        .select((eb) => eb.fn.countAll().as('count'))
        .where('userKey', '=', userKey)
        .executeTakeFirstOrThrow()
      return Number(count)
    },

    /** @returns the hashes of what was removed. */
    async removeOfUser(userKey: string): Promise<string[]> {
      const rows = await db.deleteFrom('nsxvToken').where('userKey', '=', userKey).returning('tokenHash').execute()
      return rows.map(({ tokenHash }) => tokenHash)
    },

    /** @returns the hashes of what was removed. */
    async removeOfOthers(userKeys: readonly string[]): Promise<string[]> {
      const rows = await db
        .deleteFrom('nsxvToken')
        .where('userKey', 'not in', userKeys)
        .returning('tokenHash')
        .execute()
      return rows.map(({ tokenHash }) => tokenHash)
    },

    async remove(tokenHashes: readonly string[]): Promise<void> {
      if (tokenHashes.length === 0) return
      await db.deleteFrom('nsxvToken').where('tokenHash', 'in', tokenHashes).execute()
    },

    async setPerson(tokenHashes: readonly string[], person: string): Promise<void> {
      if (tokenHashes.length === 0) return
      await db.updateTable('nsxvToken').set({ person }).where('tokenHash', 'in', tokenHashes).execute()
    },

    async removeExpired(now: number): Promise<void> {
      await db.deleteFrom('nsxvToken').where('expiresAt', '<=', now).execute()
    },
  }
}
