import { datastoreTypes } from '../../../inventory/vsphere/object.ts'
import { operation } from '../vapi/operation.ts'
import { t } from '../vapi/types.ts'

const service = 'com.vmware.vcenter.datastore'

const Type = t.enumeration(`${service}.type`, ...datastoreTypes)

const FilterSpec = t.structure(`${service}.filter_spec`, {
  datastores: t.optional(t.set(t.id)),
  names: t.optional(t.set(t.string)),
  types: t.optional(t.set(Type)),
  folders: t.optional(t.set(t.id)),
  datacenters: t.optional(t.set(t.id)),
})

const Summary = t.structure(`${service}.summary`, {
  datastore: t.id,
  name: t.string,
  type: Type,
  free_space: t.optional(t.integer),
  capacity: t.optional(t.integer),
})

const Info = t.structure(`${service}.info`, {
  name: t.string,
  type: Type,
  accessible: t.boolean,
  free_space: t.optional(t.integer),
  multiple_host_access: t.boolean,
  thin_provisioning_supported: t.boolean,
})

/** @see vcenter-api.md 6 */
export const datastoreOperations = [
  operation({
    service,
    id: 'list',
    summary: 'List at most 2500 datastores that the caller may read and the filter matches',
    input: { filter: t.optional(FilterSpec) },
    output: t.list(Summary),
    requires: { privilege: 'System.Read', on: 'each datastore that is listed' },
    errors: ['invalid_argument', 'unable_to_allocate_resource'],
    rest: { method: 'GET', path: '/vcenter/datastore', query: ['filter'] },
    legacy: { method: 'GET', path: '/vcenter/datastore' },
    reads: true,
    async run({ vsphereQueries }, { caller }, { filter }) {
      const datastores = await vsphereQueries.datastores(caller, filter)
      return datastores.map(({ id, name, details }) => ({
        datastore: id,
        name,
        type: details.type,
        free_space: details.freeSpace,
        capacity: details.capacity,
      }))
    },
  }),
  operation({
    service,
    id: 'get',
    summary: 'Read a datastore',
    input: { datastore: t.id },
    output: Info,
    requires: { privilege: 'System.Read', on: 'the datastore' },
    errors: ['not_found'],
    rest: { method: 'GET', path: '/vcenter/datastore/{datastore}' },
    legacy: { method: 'GET', path: '/vcenter/datastore/{datastore}' },
    reads: true,
    run({ vsphereQueries }, call, { datastore }) {
      const { name, details } = vsphereQueries.read(call, datastore, 'Datastore')
      return {
        name,
        type: details.type,
        free_space: details.freeSpace,
        // All hosts of a datacenter reach all of its datastores.
        accessible: true,
        multiple_host_access: true,
        thin_provisioning_supported: true,
      }
    },
  }),
]
