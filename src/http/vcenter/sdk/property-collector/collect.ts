import type { SdkCall } from '../call.ts'
import { isKindOf, type ManagedObject, referenceTo } from '../managed-type.ts'
import { canView, findObject, notAuthenticated, requireObject } from '../objects.ts'
import type { Reference } from '../types/basic.ts'
import type { Filter, Step } from './filter.ts'
import { follow, resolvePath } from './path.ts'
import { mayRead } from './read.ts'

/** An object on the way, what to do from there, and whether it is only passed through. */
interface Visit {
  object: ManagedObject
  steps: readonly Step[]
  skip: boolean
}

/**
 * The objects that a filter is about, each once, in the order in which they are met. What the caller may not see is
 * not met, unless the filter begins there.
 *
 * @param call Gives the call that is answered at the time: an answer can be continued by a later one.
 * @throws {VimFault} `ManagedObjectNotFound`, unless the filter asks for the others all the same.
 */
export function* collect(filter: Filter, call: () => SdkCall): Generator<ManagedObject> {
  const reported = new Set<string>()
  const taken = new Map<Step, Set<string>>()

  for (const { reference, skip, steps } of filter.starts) {
    const start = filter.reportsMissingObjects ? findObject(call(), reference) : requireObject(call(), reference)
    if (!start) continue
    const ahead: Visit[] = [{ object: start, steps, skip }]
    for (let visit = ahead.pop(); visit; visit = ahead.pop()) {
      const { object } = visit
      if (!visit.skip && !reported.has(object.id)) {
        reported.add(object.id)
        if (filter.pathsOf(object.type)) yield object
      }
      const found: Visit[] = []
      for (const step of visit.steps) {
        if (!isKindOf(object.type, step.type) || !take(step, object)) continue
        for (const next of targets(object, step, call()))
          found.push({ object: next, steps: step.next, skip: step.skip })
      }
      for (let last = found.pop(); last; last = found.pop()) ahead.push(last)
    }
  }

  /** Whether a step is taken from an object for the first time. */
  function take(step: Step, { id }: ManagedObject): boolean {
    const from = taken.get(step) ?? new Set()
    taken.set(step, from)
    if (from.has(id)) return false
    from.add(id)
    return true
  }
}

function targets(object: ManagedObject, step: Step, call: SdkCall): ManagedObject[] {
  const path = resolvePath(object.type, step.path)
  if (!path) return []
  if (!mayRead(object, path, call)) {
    // Nobody is told that they are nobody, rather than that there is nothing.
    if (!call.session) throw notAuthenticated(referenceTo(object))
    return []
  }
  const value = follow(path, path.property.read(object.subject, call))?.value
  return ([value].flat() as (Reference | undefined)[])
    .filter((reference) => reference?.id !== undefined)
    .map((reference) => findObject(call, reference as Reference))
    .filter((target) => target !== undefined)
    .filter((target) => canView(call, target))
}
