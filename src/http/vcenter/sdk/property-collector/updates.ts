import type { SdkCall } from '../call.ts'
import { inferred } from '../inferred.ts'
import { type Reference, writeAny } from '../types/basic.ts'
import { vimFault } from '../types/faults.ts'
import type { ObjectContent, ObjectUpdate } from '../types/property-collector.ts'
import { collect, looksAtOnce } from './collect.ts'
import type { Filter } from './filter.ts'
import { readContent } from './read.ts'

/** What a client was told of an object: the values of its properties, as XML. */
interface Told {
  reference: Reference
  values: ReadonlyMap<string, string>
}

/** A filter, and what a client was told of its objects. */
export interface Watched {
  readonly filter: Filter
  /** By the ids of objects. */
  told: Map<string, Told>
  /** How many values that are, at the last look. */
  values: number
}

/** What is not as a client was told. */
export interface Updates {
  updates: ObjectUpdate[]
  /** Whether there is more than was asked for. */
  more: boolean
  /** Counts it as told. */
  settle(): void
}

/**
 * @param most Objects that are told of at once; the others are left for the next time.
 * @throws {VimFault} `LimitExceeded` when the filter is about too much.
 */
export async function findUpdates(watched: Watched, call: SdkCall, most: number, ended: AbortSignal): Promise<Updates> {
  const { filter, told } = watched
  const updates: ObjectUpdate[] = []
  const present = new Set<string>()
  const learnt = new Map<string, Told | undefined>()
  const limit = inferred.valuesOfFilter
  let values = 0
  let looked = 0
  let more = false

  function add(update: ObjectUpdate | undefined, now: Told | undefined): void {
    if (!update) return
    if (updates.length >= most) {
      more = true
      return
    }
    updates.push(update)
    learnt.set(update.obj.id, now)
  }

  for (const object of collect(filter, () => call)) {
    if (call.work.isSpent) {
      await call.work.turn()
      ended.throwIfAborted()
    }
    if (!object) {
      looked += looksAtOnce
      if (looked > inferred.looksOfRetrieval) {
        throw vimFault('LimitExceeded', 'The selections of the filter lead to too many objects', {})
      }
      continue
    }
    const paths = filter.pathsOf(object.type) ?? []
    values += paths.length
    if (values > limit) {
      throw vimFault('LimitExceeded', `Changes of more than ${limit} values cannot be waited for at once`, { limit })
    }
    present.add(object.id)
    const content = readContent(object, paths, call)
    const now = {
      reference: content.obj,
      values: new Map(content.propSet.map(({ name, val }) => [name, writeAny(val)])),
    }
    add(updateOf(content, told.get(object.id)?.values, now.values), now)
  }
  const others = call.watchedByCaller() - watched.values
  if (others + values > inferred.valuesOfUser) {
    const message = `The sessions of a user wait for changes of more than ${inferred.valuesOfUser} values`
    throw vimFault('LimitExceeded', message, { limit: inferred.valuesOfUser })
  }
  watched.values = values
  for (const [id, { reference }] of told) {
    if (!present.has(id)) add({ kind: 'leave', obj: reference, changeSet: [], missingSet: [] }, undefined)
  }
  return {
    updates,
    more,
    settle() {
      for (const [id, now] of learnt) {
        if (now) told.set(id, now)
        else told.delete(id)
      }
    },
  }
}

/** @param before Undefined: the client was not told of the object. */
function updateOf(
  { obj, propSet, missingSet }: ObjectContent,
  before: Told['values'] | undefined,
  now: Told['values'],
): ObjectUpdate | undefined {
  const changed = propSet.filter(({ name }) => before?.get(name) !== now.get(name))
  const gone = [...(before?.keys() ?? [])].filter((name) => !now.has(name))
  if (before && changed.length + gone.length === 0) return undefined
  const changeSet = [...changed, ...gone.map((name) => ({ name, val: undefined }))].map((one) => {
    return { ...one, op: 'assign' as const }
  })
  return { kind: before ? 'modify' : 'enter', obj, changeSet, missingSet }
}
