import type { Database } from './database.ts'
import type { LockoutTable } from './schema.ts'

type Key = Pick<LockoutTable, 'applianceId' | 'realmId' | 'subject' | 'source'>

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
            .columns(['applianceId', 'realmId', 'subject', 'source'])
            .doUpdateSet({ failures, windowStartedAt, lockedAt }),
        )
        .execute()
    },

    async remove({ applianceId, realmId, subject, source }: Key): Promise<void> {
      await db
        .deleteFrom('lockout')
        .where('applianceId', '=', applianceId)
        .where('realmId', '=', realmId)
        .where('subject', '=', subject)
        .where('source', '=', source)
        .execute()
    },

    async removeOfSubject(realmId: string, subject: string): Promise<void> {
      await db.deleteFrom('lockout').where('realmId', '=', realmId).where('subject', '=', subject).execute()
    },
  }
}
