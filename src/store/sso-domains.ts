import type { Database } from './database.ts'
import type { SsoDomainTable } from './schema.ts'

export function createSsoDomainStore(db: Database) {
  return {
    async policy(name: string): Promise<string | undefined> {
      const row = await db.selectFrom('ssoDomain').select('policy').where('name', '=', name).executeTakeFirst()
      return row?.policy
    },

    async insert(domain: SsoDomainTable): Promise<void> {
      await db.insertInto('ssoDomain').values(domain).execute()
    },

    async setPolicy(name: string, policy: string): Promise<void> {
      await db.updateTable('ssoDomain').set({ policy }).where('name', '=', name).execute()
    },
  }
}
