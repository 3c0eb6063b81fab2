import { type PowerOperation, powerPrivileges } from '../../../inventory/vsphere/power-state.ts'
import type { VapiErrorName } from '../vapi/errors.ts'
import { operation } from '../vapi/operation.ts'
import { t } from '../vapi/types.ts'
import { PowerStateType, powerStateToWire } from './power-states.ts'

const service = 'com.vmware.vcenter.vm.power'

const Info = t.structure(`${service}.info`, { state: PowerStateType, clean_power_off: t.optional(t.boolean) })

function change(id: PowerOperation, summary: string, ...errors: VapiErrorName[]) {
  return operation({
    service,
    id,
    summary,
    input: { vm: t.id },
    output: t.void,
    requires: { privilege: powerPrivileges[id], on: 'the virtual machine' },
    errors: ['not_found', ...errors],
    rest: { method: 'POST', path: '/vcenter/vm/{vm}/power', action: id },
    legacy: { method: 'POST', path: `/vcenter/vm/{vm}/power/${id}` },
    run: ({ virtualMachines }, call, { vm }) => virtualMachines.power(call, vm, id),
  })
}

/** @see vcenter-api.md 6 */
export const vmPowerOperations = [
  operation({
    service,
    id: 'get',
    summary: 'Read the power state of a virtual machine',
    input: { vm: t.id },
    output: Info,
    requires: { privilege: 'System.Read', on: 'the virtual machine' },
    errors: ['not_found'],
    rest: { method: 'GET', path: '/vcenter/vm/{vm}/power' },
    legacy: { method: 'GET', path: '/vcenter/vm/{vm}/power' },
    reads: true,
    run({ vsphereQueries }, call, { vm }) {
      const { powerState } = vsphereQueries.read(call, vm, 'VirtualMachine').details
      return {
        state: powerStateToWire[powerState],
        clean_power_off: powerState === 'poweredOff' ? true : undefined,
      }
    },
  }),
  change('start', 'Power a virtual machine on, or let it go on where it was suspended', 'already_in_desired_state'),
  change('stop', 'Power a virtual machine off', 'already_in_desired_state'),
  change('suspend', 'Suspend a virtual machine that runs', 'already_in_desired_state', 'not_allowed_in_current_state'),
  change('reset', 'Reset a virtual machine that runs', 'not_allowed_in_current_state'),
]
