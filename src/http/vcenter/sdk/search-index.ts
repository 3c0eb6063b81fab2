import type { VsphereObject } from '../../../inventory/vsphere/object.ts'
import { objectNumberOf } from '../../../inventory/vsphere/uuid.ts'
import type { SdkCall } from './call.ts'
import { childrenOf } from './inventory/contents.ts'
import { entityReference } from './inventory/managed-entity.ts'
import { managedObject } from './managed-object.ts'
import { type ManagedType, method } from './managed-type.ts'
import { has } from './objects.ts'
import { boolean, type Reference, reference, string } from './types/basic.ts'
import { objectOf } from './types/object-parameter.ts'
import { list, optional, type Values } from './types/vim-type.ts'

const uuidParameters = {
  datacenter: optional(objectOf('Datacenter')),
  uuid: string,
  vmSearch: boolean,
  instanceUuid: optional(boolean),
}

/** Look-ups. What the caller may not see is not found. @see vcenter-api.md 7.5 */
export const searchIndex: ManagedType = {
  name: 'SearchIndex',
  base: managedObject,
  properties: {},
  methods: {
    FindByInventoryPath: method({
      requires: { privilege: 'System.View' },
      parameters: { inventoryPath: string },
      result: reference,
      run: (call, { inventoryPath }) => seen(call, call.services.vsphere.findByPath(inventoryPath)),
    }),

    FindChild: method({
      requires: { privilege: 'System.View' },
      parameters: { entity: objectOf('ManagedEntity'), name: string },
      result: reference,
      run(call, { entity, name }) {
        for (const child of childrenOf(call.services.vsphere.find(entity.id) as VsphereObject)) {
          if (child.name === name && has(call, child.id, 'System.View')) return entityReference(child)
        }
        return undefined
      },
    }),

    FindByUuid: method({
      requires: { privilege: 'System.View' },
      costly: true,
      parameters: uuidParameters,
      result: reference,
      run: findByUuid,
    }),

    FindAllByUuid: method({
      requires: { privilege: 'System.View' },
      costly: true,
      parameters: uuidParameters,
      result: list(reference),
      run: (call, args) => [findByUuid(call, args)].filter((found) => found !== undefined),
    }),
  },
}

function seen(call: SdkCall, object: VsphereObject | undefined): Reference | undefined {
  return object && has(call, object.id, 'System.View') ? entityReference(object) : undefined
}

/** A machine's hardware and its vCenter have the same UUID for it. */
function findByUuid(
  call: SdkCall,
  { datacenter, uuid, vmSearch }: Values<typeof uuidParameters>,
): Reference | undefined {
  const { vsphere, appliances } = call.services
  const number = objectNumberOf(appliances.vcenter.id, uuid)
  const found = vsphere.find(`${vmSearch ? 'vm' : 'host'}-${number}`)
  return datacenter && found?.datacenter?.id !== datacenter.id ? undefined : seen(call, found)
}
