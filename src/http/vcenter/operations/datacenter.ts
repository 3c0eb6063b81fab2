import { fixedFolders } from '../../../inventory/vsphere/datacenters.ts'
import { operation } from '../vapi/operation.ts'
import { t } from '../vapi/types.ts'

const service = 'com.vmware.vcenter.datacenter'

const FilterSpec = t.structure(`${service}.filter_spec`, {
  datacenters: t.optional(t.set(t.id)),
  names: t.optional(t.set(t.string)),
  folders: t.optional(t.set(t.id)),
})

const Summary = t.structure(`${service}.summary`, { datacenter: t.id, name: t.string })

const Info = t.structure(`${service}.info`, {
  name: t.string,
  datastore_folder: t.id,
  host_folder: t.id,
  network_folder: t.id,
  vm_folder: t.id,
})

const CreateSpec = t.structure(`${service}.create_spec`, { name: t.string, folder: t.optional(t.id) })

/** @see vcenter-api.md 6 */
export const datacenterOperations = [
  operation({
    service,
    id: 'list',
    summary: 'List at most 1000 datacenters that the caller may read and the filter matches',
    input: { filter: t.optional(FilterSpec) },
    output: t.list(Summary),
    requires: { privilege: 'System.Read', on: 'each datacenter that is listed' },
    errors: ['unable_to_allocate_resource'],
    rest: { method: 'GET', path: '/vcenter/datacenter', query: ['filter'] },
    legacy: { method: 'GET', path: '/vcenter/datacenter' },
    reads: true,
    async run({ vsphereQueries }, { caller }, { filter }) {
      const datacenters = await vsphereQueries.datacenters(caller, filter)
      return datacenters.map(({ id, name }) => ({ datacenter: id, name }))
    },
  }),
  operation({
    service,
    id: 'get',
    summary: 'Read a datacenter: its name and its four folders',
    input: { datacenter: t.id },
    output: Info,
    requires: { privilege: 'System.Read', on: 'the datacenter' },
    errors: ['not_found'],
    rest: { method: 'GET', path: '/vcenter/datacenter/{datacenter}' },
    legacy: { method: 'GET', path: '/vcenter/datacenter/{datacenter}' },
    reads: true,
    run({ vsphereQueries }, call, { datacenter }) {
      const found = vsphereQueries.read(call, datacenter, 'Datacenter')
      const folders = fixedFolders(found)
      return {
        name: found.name,
        datastore_folder: folders.get('datastore')!.id,
        host_folder: folders.get('host')!.id,
        network_folder: folders.get('network')!.id,
        vm_folder: folders.get('vm')!.id,
      }
    },
  }),
  operation({
    service,
    id: 'create',
    summary: 'Create a datacenter in a folder',
    input: { spec: CreateSpec },
    output: t.id,
    requires: { privilege: 'Datacenter.Create', on: 'the folder' },
    errors: ['already_exists', 'invalid_argument', 'not_found'],
    rest: { method: 'POST', path: '/vcenter/datacenter', body: 'spec', status: 201 },
    legacy: { method: 'POST', path: '/vcenter/datacenter' },
    run: ({ datacenters }, call, { spec }) => datacenters.create(call, spec),
  }),
  operation({
    service,
    id: 'delete',
    summary: 'Delete a datacenter that is empty, or with force one that is not',
    input: { datacenter: t.id, force: t.optional(t.boolean) },
    output: t.void,
    requires: { privilege: 'Datacenter.Delete', on: 'the datacenter and its folder' },
    errors: ['not_found', 'resource_in_use'],
    rest: { method: 'DELETE', path: '/vcenter/datacenter/{datacenter}', query: ['force'] },
    legacy: { method: 'DELETE', path: '/vcenter/datacenter/{datacenter}' },
    run: ({ datacenters }, call, { datacenter, force }) => datacenters.remove(call, datacenter, force ?? false),
  }),
]
