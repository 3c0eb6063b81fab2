import type { Database } from './database.ts'
import type { NsxvManagerTable } from './schema.ts'

const columns = [
  'realmId',
  'uuid',
  'nodeId',
  'nextUser',
  'running',
  'startup',
  'basicDisabled',
  'tokenExpiry',
  'settings',
] as const
export type NsxvManagerRow = Pick<NsxvManagerTable, (typeof columns)[number]>

/** There is one NSX Manager for vSphere, or none. */
export function createNsxvManagerStore(db: Database) {
  return {
    find(): Promise<NsxvManagerRow | undefined> {
      return db.selectFrom('nsxvManager').select(columns).executeTakeFirst()
    },

    read(): Promise<NsxvManagerRow> {
      return db.selectFrom('nsxvManager').select(columns).executeTakeFirstOrThrow()
    },

    async insert(manager: NsxvManagerTable): Promise<void> {
      await db.insertInto('nsxvManager').values(manager).execute()
    },

    /** The next free number of a user; never given twice. */
    async takeUserNumber(): Promise<number> {
      const { nextUser } = await db
        .updateTable('nsxvManager')
        .set((eb) => ({ nextUser: eb('nextUser', '+', 1) }))
        .returning('nextUser')
        .executeTakeFirstOrThrow()
      return nextUser - 1
    },

    async update(
      change: Partial<
        Pick<NsxvManagerTable, 'running' | 'startup' | 'startupSecrets' | 'basicDisabled' | 'tokenExpiry' | 'settings'>
      >,
    ): Promise<void> {
      await db.updateTable('nsxvManager').set(change).execute()
    },

    async enablePasswordHash(): Promise<string> {
      const row = await db.selectFrom('nsxvManager').select('enablePasswordHash').executeTakeFirstOrThrow()
      return row.enablePasswordHash
    },

    async setEnablePasswordHash(enablePasswordHash: string): Promise<void> {
      await db.updateTable('nsxvManager').set({ enablePasswordHash }).execute()
    },

    async startupSecrets(): Promise<string> {
      const row = await db.selectFrom('nsxvManager').select('startupSecrets').executeTakeFirstOrThrow()
      return row.startupSecrets
    },
  }
}
