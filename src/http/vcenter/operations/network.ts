import type { networkTypes } from '../../../inventory/vsphere/queries.ts'
import { operation } from '../vapi/operation.ts'
import { t } from '../vapi/types.ts'

const service = 'com.vmware.vcenter.network'

const Type = t.enumeration(`${service}.type`, 'STANDARD_PORTGROUP', 'DISTRIBUTED_PORTGROUP', 'OPAQUE_NETWORK')
type WireType = (typeof Type)['values'][number]
type NetworkType = (typeof networkTypes)[number]

const toWire: Record<NetworkType, WireType> = {
  Network: 'STANDARD_PORTGROUP',
  DistributedVirtualPortgroup: 'DISTRIBUTED_PORTGROUP',
  OpaqueNetwork: 'OPAQUE_NETWORK',
}

const ofWire: Record<WireType, NetworkType> = {
  STANDARD_PORTGROUP: 'Network',
  DISTRIBUTED_PORTGROUP: 'DistributedVirtualPortgroup',
  OPAQUE_NETWORK: 'OpaqueNetwork',
}

const FilterSpec = t.structure(`${service}.filter_spec`, {
  networks: t.optional(t.set(t.id)),
  names: t.optional(t.set(t.string)),
  types: t.optional(t.set(Type)),
  folders: t.optional(t.set(t.id)),
  datacenters: t.optional(t.set(t.id)),
})

const Summary = t.structure(`${service}.summary`, { network: t.id, name: t.string, type: Type })

/** @see vcenter-api.md 6 */
export const networkOperations = [
  operation({
    service,
    id: 'list',
    summary: 'List at most 1000 networks that the caller may read and the filter matches',
    input: { filter: t.optional(FilterSpec) },
    output: t.list(Summary),
    requires: { privilege: 'System.Read', on: 'each network that is listed' },
    errors: ['invalid_argument', 'unable_to_allocate_resource'],
    rest: { method: 'GET', path: '/vcenter/network', query: ['filter'] },
    legacy: { method: 'GET', path: '/vcenter/network' },
    reads: true,
    async run({ vsphereQueries }, { caller }, { filter: { types, ...filter } = {} }) {
      const networks = await vsphereQueries.networks(caller, { ...filter, types: types?.map((type) => ofWire[type]) })
      return networks.map(({ id, name, type }) => ({ network: id, name, type: toWire[type] }))
    },
  }),
]
