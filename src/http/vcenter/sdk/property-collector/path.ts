import { findProperty, type ManagedType, type Property } from '../managed-type.ts'
import type { TypedValue } from '../types/basic.ts'
import { absent, type VimType } from '../types/vim-type.ts'

/** Where to find a value such as `summary.runtime.powerState`: a property, and fields in it. */
export interface PropertyPath {
  readonly path: string
  readonly property: Property
  readonly fields: readonly string[]
  /** Of the value that is found. */
  readonly type: VimType<unknown>
}

/** Undefined: there is no such property. */
export function resolvePath(owner: ManagedType, path: string): PropertyPath | undefined {
  const [name = '', ...fields] = path.split('.')
  const property = findProperty(owner, name)
  if (!property) return undefined
  let type: VimType<unknown> = property.type
  for (const field of fields) {
    if (type === absent) break
    if (!type.fields || !Object.hasOwn(type.fields, field)) return undefined
    type = type.fields[field] as VimType<unknown>
  }
  return { path, property, fields, type }
}

/** What a path leads to, in the property's value; undefined where something on the way is not set. */
export function follow({ fields, type }: PropertyPath, value: unknown): TypedValue | undefined {
  let at = value
  for (const field of fields) at = (at as Record<string, unknown> | undefined)?.[field]
  return at === undefined ? undefined : { type, value: at }
}
