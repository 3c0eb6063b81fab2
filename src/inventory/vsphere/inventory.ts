import {
  globalRoot,
  type ObjectNode,
  type ObjectTree,
  type ObjectType,
  rootFolder,
} from '../../access/vcenter/object-tree.ts'
import type { InventoryObjectTable } from '../../store/schema.ts'
import type { Stores } from '../../store/stores.ts'
import { isA, type ObjectDetails, type VsphereObject } from './object.ts'

/** The vSphere inventory in memory: what the table holds, as a tree. */
export interface VsphereInventory extends ObjectTree {
  readonly root: VsphereObject<'Folder'>
  readonly size: number
  find(id: string): VsphereObject | undefined
  ofType<T extends ObjectType>(type: T): Iterable<VsphereObject<T>>
  /** What is directly below an object, in the order of the names, whatever their case, and then of the ids. */
  childrenByName(object: VsphereObject): readonly VsphereObject[]
  /** By an inventory path such as `/DC0/vm/x`, which does not name the root folder; `/` is the root folder. */
  findByPath(path: string): VsphereObject | undefined
  /** Follows changes of the table that are durable, and tells the listeners of what came and went. */
  follow(changes: InventoryChanges): void
}

export interface InventoryChanges {
  /** Parents before their children. */
  added?: readonly InventoryObjectTable[]
  /** Another name, other details, or another folder that it stands in. */
  updated?: readonly InventoryObjectTable[]
  /** Whatever stands below one of them is among them. */
  removed?: readonly string[]
}

/** Of whoever has none: most objects of a large inventory. */
const nobody: Set<ObjectNode> = new Set()

/** Equal details are kept once, as long as there are not too many different ones. */
const differentDetails = 10_000

class Node implements VsphereObject {
  readonly id: string
  readonly type: ObjectType
  name: string
  details: ObjectDetails[ObjectType]
  parents: readonly ObjectNode[]
  children = nobody
  readonly holder: ObjectNode

  constructor(row: InventoryObjectTable, parents: readonly ObjectNode[], details: ObjectDetails[ObjectType]) {
    this.id = row.id
    this.type = row.type as ObjectType
    this.name = row.name
    this.details = details
    this.parents = parents
    this.holder = holdsNone(this.type, parents[0]!.type) ? parents[0]!.holder : this
  }

  get parent(): VsphereObject | undefined {
    const [first] = this.parents
    if (!(first instanceof Node)) return undefined
    return this.type === 'DistributedVirtualPortgroup' ? first.parent : first
  }

  get pool(): VsphereObject | undefined {
    // A machine in a vApp has one parent, which is both.
    return this.type === 'VirtualMachine' ? (this.parents.at(-1) as Node) : undefined
  }

  get datacenter(): VsphereObject<'Datacenter'> | undefined {
    let above = this.parent
    while (above && !isA(above, 'Datacenter')) above = above.parent
    return above
  }
}

/** Whether an object shares the permissions of the one it is in. @see vcenter-api.md 3.3 */
function holdsNone(type: ObjectType, parentType: ObjectNode['type']): boolean {
  switch (type) {
    case 'Folder':
      return parentType === 'Datacenter'
    case 'ResourcePool':
      return parentType === 'ClusterComputeResource' || parentType === 'ComputeResource'
    case 'HostSystem':
      return parentType === 'ComputeResource'
    default:
      return false
  }
}

/** Reads the whole table; a million objects a few thousand at a time. */
export async function loadVsphereInventory({ inventoryObjects }: Stores): Promise<VsphereInventory> {
  let inventory: VsphereInventory | undefined
  const order = createParentsFirst((id) => inventory?.find(id) !== undefined)
  for await (const rows of inventoryObjects.all()) {
    const ready = order.take(rows)
    if (inventory) inventory.follow({ added: ready })
    else inventory = createVsphereInventory(ready)
  }
  order.end()
  return inventory ?? createVsphereInventory([])
}

/** Objects by their age are parents before their children, but for those that were moved into younger folders. */
function createParentsFirst(isKnown: (id: string) => boolean) {
  /** By the id of a parent that is not there yet. */
  const waiting = new Map<string, InventoryObjectTable[]>()
  return {
    take(rows: readonly InventoryObjectTable[]): InventoryObjectTable[] {
      const ready: InventoryObjectTable[] = []
      const now = new Set<string>()
      const ahead = rows.toReversed()
      for (let row = ahead.pop(); row; row = ahead.pop()) {
        const missing = [row.parent, row.secondParent].find((id) => id !== null && !now.has(id) && !isKnown(id))
        if (typeof missing === 'string') {
          waiting.set(missing, [...(waiting.get(missing) ?? []), row])
          continue
        }
        ready.push(row)
        now.add(row.id)
        ahead.push(...(waiting.get(row.id) ?? []))
        waiting.delete(row.id)
      }
      return ready
    },

    /** @throws {Error} where a parent never came. */
    end(): void {
      for (const [parent] of waiting) throw new Error(`the inventory has no object ${parent}`)
    },
  }
}

/**
 * @param rows Parents before their children; the root folder is the first.
 * @throws {Error} without a root folder.
 */
export function createVsphereInventory(rows: Iterable<InventoryObjectTable>): VsphereInventory {
  const byId = new Map<string, Node>()
  const byType = new Map<ObjectType, Set<Node>>()
  const listeners: (() => void)[] = []

  const globalChildren = new Set<ObjectNode>()
  const global: ObjectNode = {
    id: globalRoot,
    type: globalRoot,
    parents: [],
    children: globalChildren,
    get holder() {
      return global
    },
  }

  // A million machines stand in few different places: whoever stands in the same one has the same array.
  const places = new WeakMap<Node, WeakMap<Node, readonly Node[]>>()
  function placeOf(row: InventoryObjectTable): readonly ObjectNode[] {
    if (row.parent === null) return [global]
    const first = existing(row.parent)
    const second = row.secondParent === null ? undefined : existing(row.secondParent)
    let ofFirst = places.get(first)
    if (!ofFirst) {
      ofFirst = new WeakMap()
      places.set(first, ofFirst)
    }
    let place = ofFirst.get(second ?? first)
    if (!place) {
      place = second ? [first, second] : [first]
      ofFirst.set(second ?? first, place)
    }
    return place
  }

  const knownDetails = new Map<string, object>()
  function detailsOf({ details: text }: InventoryObjectTable): object {
    const known = knownDetails.get(text)
    if (known) return known
    if (knownDetails.size >= differentDetails) knownDetails.clear()
    const details = Object.freeze(JSON.parse(text))
    knownDetails.set(text, details)
    return details
  }

  /** Of objects whose children were asked for: sorting a hundred thousand takes a while. */
  const inOrder = new Map<VsphereObject, readonly VsphereObject[]>()
  function forgetOrder(node: Node): void {
    for (const parent of node.parents) inOrder.delete(parent as VsphereObject)
  }

  function existing(id: string): Node {
    const node = byId.get(id)
    if (!node) throw new Error(`the inventory has no object ${id}`)
    return node
  }

  function add(row: InventoryObjectTable): void {
    const node = new Node(row, placeOf(row), detailsOf(row))
    byId.set(node.id, node)
    let alike = byType.get(node.type)
    if (!alike) {
      alike = new Set()
      byType.set(node.type, alike)
    }
    alike.add(node)
    enter(node)
  }

  function enter(node: Node): void {
    for (const parent of node.parents) {
      if (!(parent instanceof Node)) globalChildren.add(node)
      else if (parent.children === nobody) parent.children = new Set([node])
      else parent.children.add(node)
    }
    forgetOrder(node)
  }

  function leave(node: Node): void {
    for (const parent of node.parents) (parent as Node).children.delete(node)
    forgetOrder(node)
  }

  function remove(id: string): void {
    const node = existing(id)
    byId.delete(id)
    byType.get(node.type)?.delete(node)
    leave(node)
    inOrder.delete(node)
  }

  for (const row of rows) add(row)
  const root = existing(rootFolder) as VsphereObject<'Folder'>

  return {
    global,
    root,
    get size() {
      return byId.size
    },
    find: (id) => byId.get(id),
    ofType: <T extends ObjectType>(type: T) => (byType.get(type) ?? nobody) as Iterable<VsphereObject<T>>,

    childrenByName(object) {
      let children = inOrder.get(object)
      if (!children) {
        children = [...(object.children as ReadonlySet<VsphereObject>)]
          .map((child) => ({ child, place: placeByName(child) }))
          .sort((a, b) => (a.place < b.place ? -1 : 1))
          .map(({ child }) => child)
        inOrder.set(object, children)
      }
      return children
    },

    findByPath(path) {
      let at: VsphereObject | undefined = root
      for (const name of path.split('/')) {
        if (name !== '' && at) at = childOf(at, name)
      }
      return at
    },

    follow({ added = [], updated = [], removed = [] }) {
      for (const row of added) add(row)
      let moved = false
      for (const row of updated) {
        const node = existing(row.id)
        if (node.name !== row.name) forgetOrder(node)
        node.name = row.name
        node.details = detailsOf(row)
        if (row.parent === node.parents[0]?.id || row.parent === null) continue
        leave(node)
        node.parents = placeOf(row)
        enter(node)
        moved = true
      }
      for (const id of removed) remove(id)
      if (added.length > 0 || removed.length > 0 || moved) for (const listen of listeners) listen()
    },
    onChange: (listen) => void listeners.push(listen),
  }
}

/** A text that is compared where objects are put into the order of their names. No name has a control character. */
export const placeByName = ({ name, id }: Pick<VsphereObject, 'name' | 'id'>): string => `${name.toLowerCase()}\0${id}`

/** The child of a name, rather one that belongs here than one that only runs here. */
function childOf(object: VsphereObject, name: string): VsphereObject | undefined {
  let other: VsphereObject | undefined
  for (const child of object.children as ReadonlySet<VsphereObject>) {
    if (child.name === name) {
      if (child.parent === object) return child
      other ??= child
    }
    // Port groups stand beside their switch.
    if (child.type === 'VmwareDistributedVirtualSwitch') other ??= childOf(child, name)
  }
  return other
}
