/** Guesses about vim25 that no source confirms: one edit corrects them. */
export const inferred = {
  /** What it takes to read a property whose definition names no privilege. */
  privilegeOfProperties: 'System.Read',
  /**
   * What it takes to call methods that are not built and whose definition names no privilege. @see
   * vim25-dynamic-privileges.json; `UpdateOptions` by its documentation's text
   */
  privilegesOfMethods: {
    'OptionManager.UpdateOptions': 'Global.Settings',
    'VirtualMachine.CloneVM_Task': 'VirtualMachine.Provisioning.Clone',
    'VirtualMachine.InstantClone_Task': 'VirtualMachine.Provisioning.Clone',
    'Folder.UnregisterAndDestroy_Task': 'Folder.Delete',
    'ClusterComputeResource.Destroy_Task': 'Host.Inventory.DeleteCluster',
    'ComputeResource.Destroy_Task': 'Host.Inventory.RemoveHostFromCluster',
    'HostSystem.Destroy_Task': 'Host.Inventory.RemoveHostFromCluster',
    'ResourcePool.Destroy_Task': 'Resource.DeletePool',
    'VirtualApp.Destroy_Task': 'VApp.Delete',
    'Datastore.Destroy_Task': 'Datastore.Delete',
    'Network.Destroy_Task': 'Network.Delete',
    'OpaqueNetwork.Destroy_Task': 'Network.Delete',
    'DistributedVirtualPortgroup.Destroy_Task': 'DVPortgroup.Delete',
    'VmwareDistributedVirtualSwitch.Destroy_Task': 'DVSwitch.Delete',
  } as Readonly<Record<string, string>>,
  /** Events of one answer, and that a collector has at hand, at most. */
  eventsOfAnswer: 1000,
  /** Events of a collector's latest page, unless the client says otherwise. */
  pageOfEvents: 10,
  eventCollectorsOfSession: 8,
  /** Objects that a list view can have. */
  objectsOfListView: 20_000,
  /** Privileges on objects that one call can ask about. */
  privilegesOfAnswer: 200_000,
  /** Views and collectors that a session can have at once. */
  objectsOfSession: 100,
  /** Filters that it can have. */
  filtersOfSession: 16,
  /** Objects of one answer where the client leaves it to the server. */
  pageOfObjects: 1000,
  /** Retrievals that a session can continue at once; one more makes the oldest end. */
  openRetrievals: 8,
  /** Filters that one retrieval can have. */
  filtersOfRetrieval: 32,
  /** Property paths of one filter. */
  pathsOfFilter: 500,
  /** Selections of one filter. */
  selectionsOfFilter: 256,
  /** Objects that a retrieval looks at, before it is given up. */
  looksOfRetrieval: 20_000_000,
  /** Values that a client can be told the changes of with one filter. */
  valuesOfFilter: 20_000,
  /** Values that are remembered of what a user's clients were told, of all their sessions together. */
  valuesOfUser: 1_000_000,
  /** Seconds that a call waits for changes at most. */
  longestWait: 60,
}
