import { inferred } from '../inferred.ts'
import type { Property } from '../managed-type.ts'
import type { Version } from '../release.ts'
import { invalid, type VimType } from '../types/vim-type.ts'
import { definedField, definedProperty, type Member } from './table.ts'

/** A value that vim25 defines and nobody keeps here: it has a type, for those who ask for what is in it. */
function unsetType({ type, list }: Member): VimType<never> {
  const one: VimType<never> = {
    name: type,
    content: () => '',
    read: (_from, path) => {
      throw invalid(path, 'is of a type that is not read')
    },
  }
  return list ? { ...one, name: `ArrayOf${type}`, item: one } : one
}

/** A property that vim25 defines, as one that is never set; undefined: vim25 has none of that name. */
export function unsetProperty(type: string, name: string, version: Version): Property | undefined {
  const member = definedProperty(type, name, version)
  return (
    member && {
      type: unsetType(member),
      privilege: member.privilege ?? inferred.privilegeOfProperties,
      read: () => undefined,
    }
  )
}

/** A field that vim25 defines for a data object, as one that is never set. */
export function unsetField(type: string, name: string, version: Version): VimType<never> | undefined {
  const member = definedField(type, name, version)
  return member && unsetType(member)
}
