/** Ids of the objects that are always there, by their types; clients know some of them by heart. */
export const singletonIds = {
  ServiceInstance: 'ServiceInstance',
  PropertyCollector: 'propertyCollector',
  ViewManager: 'ViewManager',
  SessionManager: 'SessionManager',
  AuthorizationManager: 'AuthorizationManager',
  UserDirectory: 'UserDirectory',
  TaskManager: 'TaskManager',
  SearchIndex: 'SearchIndex',
  OptionManager: 'VpxSettings',
  PerformanceManager: 'PerfMgr',
  EventManager: 'EventManager',
  ExtensionManager: 'ExtensionManager',
  CustomFieldsManager: 'CustomFieldsManager',
  LicenseManager: 'LicenseManager',
  LicenseAssignmentManager: 'LicenseAssignmentManager',
}
