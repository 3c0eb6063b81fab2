import type { Database } from './database.ts'
import type { LdapIdentitySourceTable } from './schema.ts'

const columns = ['id', 'config', 'revision', 'createdAt', 'createdBy', 'modifiedAt', 'modifiedBy'] as const
export type LdapIdentitySourceRow = Pick<LdapIdentitySourceTable, (typeof columns)[number]>

export type LdapIdentitySourceStore = ReturnType<typeof createLdapIdentitySourceStore>

/** @param table Those of NSX Manager or of vCenter. */
export function createLdapIdentitySourceStore(
  db: Database,
  table: 'ldapIdentitySource' | 'vcenterIdentitySource' = 'ldapIdentitySource',
) {
  return {
    list(): Promise<LdapIdentitySourceRow[]> {
      return db.selectFrom(table).select(columns).orderBy('id').execute()
    },

    find(id: string): Promise<LdapIdentitySourceRow | undefined> {
      return db.selectFrom(table).select(columns).where('id', '=', id).executeTakeFirst()
    },

    /** The sealed bind passwords of its servers, in their order. */
    async bindPasswords(id: string): Promise<(string | null)[]> {
      const row = await db.selectFrom(table).select('bindPasswords').where('id', '=', id).executeTakeFirst()
      return row ? JSON.parse(row.bindPasswords) : []
    },

    async insert(row: LdapIdentitySourceTable): Promise<void> {
      await db.insertInto(table).values(row).execute()
    },

    async update(row: LdapIdentitySourceTable): Promise<void> {
      await db.updateTable(table).set(row).where('id', '=', row.id).execute()
    },

    async remove(id: string): Promise<void> {
      await db.deleteFrom(table).where('id', '=', id).execute()
    },
  }
}
