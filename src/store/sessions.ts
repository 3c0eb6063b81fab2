import type { Database } from './database.ts'
import type { SessionTable } from './schema.ts'

export function createSessionStore(db: Database) {
  return {
    list(): Promise<SessionTable[]> {
      return db.selectFrom('session').selectAll().execute()
    },

    async insert(session: SessionTable): Promise<void> {
      await db.insertInto('session').values(session).execute()
    },

    async touch(idHash: string, usedAt: number): Promise<void> {
      await db.updateTable('session').set({ usedAt }).where('idHash', '=', idHash).execute()
    },

    async setPerson(idHashes: readonly string[], person: string): Promise<void> {
      if (idHashes.length === 0) return
      await db.updateTable('session').set({ person }).where('idHash', 'in', idHashes).execute()
    },

    /** @returns the hashes of the sessions that were removed. */
    async removeOfAccount(realmId: string, userid: number, exceptIdHash: string): Promise<string[]> {
      const rows = await db
        .deleteFrom('session')
        .where('realmId', '=', realmId)
        .where('userid', '=', userid)
        .where('idHash', '!=', exceptIdHash)
        .returning('idHash')
        .execute()
      return rows.map((row) => row.idHash)
    },

    /** @returns the hashes of the sessions that were removed. */
    async removeOfIdentity(principalIdentityId: string): Promise<string[]> {
      const rows = await db
        .deleteFrom('session')
        .where('principalIdentityId', '=', principalIdentityId)
        .returning('idHash')
        .execute()
      return rows.map((row) => row.idHash)
    },

    async remove(idHashes: readonly string[]): Promise<void> {
      if (idHashes.length === 0) return
      await db.deleteFrom('session').where('idHash', 'in', idHashes).execute()
    },
  }
}
