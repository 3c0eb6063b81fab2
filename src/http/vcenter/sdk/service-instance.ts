import { rootFolder } from '../../../access/vcenter/object-tree.ts'
import type { SdkCall } from './call.ts'
import { managedObject } from './managed-object.ts'
import { anonymous, type ManagedType, method, property } from './managed-type.ts'
import { about } from './release.ts'
import { singletonIds } from './singletons.ts'
import { dateTime } from './types/basic.ts'
import { serviceContent } from './types/service.ts'

const contentOf = ({ services }: SdkCall) => ({
  rootFolder: { type: 'Folder', id: rootFolder },
  propertyCollector: { type: 'PropertyCollector', id: singletonIds.PropertyCollector },
  viewManager: { type: 'ViewManager', id: singletonIds.ViewManager },
  about: { ...about, instanceUuid: services.appliances.vcenter.id },
  userDirectory: { type: 'UserDirectory', id: singletonIds.UserDirectory },
  sessionManager: { type: 'SessionManager', id: singletonIds.SessionManager },
  authorizationManager: { type: 'AuthorizationManager', id: singletonIds.AuthorizationManager },
  taskManager: { type: 'TaskManager', id: singletonIds.TaskManager },
  searchIndex: { type: 'SearchIndex', id: singletonIds.SearchIndex },
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
