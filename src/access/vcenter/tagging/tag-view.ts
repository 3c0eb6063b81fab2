import type { ObjectNode, ObjectTree, TagObjectType } from '../object-tree.ts'
import type { Category, Tag } from './tag.ts'

/** That an object has a tag. */
export interface Attachment {
  readonly tagId: string
  readonly objectId: string
}

export type TagView = ReturnType<typeof createTagView>

/** Values under a key, in the order in which they came. */
function createShelf() {
  const shelves = new Map<string, Set<string>>()
  const none: ReadonlySet<string> = new Set()
  return {
    of: (key: string): ReadonlySet<string> => shelves.get(key) ?? none,
    put(key: string, value: string): void {
      const shelf = shelves.get(key)
      if (shelf) shelf.add(value)
      else shelves.set(key, new Set([value]))
    },
    remove(key: string, value: string): void {
      const shelf = shelves.get(key)
      shelf?.delete(value)
      if (shelf?.size === 0) shelves.delete(key)
    },
  }
}

/**
 * Categories, tags and what has which tag, in memory. Categories and tags are objects that permissions can be set on:
 * they stand below the global root, beside the inventory, and their own permissions add to the global ones.
 *
 * @see vSphere Security, "Permissions on Tag Objects"
 */
export function createTagView(
  global: ObjectNode,
  storedCategories: Iterable<Category>,
  storedTags: Iterable<Tag>,
  storedAttachments: Iterable<Attachment>,
) {
  const categories = new Map<string, Category>()
  const tags = new Map<string, Tag>()
  const nodes = new Map<string, ObjectNode>()
  const tagsOfCategory = createShelf()
  const objectsOfTag = createShelf()
  const tagsOfObject = createShelf()
  const listeners: (() => void)[] = []
  const parents = [global]
  const children = new Set<ObjectNode>()

  function addNode(id: string, type: TagObjectType): void {
    const node: ObjectNode = {
      id,
      type,
      parents,
      children,
      adds: true,
      get holder() {
        return node
      },
    }
    nodes.set(id, node)
  }

  function keepCategory(category: Category): void {
    if (!categories.has(category.id)) addNode(category.id, 'InventoryServiceCategory')
    categories.set(category.id, category)
  }

  function keepTag(tag: Tag): void {
    if (!tags.has(tag.id)) {
      addNode(tag.id, 'InventoryServiceTag')
      tagsOfCategory.put(tag.categoryId, tag.id)
    }
    tags.set(tag.id, tag)
  }

  let attachments = 0
  function attach({ tagId, objectId }: Attachment): void {
    if (objectsOfTag.of(tagId).has(objectId)) return
    attachments++
    objectsOfTag.put(tagId, objectId)
    tagsOfObject.put(objectId, tagId)
  }

  function detach({ tagId, objectId }: Attachment): void {
    if (!objectsOfTag.of(tagId).has(objectId)) return
    attachments--
    objectsOfTag.remove(tagId, objectId)
    tagsOfObject.remove(objectId, tagId)
  }

  function forgetTag(id: string): void {
    for (const objectId of [...objectsOfTag.of(id)]) detach({ tagId: id, objectId })
    const tag = tags.get(id)
    if (tag) tagsOfCategory.remove(tag.categoryId, id)
    tags.delete(id)
    nodes.delete(id)
  }

  const changed = () => {
    for (const listen of listeners) listen()
  }

  for (const category of storedCategories) keepCategory(category)
  for (const tag of storedTags) keepTag(tag)
  for (const attachment of storedAttachments) attach(attachment)

  return {
    categories: (): Iterable<Category> => categories.values(),
    category: (id: string): Category | undefined => categories.get(id),
    tags: (): Iterable<Tag> => tags.values(),
    tag: (id: string): Tag | undefined => tags.get(id),
    /** Ids of a category's tags. */
    tagsIn: tagsOfCategory.of,
    /** Ids of the objects that have a tag. */
    objectsWith: objectsOfTag.of,
    /** Ids of the tags that an object has. */
    tagsOn: tagsOfObject.of,

    /** A category or a tag as far as permissions are concerned. */
    node: (id: string): ObjectNode | undefined => nodes.get(id),
    /** Called when categories or tags have come or gone. */
    onChange: (listen: () => void): void => void listeners.push(listen),

    putCategory(category: Category): void {
      const isNew = !categories.has(category.id)
      keepCategory(category)
      if (isNew) changed()
    },

    putTag(tag: Tag): void {
      const isNew = !tags.has(tag.id)
      keepTag(tag)
      if (isNew) changed()
    },

    /** With its tags. */
    removeCategory(id: string): void {
      for (const tagId of [...tagsOfCategory.of(id)]) forgetTag(tagId)
      categories.delete(id)
      nodes.delete(id)
      changed()
    },

    removeTag(id: string): void {
      forgetTag(id)
      changed()
    },

    /** How many tags are attached, each to each object. */
    get attachments() {
      return attachments
    },
    attach,
    detach,

    /** Takes the tags of objects that are gone. */
    removeObjects(objectIds: readonly string[]): void {
      for (const objectId of objectIds) {
        for (const tagId of [...tagsOfObject.of(objectId)]) detach({ tagId, objectId })
      }
    },
  }
}

/** The inventory with the categories and tags beside it: all that permissions can be set on. */
export function withTags(inventory: ObjectTree, tags: TagView): ObjectTree {
  return {
    global: inventory.global,
    root: inventory.root,
    find: (id) => inventory.find(id) ?? tags.node(id),
    onChange(listen) {
      inventory.onChange(listen)
      tags.onChange(listen)
    },
  }
}
