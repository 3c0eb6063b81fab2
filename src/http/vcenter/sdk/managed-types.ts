import { authorizationManager } from './authorization-manager.ts'
import { customFieldsManager } from './custom-fields-manager.ts'
import { vimNamespace } from './envelope.ts'
import { eventHistoryCollector, eventManager } from './event-manager.ts'
import { extensionManager } from './extension-manager.ts'
import { clusterComputeResource, computeResource } from './inventory/compute-resource.ts'
import { datacenter } from './inventory/datacenter.ts'
import { datastore } from './inventory/datastore.ts'
import { folder, storagePod } from './inventory/folder.ts'
import { hostSystem } from './inventory/host-system.ts'
import {
  distributedVirtualPortgroup,
  network,
  opaqueNetwork,
  vmwareDistributedVirtualSwitch,
} from './inventory/network.ts'
import { resourcePool, virtualApp } from './inventory/resource-pool.ts'
import { virtualMachine } from './inventory/virtual-machine.ts'
import { licenseAssignmentManager, licenseManager } from './license-manager.ts'
import type { ManagedObject, ManagedType } from './managed-type.ts'
import { optionManager } from './option-manager.ts'
import { performanceManager } from './performance-manager.ts'
import { propertyCollector, propertyFilter } from './property-collector.ts'
import type { Registry } from './registry.ts'
import { searchIndex } from './search-index.ts'
import { serviceInstance } from './service-instance.ts'
import { sessionManager } from './session-manager.ts'
import { singletonIds } from './singletons.ts'
import type { SoapService } from './soap-service.ts'
import { task, taskManager } from './task.ts'
import { userDirectory } from './user-directory.ts'
import { containerView, listView, viewManager } from './view-manager.ts'

/** Types of which there is one object each. */
const singletonTypes: Record<keyof typeof singletonIds, ManagedType> = {
  ServiceInstance: serviceInstance,
  PropertyCollector: propertyCollector,
  ViewManager: viewManager,
  SessionManager: sessionManager,
  AuthorizationManager: authorizationManager,
  UserDirectory: userDirectory,
  TaskManager: taskManager,
  SearchIndex: searchIndex,
  OptionManager: optionManager,
  PerformanceManager: performanceManager,
  EventManager: eventManager,
  ExtensionManager: extensionManager,
  CustomFieldsManager: customFieldsManager,
  LicenseManager: licenseManager,
  LicenseAssignmentManager: licenseAssignmentManager,
}

const types = new Map<string, ManagedType>()

/** With those that it is derived from. */
function know(type: ManagedType): void {
  for (let at: ManagedType | undefined = type; at; at = at.base) types.set(at.name, at)
}

for (const type of Object.values(singletonTypes)) know(type)
for (const type of [propertyFilter, containerView, listView, task, eventHistoryCollector]) know(type)
for (const type of [
  folder,
  storagePod,
  datacenter,
  computeResource,
  clusterComputeResource,
  hostSystem,
  resourcePool,
  virtualApp,
  virtualMachine,
  datastore,
  network,
  opaqueNetwork,
  distributedVirtualPortgroup,
  vmwareDistributedVirtualSwitch,
]) {
  know(type)
}

const singletons = new Map<string, ManagedObject>()
for (const [name, id] of Object.entries(singletonIds)) {
  const type = types.get(name) as ManagedType
  singletons.set(id, { type, id, entity: undefined, subject: undefined })
}

/** All managed types that are built. */
export const registry: Registry = {
  typeNamed: (name) => types.get(name),
  types: () => [...types.values()],
  singleton: (id) => singletons.get(id),
  singletons: () => [...singletons.values()],
  namesInventory: true,
}

export const vim25: SoapService = {
  name: 'vim25',
  namespace: vimNamespace,
  paths: ['/sdk', '/sdk/vimService'],
  registry,
}
