import type { Method } from '../sdk/managed-type.ts'
import { vimFault } from '../sdk/types/faults.ts'
import { list, optional, type VimType } from '../sdk/types/vim-type.ts'

/** What is given to a method that does nothing with it; the audit log does not have it either. */
const unread: VimType<unknown> = { name: 'xsd:anyType', content: () => '', read: () => '', secret: true }

/**
 * A method that PBM has and that is not built: it asks for its privilege, and then says that it is not supported.
 *
 * @param parameters Names of its parameters.
 */
export const notBuilt = (privilege: string, ...parameters: string[]): Method => ({
  requires: { privilege },
  parameters: Object.fromEntries(parameters.map((name) => [name, optional(list(unread))])),
  ...(privilege === view ? {} : { changes: true as const }),
  run() {
    throw vimFault('NotSupported', 'The operation is not supported on the object.', {})
  },
})

/** @see vim25-methods.json, module pbm */
export const view = 'StorageProfile.View'
export const update = 'StorageProfile.Update'
