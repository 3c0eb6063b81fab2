import type { Change } from '../../../audit/journal.ts'
import type { Stores } from '../../../store/stores.ts'
import { AccessError } from '../../errors.ts'
import type { ObjectsRemoved } from '../authorization/objects-removed.ts'
import { requireName } from '../authorization/wording.ts'
import type { Authorization } from '../authorization.ts'
import type { VcenterCall } from '../call.ts'
import { mostTags } from '../inferred.ts'
import { categoryNotFound, requireCategoryIn } from './categories.ts'
import { newId, requireDescription, requireId, rowOfTag, shownTag, type Tag, tagOf } from './tag.ts'
import type { TagView } from './tag-view.ts'
import { tagging } from './tagging-privileges.ts'
import { withoutUser, withUser } from './users.ts'

export interface TagSpec {
  name: string
  description: string
  categoryId: string
  /** Its id, where it is to have a certain one. */
  id?: string | undefined
}

export type Tags = ReturnType<typeof createTags>

export const tagNotFound = (id: string) => new AccessError('not_found', `There is no tag ${id}`, { objectId: id })

/** A tag as a change sees it. @throws {AccessError} `not_found` */
export async function requireTagIn({ vcenterTags }: Stores, id: string): Promise<Tag> {
  const row = await vcenterTags.findTag(id)
  if (!row) throw tagNotFound(id)
  return tagOf(row)
}

/**
 * Tags. Global permissions and those on a tag count, and none of the inventory's or of its category.
 *
 * @param removed Takes the permissions with the tags that they are on.
 * @see the vCenter API, com.vmware.cis.tagging.tag; vSphere Security, "Permissions on Tag Objects"
 */
export function createTags(view: TagView, authorization: Authorization, removed: ObjectsRemoved) {
  function requireOn(call: VcenterCall, id: string, privilege: string): Tag {
    const tag = view.tag(id)
    if (!tag) throw tagNotFound(id)
    authorization.require(call, id, privilege)
    return tag
  }

  async function requireFree({ vcenterTags }: Stores, { id, categoryId, name }: Tag): Promise<void> {
    const present = await vcenterTags.findTagByName(categoryId, name)
    if (!present || present.id === id) return
    throw new AccessError('already_exists', `There is a tag ${name} in the category already`, { value: name })
  }

  async function keep(change: Change, before: Tag, after: Tag): Promise<void> {
    await change.stores.vcenterTags.updateTag(rowOfTag(after))
    change.values(after.id, shownTag(before), shownTag(after))
    change.onCommit(() => view.putTag(after))
  }

  /** Changes who says that they use a tag. */
  function changeUsers(
    call: VcenterCall,
    id: string,
    changed: (users: readonly string[]) => readonly string[] | undefined,
  ) {
    requireOn(call, id, tagging.modifyUsersOfTag)
    return call.change(async (change) => {
      const before = await requireTagIn(change.stores, id)
      const usedBy = changed(before.usedBy)
      if (usedBy) await keep(change, before, { ...before, usedBy })
    })
  }

  const readable = (call: VcenterCall, id: string) => authorization.allows(call.caller, id, tagging.read)

  return {
    /** Ids of those that the caller may read; with a user, of those that the user says they use. */
    list(call: VcenterCall, usedBy?: string): string[] {
      return [...view.tags()]
        .filter((tag) => usedBy === undefined || tag.usedBy.includes(usedBy))
        .filter(({ id }) => readable(call, id))
        .map(({ id }) => id)
    },

    /** Ids of those of a category that the caller may read. @throws {AccessError} `not_found`, `forbidden` */
    listIn(call: VcenterCall, categoryId: string): string[] {
      if (!view.category(categoryId)) throw categoryNotFound(categoryId)
      authorization.require(call, categoryId, tagging.read)
      return [...view.tagsIn(categoryId)].filter((id) => readable(call, id))
    },

    /** The name of a tag or a category; undefined where there is none that the caller may read. */
    nameOf: (call: VcenterCall, id: string): string | undefined =>
      readable(call, id) ? (view.tag(id) ?? view.category(id))?.name : undefined,

    /** @throws {AccessError} `not_found`, `forbidden` */
    find: (call: VcenterCall, id: string): Tag => requireOn(call, id, tagging.read),

    /** @throws {AccessError} `not_found` without such a category; `forbidden`; `already_exists`; `invalid_field`; `limit_reached` */
    async create(call: VcenterCall, spec: TagSpec): Promise<string> {
      const { categoryId } = spec
      if (!view.category(categoryId)) throw categoryNotFound(categoryId)
      authorization.require(call, categoryId, tagging.createTag)
      requireName(spec.name, 'create_spec.name')
      const tag: Tag = {
        id: requireId(spec.id ?? newId('InventoryServiceTag'), 'InventoryServiceTag', 'create_spec.tag_id'),
        categoryId,
        name: spec.name,
        description: requireDescription(spec.description, 'create_spec.description'),
        usedBy: [],
      }
      return call.change(async (change) => {
        const { vcenterTags } = change.stores
        await requireCategoryIn(change.stores, categoryId)
        if (await vcenterTags.findTag(tag.id)) {
          throw new AccessError('already_exists', `There is a tag ${tag.id} already`, { value: tag.id })
        }
        await requireFree(change.stores, tag)
        if ((await vcenterTags.countTags()) >= mostTags) {
          throw new AccessError('limit_reached', `No more than ${mostTags} tags can be made`)
        }
        await vcenterTags.insertTag(rowOfTag(tag))
        change.values(tag.id, undefined, shownTag(tag))
        change.onCommit(() => view.putTag(tag))
        return tag.id
      })
    },

    /** Changes what is given of a tag. @throws {AccessError} as `create` */
    async update(call: VcenterCall, id: string, fields: Partial<Pick<TagSpec, 'name' | 'description'>>): Promise<void> {
      requireOn(call, id, tagging.editTag)
      const { name, description } = fields
      if (name !== undefined) requireName(name, 'update_spec.name')
      if (description !== undefined) requireDescription(description, 'update_spec.description')
      await call.change(async (change) => {
        const before = await requireTagIn(change.stores, id)
        const after = { ...before, name: name ?? before.name, description: description ?? before.description }
        await requireFree(change.stores, after)
        await keep(change, before, after)
      })
    },

    /** Deletes a tag, which whatever had it loses. @throws {AccessError} `not_found`, `forbidden` */
    async remove(call: VcenterCall, id: string): Promise<void> {
      requireOn(call, id, tagging.deleteTag)
      await call.change(async (change) => {
        const before = await requireTagIn(change.stores, id)
        await change.stores.vcenterTags.removeTags([id])
        await removed(change, [id])
        change.values(id, shownTag(before))
        change.onCommit(() => view.removeTag(id))
      })
    },

    /** Adds to those who say that they use a tag. @throws {AccessError} `not_found`, `forbidden`, `invalid_field`, `limit_reached` */
    addUser: (call: VcenterCall, id: string, user: string): Promise<void> =>
      changeUsers(call, id, (users) => withUser(users, user)),

    /** @throws {AccessError} `not_found`, `forbidden` */
    removeUser: (call: VcenterCall, id: string, user: string): Promise<void> =>
      changeUsers(call, id, (users) => withoutUser(users, user)),
  }
}
