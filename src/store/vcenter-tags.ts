import type { Database } from './database.ts'
import type { VcenterTagAttachmentTable, VcenterTagCategoryTable, VcenterTagTable } from './schema.ts'

/** Databases take so many parameters. */
const askedAtOnce = 1000

/** Parts of a list that one statement takes. */
function* portions<T>(all: readonly T[]): Iterable<readonly T[]> {
  for (let from = 0; from < all.length; from += askedAtOnce) yield all.slice(from, from + askedAtOnce)
}

/** Categories, tags, and which object has which tag. */
export function createVcenterTagStore(db: Database) {
  const attachments = () => db.selectFrom('vcenterTagAttachment').selectAll()

  async function count(table: 'vcenterTagCategory' | 'vcenterTag' | 'vcenterTagAttachment'): Promise<number> {
    const { count } = await db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    return Number(count)
  }

  return {
    categories(): Promise<VcenterTagCategoryTable[]> {
      return db.selectFrom('vcenterTagCategory').selectAll().orderBy('id').execute()
    },

    findCategory(id: string): Promise<VcenterTagCategoryTable | undefined> {
      return db.selectFrom('vcenterTagCategory').selectAll().where('id', '=', id).executeTakeFirst()
    },

    findCategoryByName(name: string): Promise<VcenterTagCategoryTable | undefined> {
      return db.selectFrom('vcenterTagCategory').selectAll().where('name', '=', name).executeTakeFirst()
    },

    countCategories: () => count('vcenterTagCategory'),

    async insertCategory(category: VcenterTagCategoryTable): Promise<void> {
      await db.insertInto('vcenterTagCategory').values(category).execute()
    },

    async updateCategory({ id, ...change }: VcenterTagCategoryTable): Promise<void> {
      await db.updateTable('vcenterTagCategory').set(change).where('id', '=', id).execute()
    },

    async removeCategory(id: string): Promise<void> {
      await db.deleteFrom('vcenterTagCategory').where('id', '=', id).execute()
    },

    tags(): Promise<VcenterTagTable[]> {
      return db.selectFrom('vcenterTag').selectAll().orderBy('id').execute()
    },

    tagsIn(categoryId: string): Promise<VcenterTagTable[]> {
      return db.selectFrom('vcenterTag').selectAll().where('categoryId', '=', categoryId).orderBy('id').execute()
    },

    findTag(id: string): Promise<VcenterTagTable | undefined> {
      return db.selectFrom('vcenterTag').selectAll().where('id', '=', id).executeTakeFirst()
    },

    findTagByName(categoryId: string, name: string): Promise<VcenterTagTable | undefined> {
      return db
        .selectFrom('vcenterTag')
        .selectAll()
        .where('categoryId', '=', categoryId)
        .where('name', '=', name)
        .executeTakeFirst()
    },

    countTags: () => count('vcenterTag'),

    async insertTag(tag: VcenterTagTable): Promise<void> {
      await db.insertInto('vcenterTag').values(tag).execute()
    },

    async updateTag({ id, ...change }: VcenterTagTable): Promise<void> {
      await db.updateTable('vcenterTag').set(change).where('id', '=', id).execute()
    },

    /** Removes tags, and them from the objects that have them. */
    async removeTags(ids: readonly string[]): Promise<void> {
      for (const some of portions(ids)) {
        await db.deleteFrom('vcenterTagAttachment').where('tagId', 'in', some).execute()
        await db.deleteFrom('vcenterTag').where('id', 'in', some).execute()
      }
    },

    attachments(): Promise<VcenterTagAttachmentTable[]> {
      return attachments().orderBy('tagId').orderBy('objectId').execute()
    },

    countAttachments: () => count('vcenterTagAttachment'),

    /** Tags that an object has, with their categories. */
    tagsOn(objectId: string): Promise<VcenterTagTable[]> {
      return db
        .selectFrom('vcenterTagAttachment')
        .innerJoin('vcenterTag', 'vcenterTag.id', 'vcenterTagAttachment.tagId')
        .selectAll('vcenterTag')
        .where('objectId', '=', objectId)
        .execute()
    },

    async attach(attachment: VcenterTagAttachmentTable): Promise<void> {
      await db.insertInto('vcenterTagAttachment').values(attachment).execute()
    },

    /** @returns whether the object had the tag. */
    async detach({ tagId, objectId }: VcenterTagAttachmentTable): Promise<boolean> {
      const { numDeletedRows } = await db
        .deleteFrom('vcenterTagAttachment')
        .where('tagId', '=', tagId)
        .where('objectId', '=', objectId)
        .executeTakeFirst()
      return numDeletedRows > 0n
    },

    /** Takes all tags from some objects. */
    async detachAll(objectIds: readonly string[]): Promise<void> {
      for (const some of portions(objectIds)) {
        await db.deleteFrom('vcenterTagAttachment').where('objectId', 'in', some).execute()
      }
    },
  }
}
