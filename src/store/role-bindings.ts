import type { Updateable } from 'kysely'
import type { Database } from './database.ts'
import type { RoleBindingTable } from './schema.ts'

export function createRoleBindingStore(db: Database) {
  return {
    list(realmId: string): Promise<RoleBindingTable[]> {
      return db.selectFrom('roleBinding').selectAll().where('realmId', '=', realmId).orderBy('userid').execute()
    },

    find(realmId: string, id: string): Promise<RoleBindingTable | undefined> {
      return db
        .selectFrom('roleBinding')
        .selectAll()
        .where('realmId', '=', realmId)
        .where('id', '=', id)
        .executeTakeFirst()
    },

    async insert(binding: RoleBindingTable): Promise<void> {
      await db.insertInto('roleBinding').values(binding).execute()
    },

    update(id: string, change: Updateable<RoleBindingTable>): Promise<RoleBindingTable> {
      return db.updateTable('roleBinding').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
    },
  }
}
