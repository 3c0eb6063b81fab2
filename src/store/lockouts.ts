import type { Database } from './database.ts'
import type { LockoutTable } from './schema.ts'

type Key = Pick<LockoutTable, 'applianceId' | 'realmId' | 'subject' | 'source'>

/** Rows of one statement: both databases bound how many values it may have. */
const atOnce = 500

export function createLockoutStore(db: Database) {
  return {
    list(): Promise<LockoutTable[]> {
      return db.selectFrom('lockout').selectAll().execute()
    },

    async putAll(lockouts: readonly LockoutTable[]): Promise<void> {
      for (let begin = 0; begin < lockouts.length; begin += atOnce) {
        await db
          .insertInto('lockout')
          .values(lockouts.slice(begin, begin + atOnce))
          .onConflict((conflict) =>
            conflict.columns(['applianceId', 'realmId', 'subject', 'source']).doUpdateSet((eb) => ({
              failures: eb.ref('excluded.failures'),
              windowStartedAt: eb.ref('excluded.windowStartedAt'),
              lockedAt: eb.ref('excluded.lockedAt'),
            })),
          )
          .execute()
      }
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
