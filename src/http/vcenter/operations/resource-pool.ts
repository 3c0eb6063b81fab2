import { operation } from '../vapi/operation.ts'
import { t } from '../vapi/types.ts'

const service = 'com.vmware.vcenter.resource_pool'

const FilterSpec = t.structure(`${service}.filter_spec`, {
  resource_pools: t.optional(t.set(t.id)),
  names: t.optional(t.set(t.string)),
  parent_resource_pools: t.optional(t.set(t.id)),
  datacenters: t.optional(t.set(t.id)),
  hosts: t.optional(t.set(t.id)),
  clusters: t.optional(t.set(t.id)),
})

const Summary = t.structure(`${service}.summary`, { resource_pool: t.id, name: t.string })

/** Shares and limits are not modelled: they are optional, and left out. */
const Info = t.structure(`${service}.info`, { name: t.string, resource_pools: t.set(t.id) })

/** @see vcenter-api.md 6 */
export const resourcePoolOperations = [
  operation({
    service,
    id: 'list',
    summary: 'List at most 1000 resource pools that the caller may read and the filter matches',
    input: { filter: t.optional(FilterSpec) },
    output: t.list(Summary),
    requires: { privilege: 'System.Read', on: 'each resource pool that is listed' },
    errors: ['unable_to_allocate_resource'],
    rest: { method: 'GET', path: '/vcenter/resource-pool', query: ['filter'] },
    legacy: { method: 'GET', path: '/vcenter/resource-pool' },
    reads: true,
    async run({ vsphereQueries }, { caller }, { filter: { resource_pools, parent_resource_pools, ...filter } = {} }) {
      const pools = await vsphereQueries.resourcePools(caller, {
        ...filter,
        resourcePools: resource_pools,
        parentResourcePools: parent_resource_pools,
      })
      return pools.map(({ id, name }) => ({ resource_pool: id, name }))
    },
  }),
  operation({
    service,
    id: 'get',
    summary: 'Read a resource pool: its name and the pools in it',
    input: { resource_pool: t.id },
    output: Info,
    requires: { privilege: 'System.Read', on: 'the resource pool' },
    errors: ['not_found'],
    rest: { method: 'GET', path: '/vcenter/resource-pool/{resource_pool}' },
    legacy: { method: 'GET', path: '/vcenter/resource-pool/{resource_pool}' },
    reads: true,
    run({ vsphereQueries }, call, { resource_pool }) {
      const { name, children } = vsphereQueries.read(call, resource_pool, 'ResourcePool')
      return { name, resource_pools: [...children].filter(({ type }) => type === 'ResourcePool').map(({ id }) => id) }
    },
  }),
]
