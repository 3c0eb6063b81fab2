import type { SdkCall } from '../call.ts'
import { inferred } from '../inferred.ts'
import { type ManagedObject, referenceTo } from '../managed-type.ts'
import { type Reference, writeAny } from '../types/basic.ts'
import { vimFault } from '../types/faults.ts'
import type { ObjectUpdate } from '../types/property-collector.ts'
import { collect } from './collect.ts'
import type { Filter } from './filter.ts'
import { readContent } from './read.ts'

/** What a client was told of the objects of a filter. */
export interface Watched {
  readonly filter: Filter
  /** By the ids of objects: the object, and the values of its properties as XML. */
  told: Map<string, { reference: Reference; values: Map<string, string> }>
}

/**
 * What is not as the client was told, and counts as told from now on.
 *
 * @param most Objects that are told of at once; the others are left for the next time.
 * @returns the updates, and whether there are more.
 * @throws {VimFault} `LimitExceeded` when the filter is about too many objects.
 */
export function takeUpdates(watched: Watched, call: SdkCall, most: number): { updates: ObjectUpdate[]; more: boolean } {
  const { filter, told } = watched
  const updates: ObjectUpdate[] = []
  const present = new Set<string>()
  let more = false
  for (const object of objectsOf(filter, call)) {
    present.add(object.id)
    if (updates.length >= most) {
      more = true
      continue
    }
    const update = updateOf(object, watched, call)
    if (update) updates.push(update)
  }
  for (const [id, { reference }] of told) {
    if (present.has(id)) continue
    if (updates.length >= most) return { updates, more: true }
    told.delete(id)
    updates.push({ kind: 'leave', obj: reference, changeSet: [], missingSet: [] })
  }
  return { updates, more }
}

function* objectsOf(filter: Filter, call: SdkCall): Generator<ManagedObject> {
  const limit = inferred.objectsOfFilter
  let count = 0
  for (const object of collect(filter, () => call)) {
    if (++count > limit) {
      const message = `Changes of more than ${limit} objects cannot be waited for with one filter`
      throw vimFault('LimitExceeded', message, { limit })
    }
    yield object
  }
}

function updateOf(object: ManagedObject, { filter, told }: Watched, call: SdkCall): ObjectUpdate | undefined {
  const { obj, propSet, missingSet } = readContent(object, filter.pathsOf(object.type) ?? [], call)
  const before = told.get(object.id)
  const values = new Map(propSet.map(({ name, val }) => [name, writeAny(val)]))
  told.set(object.id, { reference: referenceTo(object), values })
  if (!before) {
    return { kind: 'enter', obj, changeSet: propSet.map((one) => ({ ...one, op: 'assign' as const })), missingSet }
  }
  const changed = propSet.filter(({ name }) => before.values.get(name) !== values.get(name))
  const gone = [...before.values.keys()].filter((name) => !values.has(name))
  if (changed.length + gone.length === 0) return undefined
  const changeSet = [...changed, ...gone.map((name) => ({ name, val: undefined }))]
  return { kind: 'modify', obj, changeSet: changeSet.map((one) => ({ ...one, op: 'assign' as const })), missingSet }
}
