import type { PowerState } from '../../../inventory/vsphere/object.ts'
import { t } from '../vapi/types.ts'

export const PowerStateType = t.enumeration(
  'com.vmware.vcenter.vm.power.state',
  'POWERED_OFF',
  'POWERED_ON',
  'SUSPENDED',
)

type Wire = (typeof PowerStateType)['values'][number]

export const powerStateToWire: Record<PowerState, Wire> = {
  poweredOff: 'POWERED_OFF',
  poweredOn: 'POWERED_ON',
  suspended: 'SUSPENDED',
}

export const powerStateOfWire: Record<Wire, PowerState> = {
  POWERED_OFF: 'poweredOff',
  POWERED_ON: 'poweredOn',
  SUSPENDED: 'suspended',
}
