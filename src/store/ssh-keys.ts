import type { Database } from './database.ts'
import type { SshKeyTable } from './schema.ts'

export type SshKeyStore = ReturnType<typeof createSshKeyStore>

export function createSshKeyStore(db: Database) {
  const ofAccount = (applianceId: string, realmId: string, userid: number) =>
    db
      .selectFrom('sshKey')
      .select(['label', 'type', 'value'])
      .where('applianceId', '=', applianceId)
      .where('realmId', '=', realmId)
      .where('userid', '=', userid)

  return {
    list(
      applianceId: string,
      realmId: string,
      userid: number,
    ): Promise<Pick<SshKeyTable, 'label' | 'type' | 'value'>[]> {
      return ofAccount(applianceId, realmId, userid).orderBy('label').execute()
    },

    async has(applianceId: string, realmId: string, userid: number, label: string): Promise<boolean> {
      return (await ofAccount(applianceId, realmId, userid).where('label', '=', label).executeTakeFirst()) !== undefined
    },

    async insert(key: SshKeyTable): Promise<void> {
      await db.insertInto('sshKey').values(key).execute()
    },

    async remove(applianceId: string, realmId: string, userid: number, label: string): Promise<void> {
      await db
        .deleteFrom('sshKey')
        .where('applianceId', '=', applianceId)
        .where('realmId', '=', realmId)
        .where('userid', '=', userid)
        .where('label', '=', label)
        .execute()
    },
  }
}
