import type { Change } from '../../../audit/journal.ts'
import type { Stores } from '../../../store/stores.ts'
import { AccessError } from '../../errors.ts'
import type { ObjectsRemoved } from '../authorization/objects-removed.ts'
import { requireName } from '../authorization/wording.ts'
import type { Authorization } from '../authorization.ts'
import type { VcenterCall } from '../call.ts'
import { mostCategories } from '../inferred.ts'
import { globalRoot } from '../object-tree.ts'
import {
  type Cardinality,
  type Category,
  categoryOf,
  grownCardinality,
  grownTypes,
  newId,
  requireDescription,
  requireId,
  requireTypes,
  rowOfCategory,
  shownCategory,
} from './tag.ts'
import type { TagView } from './tag-view.ts'
import { tagging } from './tagging-privileges.ts'
import { withoutUser, withUser } from './users.ts'

export interface CategorySpec {
  name: string
  description: string
  cardinality: Cardinality
  associableTypes: readonly string[]
  /** Its id, where it is to have a certain one. */
  id?: string | undefined
}

export type TagCategories = ReturnType<typeof createTagCategories>

export const categoryNotFound = (id: string) =>
  new AccessError('not_found', `There is no category ${id}`, { objectId: id })

/** A category as a change sees it. @throws {AccessError} `not_found` */
export async function requireCategoryIn({ vcenterTags }: Stores, id: string): Promise<Category> {
  const row = await vcenterTags.findCategory(id)
  if (!row) throw categoryNotFound(id)
  return categoryOf(row)
}

/**
 * Categories of tags. Global permissions and those on a category count, and none of the inventory's.
 *
 * @param removed Takes the permissions with the categories and tags that they are on.
 * @see the vCenter API, com.vmware.cis.tagging.category
 */
export function createTagCategories(view: TagView, authorization: Authorization, removed: ObjectsRemoved) {
  function requireOn(call: VcenterCall, id: string, privilege: string): Category {
    const category = view.category(id)
    if (!category) throw categoryNotFound(id)
    authorization.require(call, id, privilege)
    return category
  }

  async function requireFree({ vcenterTags }: Stores, name: string, self?: string): Promise<void> {
    const present = await vcenterTags.findCategoryByName(name)
    if (!present || present.id === self) return
    throw new AccessError('already_exists', `There is a category ${name} already`, { value: name })
  }

  async function keep(change: Change, before: Category, after: Category): Promise<void> {
    await change.stores.vcenterTags.updateCategory(rowOfCategory(after))
    change.values(after.id, shownCategory(before), shownCategory(after))
    change.onCommit(() => view.putCategory(after))
  }

  /** Changes who says that they use a category. */
  function changeUsers(
    call: VcenterCall,
    id: string,
    changed: (users: readonly string[]) => readonly string[] | undefined,
  ) {
    requireOn(call, id, tagging.modifyUsersOfCategory)
    return call.change(async (change) => {
      const before = await requireCategoryIn(change.stores, id)
      const usedBy = changed(before.usedBy)
      if (usedBy) await keep(change, before, { ...before, usedBy })
    })
  }

  return {
    /** Ids of those that the caller may read; with a user, of those that the user says they use. */
    list(call: VcenterCall, usedBy?: string): string[] {
      return [...view.categories()]
        .filter((category) => usedBy === undefined || category.usedBy.includes(usedBy))
        .filter(({ id }) => authorization.allows(call.caller, id, tagging.read))
        .map(({ id }) => id)
    },

    /** @throws {AccessError} `not_found`, `forbidden` */
    find: (call: VcenterCall, id: string): Category => requireOn(call, id, tagging.read),

    /** @throws {AccessError} `forbidden`; `already_exists`; `invalid_field`; `limit_reached` */
    async create(call: VcenterCall, spec: CategorySpec): Promise<string> {
      authorization.require(call, globalRoot, tagging.createCategory)
      requireName(spec.name, 'create_spec.name')
      const category: Category = {
        id: requireId(
          spec.id ?? newId('InventoryServiceCategory'),
          'InventoryServiceCategory',
          'create_spec.category_id',
        ),
        name: spec.name,
        description: requireDescription(spec.description, 'create_spec.description'),
        cardinality: spec.cardinality,
        associableTypes: requireTypes(spec.associableTypes, 'create_spec.associable_types'),
        usedBy: [],
      }
      return call.change(async (change) => {
        const { vcenterTags } = change.stores
        await requireFree(change.stores, category.name)
        if (await vcenterTags.findCategory(category.id)) {
          throw new AccessError('already_exists', `There is a category ${category.id} already`, { value: category.id })
        }
        if ((await vcenterTags.countCategories()) >= mostCategories) {
          throw new AccessError('limit_reached', `No more than ${mostCategories} categories can be made`)
        }
        await vcenterTags.insertCategory(rowOfCategory(category))
        change.values(category.id, undefined, shownCategory(category))
        change.onCommit(() => view.putCategory(category))
        return category.id
      })
    },

    /**
     * Changes what is given of a category.
     *
     * @throws {AccessError} as `create`; `not_found`; `invalid_field` also for fewer types, and for one tag an object
     *   where it was several.
     */
    async update(call: VcenterCall, id: string, fields: Partial<Omit<CategorySpec, 'id'>>): Promise<void> {
      requireOn(call, id, tagging.editCategory)
      const { name, description, cardinality, associableTypes } = fields
      if (name !== undefined) requireName(name, 'update_spec.name')
      if (description !== undefined) requireDescription(description, 'update_spec.description')
      const types = associableTypes && requireTypes(associableTypes, 'update_spec.associable_types')
      await call.change(async (change) => {
        const before = await requireCategoryIn(change.stores, id)
        const after: Category = {
          ...before,
          name: name ?? before.name,
          description: description ?? before.description,
          cardinality: grownCardinality(
            before.cardinality,
            cardinality ?? before.cardinality,
            'update_spec.cardinality',
          ),
          associableTypes: types
            ? grownTypes(before.associableTypes, types, 'update_spec.associable_types')
            : before.associableTypes,
        }
        await requireFree(change.stores, after.name, id)
        await keep(change, before, after)
      })
    },

    /** Deletes a category with its tags, which whatever had them loses. @throws {AccessError} `not_found`, `forbidden` */
    async remove(call: VcenterCall, id: string): Promise<void> {
      requireOn(call, id, tagging.deleteCategory)
      await call.change(async (change) => {
        const { vcenterTags } = change.stores
        const before = await requireCategoryIn(change.stores, id)
        const tags = await vcenterTags.tagsIn(id)
        const tagIds = tags.map((tag) => tag.id)
        await vcenterTags.removeTags(tagIds)
        await vcenterTags.removeCategory(id)
        await removed(change, [id, ...tagIds])
        const names = tags.map(({ name }) => name)
        change.values(id, { ...shownCategory(before), ...(names.length > 0 ? { tags: names } : {}) })
        change.onCommit(() => view.removeCategory(id))
      })
    },

    /** Adds to those who say that they use a category. @throws {AccessError} `not_found`, `forbidden`, `invalid_field`, `limit_reached` */
    addUser: (call: VcenterCall, id: string, user: string): Promise<void> =>
      changeUsers(call, id, (users) => withUser(users, user)),

    /** @throws {AccessError} `not_found`, `forbidden` */
    removeUser: (call: VcenterCall, id: string, user: string): Promise<void> =>
      changeUsers(call, id, (users) => withoutUser(users, user)),
  }
}
