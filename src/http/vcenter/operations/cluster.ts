import { rootPoolOf } from '../../../inventory/vsphere/object.ts'
import { operation } from '../vapi/operation.ts'
import { t } from '../vapi/types.ts'

const service = 'com.vmware.vcenter.cluster'

const FilterSpec = t.structure(`${service}.filter_spec`, {
  clusters: t.optional(t.set(t.id)),
  names: t.optional(t.set(t.string)),
  folders: t.optional(t.set(t.id)),
  datacenters: t.optional(t.set(t.id)),
})

const Summary = t.structure(`${service}.summary`, {
  cluster: t.id,
  name: t.string,
  ha_enabled: t.boolean,
  drs_enabled: t.boolean,
})

const Info = t.structure(`${service}.info`, { name: t.string, resource_pool: t.id })

/** @see vcenter-api.md 6 */
export const clusterOperations = [
  operation({
    service,
    id: 'list',
    summary: 'List at most 1000 clusters that the caller may read and the filter matches',
    input: { filter: t.optional(FilterSpec) },
    output: t.list(Summary),
    requires: { privilege: 'System.Read', on: 'each cluster that is listed' },
    errors: ['unable_to_allocate_resource'],
    rest: { method: 'GET', path: '/vcenter/cluster', query: ['filter'] },
    legacy: { method: 'GET', path: '/vcenter/cluster' },
    reads: true,
    async run({ vsphereQueries }, { caller }, { filter }) {
      const clusters = await vsphereQueries.clusters(caller, filter)
      return clusters.map(({ id, name, details }) => ({
        cluster: id,
        name,
        ha_enabled: details.haEnabled,
        drs_enabled: details.drsEnabled,
      }))
    },
  }),
  operation({
    service,
    id: 'get',
    summary: 'Read a cluster: its name and its root resource pool',
    input: { cluster: t.id },
    output: Info,
    requires: { privilege: 'System.Read', on: 'the cluster' },
    errors: ['not_found'],
    rest: { method: 'GET', path: '/vcenter/cluster/{cluster}' },
    legacy: { method: 'GET', path: '/vcenter/cluster/{cluster}' },
    reads: true,
    run({ vsphereQueries }, call, { cluster }) {
      const found = vsphereQueries.read(call, cluster, 'ClusterComputeResource')
      return { name: found.name, resource_pool: rootPoolOf(found).id }
    },
  }),
]
