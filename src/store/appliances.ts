import type { Database } from './database.ts'
import type { ApplianceTable } from './schema.ts'

export function createApplianceStore(db: Database) {
  return {
    list(): Promise<ApplianceTable[]> {
      return db.selectFrom('appliance').selectAll().orderBy('position').execute()
    },

    async insert(appliance: ApplianceTable): Promise<void> {
      await db.insertInto('appliance').values(appliance).execute()
    },
  }
}
