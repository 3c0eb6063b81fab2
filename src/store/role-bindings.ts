import type { Updateable } from 'kysely'
import type { Database } from './database.ts'
import type { RoleBindingTable } from './schema.ts'

type BindingKey = Pick<RoleBindingTable, 'realmId' | 'type' | 'sourceType' | 'sourceId' | 'nameKey'>

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

    /** Of every realm: what roles are in use. */
    listAll(): Promise<RoleBindingTable[]> {
      return db.selectFrom('roleBinding').selectAll().execute()
    },

    /** The one binding that a name of a source can have. */
    findByName({ realmId, type, sourceType, sourceId, nameKey }: BindingKey): Promise<RoleBindingTable | undefined> {
      return db
        .selectFrom('roleBinding')
        .selectAll()
        .where('realmId', '=', realmId)
        .where('type', '=', type)
        .where('sourceType', '=', sourceType)
        .where('sourceId', '=', sourceId)
        .where('nameKey', '=', nameKey)
        .executeTakeFirst()
    },

    /** The ids of an identity source type's sources, one for each group that is bound in it. */
    async sourceIdsOfGroups(realmId: string, sourceType: string): Promise<string[]> {
      const rows = await db
        .selectFrom('roleBinding')
        .select('sourceId')
        .where('realmId', '=', realmId)
        .where('type', '=', 'remote_group')
        .where('sourceType', '=', sourceType)
        .execute()
      return rows.map((row) => row.sourceId)
    },

    async remove(id: string): Promise<void> {
      await db.deleteFrom('roleBinding').where('id', '=', id).execute()
    },

    async insert(binding: RoleBindingTable): Promise<void> {
      await db.insertInto('roleBinding').values(binding).execute()
    },

    update(id: string, change: Updateable<RoleBindingTable>): Promise<RoleBindingTable> {
      return db.updateTable('roleBinding').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
    },
  }
}
