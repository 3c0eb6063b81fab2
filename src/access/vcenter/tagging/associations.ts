import type { Change } from '../../../audit/journal.ts'
import { AccessError } from '../../errors.ts'
import { type DynamicId, findObject, requireObject } from '../authorization/dynamic-id.ts'
import type { Authorization } from '../authorization.ts'
import type { VcenterCall } from '../call.ts'
import { mostAtOnce, mostAttachments } from '../inferred.ts'
import type { ObjectNode, ObjectTree } from '../object-tree.ts'
import { requireCategoryIn } from './categories.ts'
import { isFor, type Tag } from './tag.ts'
import type { TagView } from './tag-view.ts'
import { tagging } from './tagging-privileges.ts'
import { requireTagIn, tagNotFound } from './tags.ts'

export interface TagAssociationParts {
  view: TagView
  /** What can have tags. */
  inventory: ObjectTree
  authorization: Authorization
}

/** A change of one object's tags, or of one tag's objects: what was refused of it; the rest is done. */
export type Refused = readonly AccessError[]

export type TagAssociations = ReturnType<typeof createTagAssociations>

/** What is tried of each of several, and kept for the answer where it is refused. */
async function tryEach<T>(all: readonly T[], work: (one: T) => unknown): Promise<AccessError[]> {
  const refused: AccessError[] = []
  for (const one of new Set(all)) {
    try {
      await work(one)
    } catch (error) {
      if (!(error instanceof AccessError)) throw error
      refused.push(error)
    }
  }
  return refused
}

function requireFew(all: readonly unknown[], field: string): void {
  if (all.length <= mostAtOnce) return
  throw new AccessError('invalid_field', `${field}: expected at most ${mostAtOnce}, got ${all.length}`, { field })
}

/**
 * Which object has which tag. Whoever attaches or detaches needs a privilege on the tag, and on the object another one
 * and to be able to read it.
 *
 * @see the vCenter API, com.vmware.cis.tagging.tag_association; vSphere Security, "vSphere Tagging Privileges"
 */
export function createTagAssociations({ view, inventory, authorization }: TagAssociationParts) {
  /** @throws {AccessError} `invalid_field` for what cannot have tags, `forbidden` */
  function requireReadable(call: VcenterCall, object: DynamicId, field = 'object_id'): ObjectNode {
    const node = requireObject(inventory, object, field)
    if (node === inventory.global) {
      throw new AccessError('invalid_field', `${field}: ${node.id} cannot have tags`, { field, value: node.id })
    }
    authorization.require(call, node.id, tagging.read)
    return node
  }

  function requireTaggable(call: VcenterCall, object: DynamicId, field?: string): ObjectNode {
    const node = requireReadable(call, object, field)
    authorization.require(call, node.id, tagging.objectAttachable)
    return node
  }

  function requireAttachable(call: VcenterCall, tagId: string): void {
    if (!view.tag(tagId)) throw tagNotFound(tagId)
    authorization.require(call, tagId, tagging.attachTag)
  }

  const mayRead = (call: VcenterCall, id: string) => authorization.allows(call.caller, id, tagging.read)

  /** @throws {AccessError} `invalid_field` where the tag is not for the object, or it has another one already. */
  async function requireEligible({ stores }: Change, tag: Tag, node: ObjectNode, present: { categoryId: string }[]) {
    const category = await requireCategoryIn(stores, tag.categoryId)
    const details = { field: 'object_id', objectId: node.id, value: node.id }
    if (!isFor(category, node.type)) {
      const message = `object_id: tags of the category ${category.name} are not for objects of type ${node.type}`
      throw new AccessError('invalid_field', message, details)
    }
    if (category.cardinality === 'SINGLE' && present.some(({ categoryId }) => categoryId === category.id)) {
      const message = `object_id: ${node.id} has a tag of the category ${category.name} already, and can have one only`
      throw new AccessError('invalid_field', message, details)
    }
  }

  /** Attaches a tag that is not attached yet. @returns whether it was not. */
  async function attachIn(change: Change, tagId: string, node: ObjectNode): Promise<boolean> {
    const { vcenterTags, inventoryObjects } = change.stores
    const tag = await requireTagIn(change.stores, tagId)
    // An earlier change of the same group may have removed it.
    if (!(await inventoryObjects.find(node.id))) {
      throw new AccessError('invalid_field', `object_id: there is no object ${node.id}`, { field: 'object_id' })
    }
    const present = await vcenterTags.tagsOn(node.id)
    if (present.some(({ id }) => id === tagId)) return false
    await requireEligible(change, tag, node, present)
    if (view.attachments >= mostAttachments) {
      throw new AccessError('limit_reached', `No more than ${mostAttachments} tags can be attached`)
    }
    const attachment = { tagId, objectId: node.id }
    await vcenterTags.attach(attachment)
    change.onCommit(() => view.attach(attachment))
    return true
  }

  async function detachIn(change: Change, tagId: string, node: ObjectNode): Promise<boolean> {
    await requireTagIn(change.stores, tagId)
    const attachment = { tagId, objectId: node.id }
    const done = await change.stores.vcenterTags.detach(attachment)
    if (done) change.onCommit(() => view.detach(attachment))
    return done
  }

  /** How a change of either kind is made, and what its record calls what it has changed. */
  const works = {
    attach: { make: attachIn, told: 'attached' },
    detach: { make: detachIn, told: 'detached' },
  }

  async function one(call: VcenterCall, kind: keyof typeof works, tagId: string, object: DynamicId): Promise<void> {
    requireAttachable(call, tagId)
    const node = requireTaggable(call, object)
    const { make, told } = works[kind]
    await call.change(async (change) => {
      if (await make(change, tagId, node)) change.values(tagId, undefined, { [told]: [node.id] })
    })
  }

  async function tagsOfOne(call: VcenterCall, kind: keyof typeof works, object: DynamicId, tagIds: readonly string[]) {
    const node = requireTaggable(call, object)
    requireFew(tagIds, 'tag_ids')
    const { make, told } = works[kind]
    return call.change(async (change): Promise<Refused> => {
      const done: string[] = []
      const refused = await tryEach(tagIds, async (tagId) => {
        requireAttachable(call, tagId)
        if (await make(change, tagId, node)) done.push(tagId)
      })
      if (done.length > 0) change.values(node.id, undefined, { [told]: done })
      return refused
    })
  }

  async function objectsOfOne(
    call: VcenterCall,
    kind: keyof typeof works,
    tagId: string,
    objects: readonly DynamicId[],
  ) {
    requireAttachable(call, tagId)
    requireFew(objects, 'object_ids')
    const { make, told } = works[kind]
    return call.change(async (change): Promise<Refused> => {
      await requireTagIn(change.stores, tagId)
      const done: string[] = []
      const refused = await tryEach(objects, async (object) => {
        const node = requireTaggable(call, object, 'object_ids')
        if (await make(change, tagId, node)) done.push(node.id)
      })
      if (done.length > 0) change.values(tagId, undefined, { [told]: done })
      return refused
    })
  }

  /** An object by its type as vim25 has it. */
  const idOf = ({ type, id }: ObjectNode): DynamicId => ({ type, id })

  function objectsWith(call: VcenterCall, tagId: string): DynamicId[] {
    return [...view.objectsWith(tagId)].flatMap((objectId) => {
      const node = inventory.find(objectId)
      return node && mayRead(call, objectId) ? [idOf(node)] : []
    })
  }

  const tagsOn = (call: VcenterCall, objectId: string) =>
    [...view.tagsOn(objectId)].filter((tagId) => mayRead(call, tagId))

  return {
    /**
     * Attaches a tag to an object, unless it has it.
     *
     * @throws {AccessError} `not_found` for the tag; `forbidden`; `invalid_field` for an object that is not there, that
     *   the tag is not for, or that has another tag of the category where it can have one only; `limit_reached`.
     */
    attach: (call: VcenterCall, tagId: string, object: DynamicId): Promise<void> => one(call, 'attach', tagId, object),

    /** Detaches it, where the object has it. @throws {AccessError} as `attach` */
    detach: (call: VcenterCall, tagId: string, object: DynamicId): Promise<void> => one(call, 'detach', tagId, object),

    /** Attaches as many of the tags as can be. @throws {AccessError} as far as the object is concerned, as `attach`. */
    attachTags: (call: VcenterCall, object: DynamicId, tagIds: readonly string[]): Promise<Refused> =>
      tagsOfOne(call, 'attach', object, tagIds),

    detachTags: (call: VcenterCall, object: DynamicId, tagIds: readonly string[]): Promise<Refused> =>
      tagsOfOne(call, 'detach', object, tagIds),

    /** Attaches it to as many of the objects as can be. @throws {AccessError} as far as the tag is concerned, as `attach`. */
    attachToObjects: (call: VcenterCall, tagId: string, objects: readonly DynamicId[]): Promise<Refused> =>
      objectsOfOne(call, 'attach', tagId, objects),

    detachFromObjects: (call: VcenterCall, tagId: string, objects: readonly DynamicId[]): Promise<Refused> =>
      objectsOfOne(call, 'detach', tagId, objects),

    /** Objects that have a tag, as far as the caller may read them. @throws {AccessError} `not_found`, `forbidden` */
    objects(call: VcenterCall, tagId: string): DynamicId[] {
      if (!view.tag(tagId)) throw tagNotFound(tagId)
      authorization.require(call, tagId, tagging.read)
      return objectsWith(call, tagId)
    },

    /** The same of several tags, as far as the caller may read these. */
    objectsOfTags: (call: VcenterCall, tagIds: readonly string[]): { tagId: string; objects: DynamicId[] }[] =>
      [...new Set(tagIds)]
        .filter((tagId) => view.tag(tagId) && mayRead(call, tagId))
        .map((tagId) => ({ tagId, objects: objectsWith(call, tagId) })),

    /** Ids of the tags that an object has, as far as the caller may read them. @throws {AccessError} `invalid_field`, `forbidden` */
    tags: (call: VcenterCall, object: DynamicId): string[] => tagsOn(call, requireReadable(call, object).id),

    /** The same of several objects, as far as the caller may read these. */
    tagsOfObjects(call: VcenterCall, objects: readonly DynamicId[]): { object: DynamicId; tagIds: string[] }[] {
      const nodes = new Set(objects.flatMap((object) => findObject(inventory, object) ?? []))
      nodes.delete(inventory.global)
      return [...nodes]
        .filter(({ id }) => mayRead(call, id))
        .map((node) => ({ object: idOf(node), tagIds: tagsOn(call, node.id) }))
    },

    /** Ids of the tags that could be attached to an object. @throws {AccessError} `invalid_field`, `forbidden` */
    attachable(call: VcenterCall, object: DynamicId): string[] {
      const node = requireReadable(call, object)
      const present = view.tagsOn(node.id)
      const full = new Set<string>()
      for (const tagId of present) {
        const { categoryId } = view.tag(tagId) as Tag
        if (view.category(categoryId)?.cardinality === 'SINGLE') full.add(categoryId)
      }
      return [...view.tags()]
        .filter(({ id, categoryId }) => {
          const category = view.category(categoryId)
          return (
            !present.has(id) && !full.has(categoryId) && category && isFor(category, node.type) && mayRead(call, id)
          )
        })
        .map(({ id }) => id)
    },
  }
}

/** Takes the tags of objects that are removed, in the change that removes them. */
export function createTagsOfRemoved(view: TagView) {
  return async ({ stores, onCommit }: Change, objectIds: readonly string[]): Promise<void> => {
    await stores.vcenterTags.detachAll(objectIds)
    onCommit(() => view.removeObjects(objectIds))
  }
}
