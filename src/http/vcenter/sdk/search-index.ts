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

const ipParameters = { datacenter: optional(objectOf('Datacenter')), ip: string, vmSearch: boolean }

const { ip: _, ...within } = ipParameters
const dnsNameParameters = { ...within, dnsName: string }

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

    FindByDnsName: method({
      requires: { privilege: 'System.View' },
      costly: true,
      parameters: dnsNameParameters,
      result: reference,
      run: (call, args) => findAllByDnsName(call, args)[0],
    }),

    FindAllByDnsName: method({
      requires: { privilege: 'System.View' },
      costly: true,
      parameters: dnsNameParameters,
      result: list(reference),
      run: findAllByDnsName,
    }),

    FindByIp: method({
      requires: { privilege: 'System.View' },
      costly: true,
      parameters: ipParameters,
      result: reference,
      run: (call, { ip, ...args }) => findAllByDnsName(call, { ...args, dnsName: ip })[0],
    }),

    FindAllByIp: method({
      requires: { privilege: 'System.View' },
      costly: true,
      parameters: ipParameters,
      result: list(reference),
      run: (call, { ip, ...args }) => findAllByDnsName(call, { ...args, dnsName: ip }),
    }),

    /** Machines have no files here. */
    FindByDatastorePath: method({
      requires: { privilege: 'System.View' },
      parameters: { datacenter: objectOf('Datacenter'), path: string },
      result: reference,
      run: () => undefined,
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

/** A host is named by its DNS name or its address. Guests have neither here: none runs tools that would tell. */
function findAllByDnsName(
  call: SdkCall,
  { datacenter, dnsName, vmSearch }: Values<typeof dnsNameParameters>,
): Reference[] {
  const wanted = dnsName.toLowerCase()
  const found: Reference[] = []
  if (vmSearch) return found
  for (const host of call.services.vsphere.ofType('HostSystem')) {
    if (host.name.toLowerCase() !== wanted || (datacenter && host.datacenter?.id !== datacenter.id)) continue
    const reference = seen(call, host)
    if (reference) found.push(reference)
  }
  return found
}
