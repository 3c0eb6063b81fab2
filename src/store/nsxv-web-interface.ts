import type { Database } from './database.ts'

export function createNsxvWebInterfaceStore(db: Database) {
  return {
    async list(realmId: string): Promise<number[]> {
      const rows = await db
        .selectFrom('nsxvWebInterface')
        .select('userid')
        .where('realmId', '=', realmId)
        .orderBy('userid')
        .execute()
      return rows.map(({ userid }) => userid)
    },

    async grant(realmId: string, userid: number): Promise<void> {
      await db
        .insertInto('nsxvWebInterface')
        .values({ realmId, userid })
        .onConflict((conflict) => conflict.columns(['realmId', 'userid']).doNothing())
        .execute()
    },

    async revoke(realmId: string, userid: number): Promise<void> {
      await db.deleteFrom('nsxvWebInterface').where('realmId', '=', realmId).where('userid', '=', userid).execute()
    },
  }
}
