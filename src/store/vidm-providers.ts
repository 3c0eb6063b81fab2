import type { Database } from './database.ts'
import type { VidmProviderTable } from './schema.ts'

const columns = ['realmId', 'revision', 'config'] as const
export type VidmProviderRow = Pick<VidmProviderTable, (typeof columns)[number]>

export function createVidmProviderStore(db: Database) {
  return {
    list(): Promise<VidmProviderRow[]> {
      return db.selectFrom('vidmProvider').select(columns).execute()
    },

    find(realmId: string): Promise<VidmProviderRow | undefined> {
      return db.selectFrom('vidmProvider').select(columns).where('realmId', '=', realmId).executeTakeFirst()
    },

    /** Sealed. */
    async sealedSecret(realmId: string): Promise<string | null> {
      const row = await db
        .selectFrom('vidmProvider')
        .select('sealedSecret')
        .where('realmId', '=', realmId)
        .executeTakeFirst()
      return row?.sealedSecret ?? null
    },

    async put(row: VidmProviderTable): Promise<void> {
      const { revision, config, sealedSecret } = row
      await db
        .insertInto('vidmProvider')
        .values(row)
        .onConflict((conflict) => conflict.column('realmId').doUpdateSet({ revision, config, sealedSecret }))
        .execute()
    },
  }
}
