import type { Database } from './database.ts'
import type { LdapIdentitySourceTable } from './schema.ts'

const columns = ['id', 'config', 'revision', 'createdAt', 'createdBy', 'modifiedAt', 'modifiedBy'] as const
export type LdapIdentitySourceRow = Pick<LdapIdentitySourceTable, (typeof columns)[number]>

export function createLdapIdentitySourceStore(db: Database) {
  return {
    list(): Promise<LdapIdentitySourceRow[]> {
      return db.selectFrom('ldapIdentitySource').select(columns).orderBy('id').execute()
    },

    find(id: string): Promise<LdapIdentitySourceRow | undefined> {
      return db.selectFrom('ldapIdentitySource').select(columns).where('id', '=', id).executeTakeFirst()
    },

    /** The sealed bind passwords of its servers, in their order. */
    async bindPasswords(id: string): Promise<(string | null)[]> {
      const row = await db
        .selectFrom('ldapIdentitySource')
        .select('bindPasswords')
        .where('id', '=', id)
        .executeTakeFirst()
      return row ? JSON.parse(row.bindPasswords) : []
    },

    async insert(row: LdapIdentitySourceTable): Promise<void> {
      await db.insertInto('ldapIdentitySource').values(row).execute()
    },

    async update(row: LdapIdentitySourceTable): Promise<void> {
      await db.updateTable('ldapIdentitySource').set(row).where('id', '=', row.id).execute()
    },

    async remove(id: string): Promise<void> {
      await db.deleteFrom('ldapIdentitySource').where('id', '=', id).execute()
    },
  }
}
