import type { SdkCall } from './call.ts'
import { managedObject } from './managed-object.ts'
import { type ManagedType, method, property } from './managed-type.ts'
import { anyType, int, string } from './types/basic.ts'
import { vimFault } from './types/faults.ts'
import { dataObject, list, optional, type ValueOf } from './types/vim-type.ts'

const optionValue = dataObject('OptionValue', { key: string, value: optional(anyType) })

/** vCenter's settings, as far as there is one here that does the same. They are set where the server is started. */
function settings({ services }: SdkCall): ValueOf<typeof optionValue>[] {
  const { vcenterSessions, appliances } = services
  const { limits } = vcenterSessions
  return [
    { key: 'VirtualCenter.InstanceName', value: { type: string, value: appliances.vcenter.name } },
    { key: 'config.vmacore.soap.maxSessionCount', value: { type: int, value: limits.maximum } },
    { key: 'config.vmacore.soap.sessionTimeout', value: { type: int, value: Math.ceil(limits.idleTimeout / 60) } },
  ]
}

export const optionManager: ManagedType = {
  name: 'OptionManager',
  base: managedObject,
  properties: {
    setting: property(list(optionValue), 'System.Read', (_subject, call) => settings(call)),
  },
  methods: {
    /** A setting, or all whose names begin with what ends with a dot. */
    QueryOptions: method({
      requires: { privilege: 'System.View' },
      parameters: { name: optional(string) },
      result: list(optionValue),
      run(call, { name = '' }) {
        const found = settings(call).filter(({ key }) =>
          name === '' || name.endsWith('.') ? key.startsWith(name) : key === name,
        )
        if (found.length === 0) throw vimFault('InvalidName', '', { name })
        return found
      },
    }),
  },
}
