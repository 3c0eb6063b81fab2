import type { VsphereObject } from '../../../../inventory/vsphere/object.ts'
import { uuidOf } from '../../../../inventory/vsphere/uuid.ts'
import type { SdkCall } from '../call.ts'
import { type ManagedType, property } from '../managed-type.ts'
import { reference, string } from '../types/basic.ts'
import { distributedVirtualSwitchSummary, networkSummary } from '../types/inventory.ts'
import { list } from '../types/vim-type.ts'
import { childrenOf, entities } from './contents.ts'
import { entityReference, managedEntity, read } from './managed-entity.ts'

/** Which hosts and machines are on it is not kept. */
export const network: ManagedType = {
  name: 'Network',
  base: managedEntity,
  properties: {
    summary: property(networkSummary, read, (entity: VsphereObject) => {
      return { network: entityReference(entity), name: entity.name, accessible: true, ipPoolName: '' }
    }),
    host: property(list(reference), read, () => []),
    vm: property(list(reference), read, () => []),
  },
  methods: {},
}

export const opaqueNetwork: ManagedType = { name: 'OpaqueNetwork', base: network, properties: {}, methods: {} }

export const distributedVirtualPortgroup: ManagedType = {
  name: 'DistributedVirtualPortgroup',
  base: network,
  properties: { key: property(string, read, ({ id }: VsphereObject) => id) },
  methods: {},
}

const uuidOfSwitch = ({ id }: VsphereObject, { services }: SdkCall) => uuidOf(services.appliances.vcenter.id, id)

const distributedVirtualSwitch: ManagedType = {
  name: 'DistributedVirtualSwitch',
  base: managedEntity,
  properties: {
    uuid: property(string, read, uuidOfSwitch),
    summary: property(distributedVirtualSwitchSummary, read, (entity: VsphereObject, call) => ({
      name: entity.name,
      uuid: uuidOfSwitch(entity, call),
      numPorts: 0,
    })),
    portgroup: entities(read, (entity: VsphereObject) => childrenOf(entity)),
  },
  methods: {},
}

export const vmwareDistributedVirtualSwitch: ManagedType = {
  name: 'VmwareDistributedVirtualSwitch',
  base: distributedVirtualSwitch,
  properties: {},
  methods: {},
}
