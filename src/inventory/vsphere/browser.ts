import { AccessError } from '../../access/errors.ts'
import type { Turns } from '../../access/turns/turns.ts'
import type { Authorization } from '../../access/vcenter/authorization.ts'
import type { VcenterCall } from '../../access/vcenter/call.ts'
import { objectTypes } from '../../access/vcenter/object-tree.ts'
import { chargedKeyOf } from '../../access/vcenter/principal.ts'
import { placeByName, type VsphereInventory } from './inventory.ts'
import type { VsphereObject } from './object.ts'

/** Which children are asked for. */
export interface ChildrenPart {
  /** What their names have in them, whatever the case. */
  name?: string | undefined
  /** Where the part before ended. */
  after?: string | undefined
  limit: number
}

export interface Children {
  objects: VsphereObject[]
  /** What the next part comes after; undefined where this is the last. */
  next: string | undefined
}

/** Children that are looked at to tell whether there is one that the caller sees; of more it is taken for granted. */
const fewChildren = 100

export type InventoryBrowser = ReturnType<typeof createInventoryBrowser>

/**
 * The inventory as people walk through it: down from the root folder, object by object, and by name. Only what the
 * caller sees (System.View) is in it, which includes the way to whatever they have.
 *
 * @see vcenter-api.md 4.1, R11
 */
export function createInventoryBrowser(tree: VsphereInventory, { allows, require }: Authorization, turns: Turns) {
  const sees = ({ caller }: VcenterCall, { id }: Pick<VsphereObject, 'id'>) => allows(caller, id, 'System.View')

  /** @throws {AccessError} `not_found`, `forbidden` */
  function requireSeen(call: VcenterCall, id: string): VsphereObject {
    const object = tree.find(id)
    if (!object) throw new AccessError('not_found', `There is no object ${id}`, { objectId: id, value: id })
    require(call, id, 'System.View')
    return object
  }

  return {
    /** An object that the caller sees. @throws {AccessError} `not_found`, `forbidden` */
    read: requireSeen,

    /** Whether a caller sees an object. */
    sees,

    /** Whether something is below an object that the caller sees; where very much is below, that alone says yes. */
    hasChildren(call: VcenterCall, { children }: VsphereObject): boolean {
      if (children.size > fewChildren) return true
      for (const child of children) if (sees(call, child as VsphereObject)) return true
      return false
    },

    /** The objects above one, the root folder first, as far as the caller sees them. */
    pathOf(call: VcenterCall, object: VsphereObject): VsphereObject[] {
      const path: VsphereObject[] = []
      for (let above = object.parent; above; above = above.parent) if (sees(call, above)) path.unshift(above)
      return path
    },

    /** What is directly below an object, in the order of the names. @throws {AccessError} `not_found`, `forbidden` */
    async children(call: VcenterCall, id: string, { name = '', after, limit }: ChildrenPart): Promise<Children> {
      const all = tree.childrenByName(requireSeen(call, id))
      const wanted = name.toLowerCase()
      const objects: VsphereObject[] = []
      const work = turns.begin(chargedKeyOf(call.caller))
      for (let at = after === undefined ? 0 : placeAfter(all, after); at < all.length; at++) {
        if (work.isSpent) await work.turn()
        const object = all[at] as VsphereObject
        if (!object.name.toLowerCase().includes(wanted) || !sees(call, object)) continue
        if (objects.length === limit) return { objects, next: placeByName(objects.at(-1)!) }
        objects.push(object)
      }
      return { objects, next: undefined }
    },

    /** Objects anywhere whose name has a text in it, or whose id it is; no more than the limit, and whether that is all. */
    async search(call: VcenterCall, name: string, limit: number): Promise<{ objects: VsphereObject[]; all: boolean }> {
      const wanted = name.toLowerCase()
      const objects: VsphereObject[] = []
      const work = turns.begin(chargedKeyOf(call.caller))
      for (const type of objectTypes) {
        for (const object of tree.ofType(type)) {
          if (work.isSpent) await work.turn()
          if (!object.name.toLowerCase().includes(wanted) && object.id !== name) continue
          if (!sees(call, object)) continue
          if (objects.length === limit) return { objects, all: false }
          objects.push(object)
        }
      }
      return { objects, all: true }
    },
  }
}

/** The first object that comes after a place, by halves. */
function placeAfter(objects: readonly VsphereObject[], place: string): number {
  let from = 0
  let to = objects.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if (placeByName(objects[middle]!) > place) to = middle
    else from = middle + 1
  }
  return from
}
