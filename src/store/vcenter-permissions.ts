import type { Database } from './database.ts'
import type { VcenterPermissionTable } from './schema.ts'

type Key = Pick<VcenterPermissionTable, 'objectId' | 'grantee'>

export function createVcenterPermissionStore(db: Database) {
  const all = () => db.selectFrom('vcenterPermission').selectAll()

  return {
    list(): Promise<VcenterPermissionTable[]> {
      return all().execute()
    },

    find({ objectId, grantee }: Key): Promise<VcenterPermissionTable | undefined> {
      return all().where('objectId', '=', objectId).where('grantee', '=', grantee).executeTakeFirst()
    },

    /** What is set on some objects. */
    on(objectIds: readonly string[]): Promise<VcenterPermissionTable[]> {
      return all().where('objectId', 'in', objectIds).orderBy('grantee').execute()
    },

    withRole(roleId: number): Promise<VcenterPermissionTable[]> {
      return all().where('roleId', '=', roleId).execute()
    },

    async count(): Promise<number> {
      const { count } = await db
        .selectFrom('vcenterPermission')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return Number(count)
    },

    async insert(permission: VcenterPermissionTable): Promise<void> {
      await db.insertInto('vcenterPermission').values(permission).execute()
    },

    async update({ objectId, grantee, ...change }: VcenterPermissionTable): Promise<void> {
      await db
        .updateTable('vcenterPermission')
        .set(change)
        .where('objectId', '=', objectId)
        .where('grantee', '=', grantee)
        .execute()
    },

    async remove({ objectId, grantee }: Key): Promise<void> {
      await db.deleteFrom('vcenterPermission').where('objectId', '=', objectId).where('grantee', '=', grantee).execute()
    },
  }
}
