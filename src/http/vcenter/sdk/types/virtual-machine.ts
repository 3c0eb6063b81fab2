import { powerStates } from '../../../../inventory/vsphere/object.ts'
import { enumeration } from './basic.ts'

export const powerState = enumeration('VirtualMachinePowerState', powerStates)
