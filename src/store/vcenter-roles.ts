import type { Database } from './database.ts'
import type { VcenterRoleTable } from './schema.ts'

/** The roles that people made; the server's own are in no table. */
export function createVcenterRoleStore(db: Database) {
  return {
    list(): Promise<VcenterRoleTable[]> {
      return db.selectFrom('vcenterRole').selectAll().execute()
    },

    find(id: number): Promise<VcenterRoleTable | undefined> {
      return db.selectFrom('vcenterRole').selectAll().where('id', '=', id).executeTakeFirst()
    },

    findByName(nameKey: string): Promise<VcenterRoleTable | undefined> {
      return db.selectFrom('vcenterRole').selectAll().where('nameKey', '=', nameKey).executeTakeFirst()
    },

    async count(): Promise<number> {
      const { count } = await db
        .selectFrom('vcenterRole')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return Number(count)
    },

    async insert(role: VcenterRoleTable): Promise<void> {
      await db.insertInto('vcenterRole').values(role).execute()
    },

    async update({ id, ...change }: VcenterRoleTable): Promise<void> {
      await db.updateTable('vcenterRole').set(change).where('id', '=', id).execute()
    },

    async remove(id: number): Promise<void> {
      await db.deleteFrom('vcenterRole').where('id', '=', id).execute()
    },
  }
}
