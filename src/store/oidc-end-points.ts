import type { Database } from './database.ts'
import type { OidcEndPointTable } from './schema.ts'

export type OidcEndPointRow = OidcEndPointTable

export function createOidcEndPointStore(db: Database) {
  return {
    list(): Promise<OidcEndPointRow[]> {
      return db.selectFrom('oidcEndPoint').selectAll().orderBy('id').execute()
    },

    find(id: string): Promise<OidcEndPointRow | undefined> {
      return db.selectFrom('oidcEndPoint').selectAll().where('id', '=', id).executeTakeFirst()
    },

    async put(row: OidcEndPointRow): Promise<void> {
      const { revision, config } = row
      await db
        .insertInto('oidcEndPoint')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ revision, config }))
        .execute()
    },
  }
}
