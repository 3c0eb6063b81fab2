import type { Database } from './database.ts'
import type { RealmTable } from './schema.ts'

export function createRealmStore(db: Database) {
  return {
    list(): Promise<RealmTable[]> {
      return db.selectFrom('realm').selectAll().execute()
    },

    async insert(realm: RealmTable): Promise<void> {
      await db.insertInto('realm').values(realm).execute()
    },

    /** The next free userid; never given twice. */
    async takeUserid(realmId: string): Promise<number> {
      const { nextUserid } = await db
        .updateTable('realm')
        .set((eb) => ({ nextUserid: eb('nextUserid', '+', 1) }))
        .where('id', '=', realmId)
        .returning('nextUserid')
        .executeTakeFirstOrThrow()
      return nextUserid - 1
    },

    async authPolicy(realmId: string): Promise<string> {
      const row = await db.selectFrom('realm').select('authPolicy').where('id', '=', realmId).executeTakeFirstOrThrow()
      return row.authPolicy
    },

    async setAuthPolicy(realmId: string, authPolicy: string): Promise<void> {
      await db.updateTable('realm').set({ authPolicy }).where('id', '=', realmId).execute()
    },
  }
}
