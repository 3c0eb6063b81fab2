import type { SdkCall } from '../call.ts'
import { isKindOf, type ManagedObject } from '../managed-type.ts'
import { canView, findObject, inventoryObject, notAuthenticated, requireObject } from '../objects.ts'
import type { Reference } from '../types/basic.ts'
import type { Filter, Step } from './filter.ts'
import { follow, resolvePath } from './path.ts'
import { mayRead } from './read.ts'

/** An object that was met, and how far its steps have been taken. */
interface Frame {
  object: ManagedObject
  steps: readonly Step[]
  /** How many of them have been begun. */
  begun: number
  /** Of the one that was begun last, while it lasts. */
  targets: Iterator<ManagedObject | undefined> | undefined
}

/** So many objects are looked at from one question whether the slice is used up to the next. */
export const looksAtOnce = 32

/**
 * The objects that a filter is about, each once, in the order in which they are met. What the caller may not see is
 * not met, unless the filter begins there. An `undefined` among them is no object: some more were looked at.
 *
 * @param call Gives the call that is answered at the time: an answer can be continued by a later one.
 * @throws {VimFault} `ManagedObjectNotFound`, unless the filter asks for the others all the same.
 */
export function* collect(filter: Filter, call: () => SdkCall): Generator<ManagedObject | undefined> {
  const met = new Set<string>()
  const taken = new Map<Step, Set<string>>()
  let looked = 0

  for (const { reference, skip, steps } of filter.starts) {
    const start = filter.reportsMissingObjects ? findObject(call(), reference) : requireObject(call(), reference)
    if (!start) continue
    if (!skip && isNew(start)) yield start
    const frames: Frame[] = [{ object: start, steps, begun: 0, targets: undefined }]
    for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
      frame.targets ??= nextStep(frame)
      if (!frame.targets) {
        frames.pop()
        continue
      }
      const { done, value: object } = frame.targets.next()
      if (done) frame.targets = undefined
      if (++looked % looksAtOnce === 0) yield undefined
      if (!object) continue
      const step = frame.steps[frame.begun - 1] as Step
      if (!step.skip && isNew(object)) yield object
      if (step.next.length > 0) frames.push({ object, steps: step.next, begun: 0, targets: undefined })
    }
  }

  /** Whether something is asked of an object that was not met before. */
  function isNew({ id, type }: ManagedObject): boolean {
    if (met.has(id) || !filter.pathsOf(type)) return false
    met.add(id)
    return true
  }

  function nextStep(frame: Frame): Frame['targets'] {
    for (;;) {
      const step = frame.steps[frame.begun++]
      if (!step) return undefined
      if (isKindOf(frame.object.type, step.type) && isFirst(step, frame.object))
        return targets(frame.object, step, call)
    }
  }

  /** Whether a step is taken from an object for the first time. */
  function isFirst(step: Step, { id }: ManagedObject): boolean {
    const from = taken.get(step) ?? new Set()
    taken.set(step, from)
    if (from.has(id)) return false
    from.add(id)
    return true
  }
}

function* targets(object: ManagedObject, step: Step, call: () => SdkCall): Generator<ManagedObject | undefined> {
  const path = resolvePath(object.type, step.path, call().version)
  if (!path) return
  if (!mayRead(object, path, call())) {
    // Nobody is told that they are nobody, rather than that there is nothing.
    if (!call().session) throw notAuthenticated()
    return
  }
  const { property, steps } = path
  if (property.entities && steps.length === 0) {
    for (const entity of property.entities.candidates(object.subject, call())) {
      if (!property.entities.matches(entity, object.subject, call())) yield undefined
      else yield seen(inventoryObject(entity, call()))
    }
    return
  }
  const value = follow(path, property.read(object.subject, call()))?.value
  for (const reference of [value].flat() as (Partial<Reference> | undefined)[]) {
    if (reference?.id !== undefined) yield seen(findObject(call(), reference as Reference))
  }

  function seen(target: ManagedObject | undefined): ManagedObject | undefined {
    return target && canView(call(), target) ? target : undefined
  }
}
