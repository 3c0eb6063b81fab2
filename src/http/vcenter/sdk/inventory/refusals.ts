import { AccessError } from '../../../../access/errors.ts'
import type { PowerState, VsphereObject } from '../../../../inventory/vsphere/object.ts'
import { type ManagedObject, referenceTo } from '../managed-type.ts'
import type { Reference } from '../types/basic.ts'
import { vimFault } from '../types/faults.ts'
import { childrenOf } from './contents.ts'
import { entityReference } from './managed-entity.ts'

/** Refusals of creating an object of a name below another one, as vim25 has them. */
export async function asNameFault<T>(name: string, parent: VsphereObject, create: () => Promise<T>) {
  try {
    return await create()
  } catch (error) {
    if (!(error instanceof AccessError)) throw error
    const { message } = error
    if (error.code === 'already_exists') {
      const present = [...childrenOf(parent)].find((child) => child.name === error.details.value)
      const object = entityReference(present ?? parent)
      throw vimFault('DuplicateName', '', { name, object })
    }
    if (error.code === 'invalid_field' && error.details.field?.endsWith('name')) {
      throw vimFault('InvalidName', '', { name, entity: undefined })
    }
    // What remains of the fields is the folder, which is what was called.
    if (error.code === 'invalid_field') throw vimFault('NotSupported', message, {})
    throw error
  }
}

/** Refusals of moving objects into a folder. */
export async function asMoveFault<T>(
  folder: ManagedObject<VsphereObject>,
  moved: readonly Reference[],
  move: () => Promise<T>,
): Promise<T> {
  try {
    return await move()
  } catch (error) {
    if (!(error instanceof AccessError)) throw error
    if (error.code === 'invalid_field') throw vimFault('InvalidFolder', error.message, { target: referenceTo(folder) })
    if (error.code !== 'already_exists') throw error
    const name = error.details.value ?? ''
    const present = [...childrenOf(folder.subject)].find((child) => child.name === name)
    const object = present ? entityReference(present) : (moved[0] ?? referenceTo(folder))
    throw vimFault('DuplicateName', '', { name, object })
  }
}

/** Refusals of an operation on a machine's power. */
export async function asPowerFault<T>(
  { subject }: ManagedObject<VsphereObject<'VirtualMachine'>>,
  requestedState: PowerState,
  operate: () => Promise<T>,
): Promise<T> {
  try {
    return await operate()
  } catch (error) {
    if (!(error instanceof AccessError)) throw error
    if (error.code !== 'wrong_state' && error.code !== 'already_in_state') throw error
    const existingState = subject.details.powerState
    throw vimFault('InvalidPowerState', '', { requestedState, existingState })
  }
}
