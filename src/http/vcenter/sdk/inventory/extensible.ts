import { managedObject } from '../managed-object.ts'
import { type ManagedType, type Property, property } from '../managed-type.ts'
import { dataObject, list } from '../types/vim-type.ts'

/** Of the kinds of things that objects here never have. */
export const none = (type: string, privilege: string): Property =>
  property(list(dataObject(type, {})), privilege, () => [])

export const extensibleManagedObject: ManagedType = {
  name: 'ExtensibleManagedObject',
  base: managedObject,
  properties: {
    value: none('CustomFieldValue', 'System.View'),
    availableField: none('CustomFieldDef', 'System.View'),
  },
  methods: {},
}
