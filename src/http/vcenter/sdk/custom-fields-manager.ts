import { none } from './inventory/extensible.ts'
import { managedObject } from './managed-object.ts'
import type { ManagedType } from './managed-type.ts'

/** There are no custom fields here. */
export const customFieldsManager: ManagedType = {
  name: 'CustomFieldsManager',
  base: managedObject,
  properties: { field: none('CustomFieldDef', 'System.View') },
  methods: {},
}
