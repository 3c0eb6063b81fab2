import type { Updateable } from 'kysely'
import type { Database } from './database.ts'
import type { PrincipalIdentityTable } from './schema.ts'

export function createPrincipalIdentityStore(db: Database) {
  const all = db.selectFrom('principalIdentity').selectAll()
  return {
    list(): Promise<PrincipalIdentityTable[]> {
      return all.orderBy('createdAt').orderBy('id').execute()
    },

    find(id: string): Promise<PrincipalIdentityTable | undefined> {
      return all.where('id', '=', id).executeTakeFirst()
    },

    findByName(name: string, nodeId: string): Promise<PrincipalIdentityTable | undefined> {
      return all.where('name', '=', name).where('nodeId', '=', nodeId).executeTakeFirst()
    },

    /** Whatever its case: a reader of the audit log must not take one for another. */
    async isNameTaken(name: string): Promise<boolean> {
      const named = all.where((eb) => eb(eb.fn('lower', ['name']), '=', name.toLowerCase()))
      return (await named.limit(1).executeTakeFirst()) !== undefined
    },

    findByCertificate(certificateId: string): Promise<PrincipalIdentityTable | undefined> {
      return all.where('certificateId', '=', certificateId).executeTakeFirst()
    },

    async insert(identity: PrincipalIdentityTable): Promise<void> {
      await db.insertInto('principalIdentity').values(identity).execute()
    },

    async update(id: string, change: Updateable<PrincipalIdentityTable>): Promise<void> {
      await db.updateTable('principalIdentity').set(change).where('id', '=', id).execute()
    },

    async remove(id: string): Promise<void> {
      await db.deleteFrom('principalIdentity').where('id', '=', id).execute()
    },
  }
}
