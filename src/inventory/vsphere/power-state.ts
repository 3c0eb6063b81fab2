import { AccessError } from '../../access/errors.ts'
import type { PowerState } from './object.ts'

export const powerOperations = ['start', 'stop', 'suspend', 'reset'] as const
export type PowerOperation = (typeof powerOperations)[number]

/** @see the vCenter API, com.vmware.vcenter.vm.power */
export const powerPrivileges: Record<PowerOperation, string> = {
  start: 'VirtualMachine.Interact.PowerOn',
  stop: 'VirtualMachine.Interact.PowerOff',
  suspend: 'VirtualMachine.Interact.Suspend',
  reset: 'VirtualMachine.Interact.Reset',
}

const results: Record<PowerOperation, PowerState> = {
  start: 'poweredOn',
  stop: 'poweredOff',
  suspend: 'suspended',
  reset: 'poweredOn',
}

/**
 * The state a virtual machine is in after an operation: start and stop take it from either of the other two, suspend
 * and reset want it running.
 *
 * @throws {AccessError} `already_in_state` where there is nothing to do; `wrong_state` where it cannot be done.
 * @see the vCenter API, com.vmware.vcenter.vm.power
 */
export function powerStateAfter(operation: PowerOperation, state: PowerState, vm: string): PowerState {
  const result = results[operation]
  if (operation !== 'reset' && state === result) {
    throw new AccessError('already_in_state', `Virtual machine ${vm} is in that state already: ${words[state]}`, {
      objectId: vm,
    })
  }
  if ((operation === 'suspend' || operation === 'reset') && state !== 'poweredOn') {
    throw new AccessError('wrong_state', `Virtual machine ${vm} must be powered on, but is ${words[state]}`, {
      objectId: vm,
    })
  }
  return result
}

const words: Record<PowerState, string> = {
  poweredOn: 'powered on',
  poweredOff: 'powered off',
  suspended: 'suspended',
}
