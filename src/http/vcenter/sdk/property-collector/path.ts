import { findProperty, type ManagedType, type Property } from '../managed-type.ts'
import type { Version } from '../release.ts'
import { asOf } from '../types/as-of.ts'
import type { TypedValue } from '../types/basic.ts'
import type { VimType } from '../types/vim-type.ts'
import { unsetField } from '../vim25/unset.ts'

/** Where to find a value such as `summary.runtime.powerState`: a property, and fields in it. */
export interface PropertyPath {
  readonly path: string
  readonly property: Property
  readonly steps: readonly Step[]
  /** Of the value that is found. */
  readonly type: VimType<unknown>
}

/** To a field of a data object, or to the item of a list that has a key, as in `hardware.device[4000]`. */
type Step = { readonly field: string } | { readonly key: string }

/**
 * Undefined: there is no such property.
 *
 * @param version Of the client, who is told of nothing that came later.
 */
export function resolvePath(owner: ManagedType, path: string, version: Version): PropertyPath | undefined {
  const [first, ...steps] = stepsOf(path) ?? []
  const property = first && 'field' in first ? findProperty(owner, first.field, version) : undefined
  if (!property) return undefined
  let type: VimType<unknown> | undefined = asOf(property.type, version)
  for (const step of steps) {
    if ('field' in step) type = fieldOf(type, step.field, version)
    else type = type.item && fieldOf(type.item, 'key', version) ? type.item : undefined
    if (!type) return undefined
  }
  return { path, property, steps, type }
}

function fieldOf({ fields, name }: VimType<unknown>, field: string, version: Version): VimType<unknown> | undefined {
  return fields && Object.hasOwn(fields, field) ? fields[field] : unsetField(name, field, version)
}

/** A key can be in quotes, and have dots in it then. */
const word = /(\w+)(?:\[(?:"([^"]*)"|([^\]"]*))\])?(?:\.(?=.)|$)/y

/** Undefined: it is no path. */
function stepsOf(path: string): Step[] | undefined {
  const steps: Step[] = []
  let at = 0
  while (at < path.length) {
    word.lastIndex = at
    const [text, field, quoted, bare] = word.exec(path) ?? []
    if (text === undefined || field === undefined) return undefined
    at += text.length
    steps.push({ field })
    const key = quoted ?? bare
    if (key !== undefined) steps.push({ key })
  }
  return steps
}

/** What a path leads to, in the property's value; undefined where something on the way is not set. */
export function follow({ steps, type }: PropertyPath, value: unknown): TypedValue | undefined {
  let at = value
  for (const step of steps) {
    if (at === undefined) return undefined
    if ('field' in step) at = (at as Record<string, unknown>)[step.field]
    else at = (at as { key: unknown }[]).find(({ key }) => String(key) === step.key)
  }
  return at === undefined ? undefined : { type, value: at }
}
