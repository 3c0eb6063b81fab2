import type { Database } from './database.ts'
import type { LockoutTable } from './schema.ts'

type Key = Pick<LockoutTable, 'applianceId' | 'realmId' | 'userid' | 'source'>

export function createLockoutStore(db: Database) {
  return {
    list(): Promise<LockoutTable[]> {
      return db.selectFrom('lockout').selectAll().execute()
    },

    async put(lockout: LockoutTable): Promise<void> {
      const { failures, windowStartedAt, lockedAt } = lockout
      await db
        .insertInto('lockout')
        .values(lockout)
        .onConflict((conflict) =>
          conflict
            .columns(['applianceId', 'realmId', 'userid', 'source'])
            .doUpdateSet({ failures, windowStartedAt, lockedAt }),
        )
        .execute()
    },

    async remove({ applianceId, realmId, userid, source }: Key): Promise<void> {
      await db
        .deleteFrom('lockout')
        .where('applianceId', '=', applianceId)
        .where('realmId', '=', realmId)
        .where('userid', '=', userid)
        .where('source', '=', source)
        .execute()
    },
  }
}
