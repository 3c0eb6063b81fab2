import { none } from './inventory/extensible.ts'
import { managedObject } from './managed-object.ts'
import { type ManagedType, method, property } from './managed-type.ts'
import { singletonIds } from './singletons.ts'
import { reference, string } from './types/basic.ts'
import { dataObject, list, optional } from './types/vim-type.ts'

/** There are no licenses here, and nothing needs one. */
export const licenseManager: ManagedType = {
  name: 'LicenseManager',
  base: managedObject,
  properties: {
    licensedEdition: property(string, 'System.Read', () => ''),
    licenses: none('LicenseManagerLicenseInfo', 'System.Read'),
    licenseAssignmentManager: property(reference, 'System.View', () => ({
      type: 'LicenseAssignmentManager',
      id: singletonIds.LicenseAssignmentManager,
    })),
    evaluation: property(dataObject('LicenseManagerEvaluationInfo', {}), 'System.Read', () => ({})),
  },
  methods: {},
}

export const licenseAssignmentManager: ManagedType = {
  name: 'LicenseAssignmentManager',
  base: managedObject,
  properties: {},
  methods: {
    QueryAssignedLicenses: method({
      requires: { privilege: 'System.View' },
      parameters: { entityId: optional(string) },
      result: list(dataObject('LicenseAssignmentManagerLicenseAssignment', {})),
      run: () => [],
    }),
  },
}
