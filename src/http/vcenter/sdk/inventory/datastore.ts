import type { VsphereObject } from '../../../../inventory/vsphere/object.ts'
import { type ManagedType, property } from '../managed-type.ts'
import { reference } from '../types/basic.ts'
import { datastoreSummary } from '../types/inventory.ts'
import { list } from '../types/vim-type.ts'
import { none } from './extensible.ts'
import { entityReference, managedEntity, read } from './managed-entity.ts'

/** Which hosts and machines use it is not kept. */
export const datastore: ManagedType = {
  name: 'Datastore',
  base: managedEntity,
  properties: {
    summary: property(datastoreSummary, read, (entity: VsphereObject<'Datastore'>) => {
      const { name, id, details } = entity
      const { capacity, freeSpace, type } = details
      const url = `ds:///vmfs/volumes/${id}/`
      return { datastore: entityReference(entity), name, url, capacity, freeSpace, accessible: true, type }
    }),
    host: none('DatastoreHostMount', read),
    vm: property(list(reference), read, () => []),
  },
  methods: {},
}
