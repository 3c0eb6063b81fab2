import { newest, type Version } from '../release.ts'
import { definedField } from '../vim25/table.ts'
import type { TypedValue } from './basic.ts'
import { dataObject, type Fields, list, type VimType } from './vim-type.ts'

/** By what a version makes of them. */
const known = new Map<Version, WeakMap<object, VimType<unknown>>>()

/** A type as clients of a version know it: without the fields that came later. */
export function asOf<T>(type: VimType<T>, version: Version): VimType<T> {
  if (version === newest) return type
  let types = known.get(version)
  if (!types) {
    types = new WeakMap()
    known.set(version, types)
  }
  let made = types.get(type)
  if (!made) {
    made = make(type as VimType<unknown>, version)
    types.set(type, made)
  }
  return made as VimType<T>
}

function make(type: VimType<unknown>, version: Version): VimType<unknown> {
  const { item, fields, name, typed } = type
  if (item) return { ...type, ...list(asOf(item, version)), name } as VimType<unknown>
  if (typed) {
    return {
      ...type,
      content: (value) => type.content(ofVersion(value as TypedValue, version)),
      attributes: (value) => type.attributes?.(ofVersion(value as TypedValue, version)) ?? '',
    }
  }
  if (!fields) return type
  const left: Fields = Object.fromEntries(
    Object.entries(fields)
      .filter(([field]) => !definedField(name, field) || definedField(name, field, version))
      .map(([field, one]) => [field, asOf(one, version)]),
  )
  return { ...type, ...dataObject(name, left) } as VimType<unknown>
}

const ofVersion = ({ type, value }: TypedValue, version: Version): TypedValue => ({ type: asOf(type, version), value })
