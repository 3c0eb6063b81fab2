/** An object that a body changes, as a call to its own path would. */
export interface TreeChange {
  method: 'PATCH' | 'DELETE'
  path: string
}

/** All objects a body changes, or why they cannot all be told. */
export type Objects = { changes: TreeChange[] } | { refused: string }

export interface TreeShape {
  /** The template of an object's path. */
  template(path: string): string | undefined
  /** Where objects of a type live below a parent with such a template. */
  placeOfChild(template: string, type: string): { segment: string; single: boolean } | undefined
}

/** What a wrapper or an object may say of itself without changing anything elsewhere. */
const wrapperFields = new Set([
  'resource_type',
  'id',
  'marked_for_delete',
  'mark_for_override',
  'children',
  '_revision',
])
const rootFields = new Set(['resource_type', 'id', 'path', 'display_name', 'children', '_revision'])
const plainId = /^[A-Za-z0-9._~!$&'()*+,=:@ -]{1,255}$/

class Refusal extends Error {}

type Fields = Record<string, unknown>

/**
 * The objects of a body of the policy API, beside the one it is sent to: each `children` entry is an object below its
 * parent, however deep. What is not known for certain refuses the whole.
 *
 * @param path The path that the body is sent to, without its query.
 * @param isRoot Whether the body may hold nothing but children, as a hierarchical `PATCH /infra` does.
 * @see NSX Policy API, "Hierarchical API"
 */
export function objectsOf(body: unknown, path: string, isRoot: boolean, shape: TreeShape): Objects {
  const changes: TreeChange[] = []
  try {
    if (isRoot) {
      const root = fieldsOf(body, 'the body')
      const foreign = Object.keys(root).find((name) => !rootFields.has(name))
      if (foreign !== undefined) throw new Refusal(`the root has a field ${foreign}`)
      if (root.resource_type !== undefined && root.resource_type !== 'Infra') {
        throw new Refusal(`the root is a ${root.resource_type}`)
      }
      if (root.display_name !== undefined && root.display_name !== 'infra')
        throw new Refusal('the root has another name')
    }
    readObject(body, path)
    if (isRoot && changes.length === 0) throw new Refusal('it names no object')
    return { changes }
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message }
    throw error
  }

  /** An object at its path: its children are further objects, and in nothing else of it may there be any. */
  function readObject(object: unknown, at: string): void {
    const own = at.replace(/^\/policy\/api\/v1/, '')
    if (object === null || typeof object !== 'object') return
    if (Array.isArray(object)) return requireNoChildren(object, own)
    const { children, ...rest } = object as Fields
    const { path: path_, parent_path, relative_path, id } = rest
    if (path_ !== undefined && path_ !== own) throw new Refusal(`${own}: it says that its path is ${path_}`)
    if (parent_path !== undefined && parent_path !== own.slice(0, own.lastIndexOf('/'))) {
      throw new Refusal(`${own}: it says that its parent is ${parent_path}`)
    }
    for (const name of [relative_path, id]) {
      if (name !== undefined && own !== '/infra' && name !== decodeURIComponent(own.slice(own.lastIndexOf('/') + 1))) {
        throw new Refusal(`${own}: it says that it is ${name}`)
      }
    }
    requireNoChildren(rest, own)
    if (children === undefined || children === null) return
    if (!Array.isArray(children)) throw new Refusal(`${own}: children is no list`)
    for (const child of children) readChild(child, at)
  }

  function readChild(child: unknown, parent: string): void {
    const wrapper = fieldsOf(child, 'a child')
    const type = wrapper.resource_type
    if (type === 'ChildResourceReference') return readReference(wrapper, parent)
    if (typeof type !== 'string' || !type.startsWith('Child')) throw new Refusal(`a child is a ${type}`)
    const name = type.slice('Child'.length)
    const foreign = Object.keys(wrapper).find((field) => field !== name && !wrapperFields.has(field))
    if (foreign !== undefined) throw new Refusal(`${type} has a field ${foreign}`)
    if (wrapper.children !== undefined) throw new Refusal(`${type} has children beside its object`)
    const object = fieldsOf(wrapper[name], type)
    const removed = wrapper.marked_for_delete ?? object.marked_for_delete ?? false
    const removedToo = object.marked_for_delete ?? removed
    if (typeof removed !== 'boolean' || removed !== removedToo) {
      throw new Refusal(`${type} does not say clearly whether it is marked for delete`)
    }
    // What is told apart by a subtype, such as an LBHttpMonitorProfile, is kept where its base type is.
    const at = placeOf(parent, name, object.id ?? wrapper.id)
    if (wrapper.id !== undefined && object.id !== undefined && wrapper.id !== object.id) {
      throw new Refusal(`${type} has two ids`)
    }
    changes.push({ method: removed ? 'DELETE' : 'PATCH', path: at })
    readObject(object, at)
  }

  /** A parent that is there already and is not changed itself. */
  function readReference(wrapper: Fields, parent: string): void {
    const { target_type, id, children } = wrapper
    const foreign = Object.keys(wrapper).find((field) => field !== 'target_type' && !wrapperFields.has(field))
    if (foreign !== undefined) throw new Refusal(`a reference has a field ${foreign}`)
    if (wrapper.marked_for_delete) throw new Refusal('a reference is marked for delete')
    if (typeof target_type !== 'string') throw new Refusal('a reference has no target_type')
    if (!Array.isArray(children) || children.length === 0) throw new Refusal('a reference has no children')
    const at = placeOf(parent, target_type, id)
    for (const child of children) readChild(child, at)
  }

  function placeOf(parent: string, type: string, id: unknown): string {
    const template = shape.template(parent)
    const place = template === undefined ? undefined : shape.placeOfChild(template, type)
    if (!place) throw new Refusal(`no rule knows a ${type} below ${parent}`)
    if (place.single) {
      if (id !== undefined && id !== place.segment) throw new Refusal(`the id of a ${type} is ${place.segment}`)
      return `${parent}/${place.segment}`
    }
    if (typeof id !== 'string' || !plainId.test(id) || id === '.' || id === '..') {
      throw new Refusal(`a ${type} has no plain id`)
    }
    return `${parent}/${place.segment}/${encodeURIComponent(id)}`
  }
}

function fieldsOf(value: unknown, what: string): Fields {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Fields
  throw new Refusal(`${what} is no object`)
}

/** Objects of the tree are entries of `children`; in any other place there is nothing that looks like one. */
function requireNoChildren(value: unknown, at: string): void {
  if (value === null || typeof value !== 'object') return
  for (const [name, inner] of Object.entries(value)) {
    if (name === 'children' && !Array.isArray(value)) throw new Refusal(`${at}: there are children inside a value`)
    if (name === 'resource_type' && typeof inner === 'string' && inner.startsWith('Child')) {
      throw new Refusal(`${at}: there is a ${inner} inside a value`)
    }
    requireNoChildren(inner, at)
  }
}

/**
 * The first name that an object of a JSON text has twice: of two values one server takes the first and another the
 * last.
 *
 * @param text Valid JSON.
 */
export function repeatedName(text: string): string | undefined {
  // Of every object and list that is open, the names so far; undefined for a list.
  const open: (Set<string> | undefined)[] = []
  let nameIsNext = false
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '{':
        open.push(new Set())
        nameIsNext = true
        break
      case '[':
        open.push(undefined)
        nameIsNext = false
        break
      case '}':
      case ']':
        open.pop()
        nameIsNext = false
        break
      case ',':
        nameIsNext = open.at(-1) !== undefined
        break
      case '"': {
        let end = at + 1
        while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1
        if (nameIsNext) {
          const name = JSON.parse(text.slice(at, end + 1)) as string
          const names = open.at(-1)
          if (names?.has(name)) return name
          names?.add(name)
          nameIsNext = false
        }
        at = end
      }
    }
  }
  return undefined
}
