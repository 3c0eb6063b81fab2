import type { Database } from './database.ts'
import type { PolicyObjectTable } from './schema.ts'

export function createPolicyObjectStore(db: Database) {
  return {
    find(path: string): Promise<PolicyObjectTable | undefined> {
      return db.selectFrom('policyObject').selectAll().where('path', '=', path).executeTakeFirst()
    },

    list(parentPath: string, collection: string): Promise<PolicyObjectTable[]> {
      return db
        .selectFrom('policyObject')
        .selectAll()
        .where('parentPath', '=', parentPath)
        .where('collection', '=', collection)
        .orderBy('id')
        .execute()
    },

    /** Whether somebody of the name protects an object. */
    async isOwner(name: string): Promise<boolean> {
      const found = db.selectFrom('policyObject').select('path').where('owner', '=', name).limit(1)
      return (await found.executeTakeFirst()) !== undefined
    },

    async insert(object: PolicyObjectTable): Promise<void> {
      await db.insertInto('policyObject').values(object).execute()
    },

    async update(object: PolicyObjectTable): Promise<void> {
      await db.updateTable('policyObject').set(object).where('path', '=', object.path).execute()
    },

    async remove(path: string): Promise<void> {
      await db.deleteFrom('policyObject').where('path', '=', path).execute()
    },
  }
}
