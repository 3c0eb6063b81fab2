import {
  globalRoot,
  type ObjectNode,
  type ObjectTree,
  type ObjectType,
  rootFolder,
} from '../../src/access/vcenter/object-tree.ts'

interface Node extends ObjectNode {
  children: Set<ObjectNode>
}

/** A tree of objects that a test grows itself, by ids, with as many parents as it likes. */
export class SmallTree implements ObjectTree {
  readonly #nodes = new Map<string, Node>()
  readonly #listeners: (() => void)[] = []
  readonly global: Node
  readonly root: Node

  constructor() {
    this.global = this.#make(globalRoot, globalRoot, [])
    this.#nodes.delete(globalRoot)
    this.root = this.#make(rootFolder, 'Folder', [this.global])
  }

  get ids(): string[] {
    return [...this.#nodes.keys()]
  }

  #make(id: string, type: ObjectNode['type'], parents: readonly Node[], fixed = false, adds = false): Node {
    const node = { id, type, parents, children: new Set<ObjectNode>() } as unknown as Node
    Object.assign(node, { holder: fixed ? (parents[0] as Node).holder : node, ...(adds ? { adds } : {}) })
    for (const parent of parents) parent.children.add(node)
    this.#nodes.set(id, node)
    return node
  }

  find(id: string): Node | undefined {
    return this.#nodes.get(id)
  }

  /**
   * @param fixed Whether it has the permissions of its first parent and none of its own.
   * @param adds Whether its own add to those from above.
   */
  add(id: string, type: ObjectType, parents: readonly string[], fixed = false, adds = false): this {
    this.#make(
      id,
      type,
      parents.map((parent) => this.find(parent) as Node),
      fixed,
      adds,
    )
    for (const listen of this.#listeners) listen()
    return this
  }

  /** Of an object that has nothing below. */
  remove(id: string): void {
    const node = this.find(id) as Node
    for (const parent of node.parents as Node[]) parent.children.delete(node)
    this.#nodes.delete(id)
    for (const listen of this.#listeners) listen()
  }

  onChange(listen: () => void): void {
    this.#listeners.push(listen)
  }
}
