import { inferred } from '../inferred.ts'
import type { Method } from '../managed-type.ts'
import type { Version } from '../release.ts'
import { vimFault } from '../types/faults.ts'
import { objectOf } from '../types/object-parameter.ts'
import { list, optional, type VimType } from '../types/vim-type.ts'
import { definedMethod, isManaged, type Member, readMember } from './table.ts'

/**
 * A method that vim25 has and that is not built: it asks for its privileges, on the objects it names too, and then says
 * that it is not supported. Undefined: vim25 has none of that name.
 */
export function notBuiltMethod(type: string, name: string, version: Version): Method | undefined {
  const definition = definedMethod(type, name, version)
  if (!definition) return undefined
  const parameters = Object.entries(definition.parameters).map(([parameter, text]) => {
    const member = readMember(text)
    return [parameter, parameterOf(member)] as const
  })
  const privilege = definition.privilege ?? inferred.privilegesOfMethods[`${type}.${name}`]
  return {
    requires: requirementOf(privilege),
    parameters: Object.fromEntries(parameters),
    ...(privilege?.startsWith('System.') ? {} : { changes: true as const }),
    run() {
      throw vimFault('NotSupported', '', {})
    },
  }
}

function requirementOf(privilege: string | undefined): Method['requires'] {
  if (privilege === undefined) return 'session'
  return privilege === 'System.Anonymous' ? 'nothing' : { privilege }
}

function parameterOf({ type, list: several, optional: mayLack, privilege }: Member): VimType<unknown> {
  const one: VimType<unknown> = isManaged(type) ? (objectOf(type, privilege) as VimType<unknown>) : unread
  const all = several ? (list(one) as VimType<unknown>) : one
  return mayLack ? optional(all) : all
}

/** What is given to a method that does nothing with it; the audit log does not have it either. */
const unread: VimType<unknown> = {
  name: 'xsd:anyType',
  content: () => '',
  read: () => '',
  secret: true,
}
