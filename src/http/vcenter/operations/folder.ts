import type { FolderType } from '../../../inventory/vsphere/object.ts'
import { operation } from '../vapi/operation.ts'
import { t } from '../vapi/types.ts'

const service = 'com.vmware.vcenter.folder'

const Type = t.enumeration(`${service}.type`, 'DATACENTER', 'DATASTORE', 'HOST', 'NETWORK', 'VIRTUAL_MACHINE')
type WireType = (typeof Type)['values'][number]

const toWire: Record<FolderType, WireType> = {
  datacenter: 'DATACENTER',
  datastore: 'DATASTORE',
  host: 'HOST',
  network: 'NETWORK',
  vm: 'VIRTUAL_MACHINE',
}

const ofWire: Record<WireType, FolderType> = {
  DATACENTER: 'datacenter',
  DATASTORE: 'datastore',
  HOST: 'host',
  NETWORK: 'network',
  VIRTUAL_MACHINE: 'vm',
}

const FilterSpec = t.structure(`${service}.filter_spec`, {
  folders: t.optional(t.set(t.id)),
  names: t.optional(t.set(t.string)),
  type: t.optional(Type),
  parent_folders: t.optional(t.set(t.id)),
  datacenters: t.optional(t.set(t.id)),
})

const Summary = t.structure(`${service}.summary`, { folder: t.id, name: t.string, type: Type })

/** @see vcenter-api.md 6 */
export const folderOperations = [
  operation({
    service,
    id: 'list',
    summary: 'List at most 1000 folders that the caller may read and the filter matches',
    input: { filter: t.optional(FilterSpec) },
    output: t.list(Summary),
    requires: { privilege: 'System.Read', on: 'each folder that is listed' },
    errors: ['invalid_argument', 'unable_to_allocate_resource'],
    rest: { method: 'GET', path: '/vcenter/folder', query: ['filter'] },
    legacy: { method: 'GET', path: '/vcenter/folder' },
    reads: true,
    async run({ vsphereQueries }, { caller }, { filter: { type, parent_folders: parentFolders, ...filter } = {} }) {
      const folders = await vsphereQueries.folders(caller, { ...filter, type: type && ofWire[type], parentFolders })
      return folders.map(({ id, name, details }) => ({ folder: id, name, type: toWire[details.folderType] }))
    },
  }),
]
