import type { Database } from './database.ts'
import type { NsxvObjectTable } from './schema.ts'

export function createNsxvObjectStore(db: Database) {
  return {
    list(): Promise<NsxvObjectTable[]> {
      return db.selectFrom('nsxvObject').selectAll().orderBy('id').execute()
    },

    async insert(object: NsxvObjectTable): Promise<void> {
      await db.insertInto('nsxvObject').values(object).execute()
    },
  }
}
