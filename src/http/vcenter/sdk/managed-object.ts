import { type ManagedType, method } from './managed-type.ts'
import { has, noPermission } from './objects.ts'
import { follow, resolvePath } from './property-collector/path.ts'
import { mayRead } from './property-collector/read.ts'
import { anyType, type Reference, string } from './types/basic.ts'
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
      async run(call, { prop }, target) {
        const path = resolvePath(target.type, prop, call.version)
        if (!path) throw vimFault('InvalidProperty', `${target.type.name} has no property ${prop}`, { name: prop })
        if (!mayRead(target, path, call)) throw noPermission(call, target, path.property.privilege)
        const { entities } = path.property
        if (!entities) return follow(path, path.property.read(target.subject, call))
        const value: Reference[] = []
        for (const entity of entities.candidates(target.subject, call)) {
          if (call.work.isSpent) await call.work.turn()
          if (!entities.matches(entity, target.subject, call) || !has(call, entity.id, 'System.View')) continue
          value.push({ type: entity.type, id: entity.id })
        }
        return { type: path.type, value }
      },
    }),
  },
}
