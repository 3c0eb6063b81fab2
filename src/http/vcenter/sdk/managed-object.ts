import { type ManagedType, method } from './managed-type.ts'
import { noPermission } from './objects.ts'
import { follow, resolvePath } from './property-collector/path.ts'
import { mayRead } from './property-collector/read.ts'
import { anyType, string } from './types/basic.ts'
import { vimFault } from './types/faults.ts'

/** What every type is derived from. */
export const managedObject: ManagedType = {
  name: 'ManagedObject',
  base: undefined,
  properties: {},
  methods: {
    /** How pyvmomi reads properties. @see vcenter-api.md 7.5 */
    Fetch: method({
      requires: 'nothing',
      parameters: { prop: string },
      result: anyType,
      run(call, { prop }, target) {
        const path = resolvePath(target.type, prop)
        if (!path) throw vimFault('InvalidProperty', `${target.type.name} has no property ${prop}`, { name: prop })
        if (!mayRead(target, path, call)) throw noPermission(call, target, path.property.privilege)
        return follow(path, path.property.read(target.subject, call))
      },
    }),
  },
}
