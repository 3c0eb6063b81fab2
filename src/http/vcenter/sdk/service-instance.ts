import { rootFolder } from '../../../access/vcenter/object-tree.ts'
import type { SdkCall } from './call.ts'
import { managedObject } from './managed-object.ts'
import { anonymous, type ManagedType, method, property } from './managed-type.ts'
import { about } from './release.ts'
import { singletonIds } from './singletons.ts'
import { dateTime, type Reference } from './types/basic.ts'
import { serviceContent } from './types/service.ts'

const managers = {
  propertyCollector: 'PropertyCollector',
  viewManager: 'ViewManager',
  setting: 'OptionManager',
  userDirectory: 'UserDirectory',
  sessionManager: 'SessionManager',
  authorizationManager: 'AuthorizationManager',
  perfManager: 'PerformanceManager',
  eventManager: 'EventManager',
  taskManager: 'TaskManager',
  extensionManager: 'ExtensionManager',
  customFieldsManager: 'CustomFieldsManager',
  licenseManager: 'LicenseManager',
  searchIndex: 'SearchIndex',
} as const satisfies Record<string, keyof typeof singletonIds>

const references = Object.fromEntries(
  Object.entries(managers).map(([name, type]) => [name, { type, id: singletonIds[type] }]),
) as Record<keyof typeof managers, Reference>

const contentOf = ({ services }: SdkCall) => ({
  ...references,
  rootFolder: { type: 'Folder', id: rootFolder },
  about: { ...about, instanceUuid: services.appliances.vcenter.id },
})

/** Where clients begin. @see vcenter-api.md 7.2 */
export const serviceInstance: ManagedType = {
  name: 'ServiceInstance',
  base: managedObject,
  properties: {
    serverClock: property(dateTime, 'System.View', (_subject, call) => call.now),
    content: property(serviceContent, anonymous, (_subject, call) => contentOf(call)),
  },
  methods: {
    RetrieveServiceContent: method({
      requires: 'nothing',
      parameters: {},
      result: serviceContent,
      run: contentOf,
    }),
    CurrentTime: method({
      requires: { privilege: 'System.View' },
      parameters: {},
      result: dateTime,
      run: ({ now }) => now,
    }),
  },
}
