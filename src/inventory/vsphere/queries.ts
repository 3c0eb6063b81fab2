import { AccessError } from '../../access/errors.ts'
import type { Turns } from '../../access/turns/turns.ts'
import type { Authorization } from '../../access/vcenter/authorization.ts'
import type { VcenterCall } from '../../access/vcenter/call.ts'
import type { ObjectType } from '../../access/vcenter/object-tree.ts'
import { chargedKeyOf, type VcenterPrincipal } from '../../access/vcenter/principal.ts'
import type { VsphereInventory } from './inventory.ts'
import { computeResourceOf, isA, type VsphereObject } from './object.ts'
import { requireObject } from './objects.ts'
import { uuidOf } from './uuid.ts'

/** What a property must be one of; absent or empty: anything. */
type OneOf = readonly string[] | undefined

/** A property of an object, and what it must be one of to be listed. */
type Condition<T extends ObjectType> = readonly [OneOf, (object: VsphereObject<T>) => string | undefined]

/** Types that are networks to the list of networks; a switch is none. */
export const networkTypes = ['Network', 'DistributedVirtualPortgroup', 'OpaqueNetwork'] as const

export type VsphereQueries = ReturnType<typeof createVsphereQueries>

/**
 * What is read of the inventory. In lists, conditions of different properties must all hold; of one property any value will do.
 * What the caller may not read is left out. Folders and pools are those that an object stands in directly; datacenters
 * and clusters have it anywhere below them.
 *
 * @throws {AccessError} from lists: `limit_reached` where more than the list's maximum match.
 * @see vcenter-api.md 6
 */
export function createVsphereQueries(
  tree: VsphereInventory,
  authorization: Authorization,
  vcenterId: string,
  turns: Turns,
) {
  /**
   * @param ids Of the objects themselves.
   * @param containers Conditions on what objects stand in directly: then only that is searched.
   */
  async function list<T extends ObjectType>(
    caller: VcenterPrincipal | undefined,
    types: readonly T[],
    maximum: number,
    ids: OneOf,
    conditions: readonly Condition<T>[],
    containers: readonly OneOf[] = [],
  ): Promise<VsphereObject<T>[]> {
    const tests = conditions.flatMap(([values, of]) => (values?.length ? [{ values: new Set(values), of }] : []))
    const found: VsphereObject<T>[] = []
    const work = turns.begin(chargedKeyOf(caller))
    for (const object of candidates(types, ids, containers)) {
      if (work.isSpent) await work.turn()
      const matches = tests.every(({ values, of }) => {
        const value = of(object)
        return value !== undefined && values.has(value)
      })
      if (!matches || !authorization.allows(caller, object.id, 'System.Read')) continue
      if (found.length === maximum) {
        throw new AccessError('limit_reached', `More than ${maximum} objects match: narrow the filter down`)
      }
      found.push(object)
    }
    return found
  }

  function* candidates<T extends ObjectType>(
    types: readonly T[],
    ids: OneOf,
    containers: readonly OneOf[],
  ): Iterable<VsphereObject<T>> {
    const narrowest = containers.find((values) => values?.length)
    if (ids?.length) {
      for (const id of new Set(ids)) yield* ofTypes([tree.find(id)], types)
    } else if (narrowest) {
      for (const id of new Set(narrowest)) yield* ofTypes(tree.find(id)?.children ?? [], types)
    } else {
      for (const type of types) yield* tree.ofType(type)
    }
  }

  return {
    /** @throws {AccessError} `not_found`; `forbidden` */
    read<T extends ObjectType>(call: VcenterCall, id: string, type: T): VsphereObject<T> {
      const object = requireObject(tree, id, type)
      authorization.require(call, id, 'System.Read')
      return object
    },

    datacenters: (
      caller: VcenterPrincipal | undefined,
      filter: { datacenters?: OneOf; names?: OneOf; folders?: OneOf } = {},
    ) =>
      list(caller, ['Datacenter'], 1000, filter.datacenters, [
        [filter.names, nameOf],
        [filter.folders, parentOf],
      ]),

    clusters: (
      caller: VcenterPrincipal | undefined,
      filter: { clusters?: OneOf; names?: OneOf; folders?: OneOf; datacenters?: OneOf } = {},
    ) =>
      list(caller, ['ClusterComputeResource'], 1000, filter.clusters, [
        [filter.names, nameOf],
        [filter.folders, parentOf],
        [filter.datacenters, datacenterOf],
      ]),

    folders: (
      caller: VcenterPrincipal | undefined,
      filter: { folders?: OneOf; names?: OneOf; type?: string; parentFolders?: OneOf; datacenters?: OneOf } = {},
    ) =>
      list(caller, ['Folder'], 1000, filter.folders, [
        [filter.names, nameOf],
        [filter.type === undefined ? undefined : [filter.type], ({ details }) => details.folderType],
        [filter.parentFolders, parentOf],
        [filter.datacenters, datacenterOf],
      ]),

    hosts: (
      caller: VcenterPrincipal | undefined,
      filter: {
        hosts?: OneOf
        names?: OneOf
        folders?: OneOf
        datacenters?: OneOf
        standalone?: boolean
        clusters?: OneOf
        connectionStates?: OneOf
        hostUuids?: OneOf
      } = {},
    ) =>
      list(caller, ['HostSystem'], 2500, filter.hosts, [
        [filter.names, nameOf],
        // A host by itself stands in the folder of the compute resource around it, to whoever looks. [inferred]
        [filter.folders, ({ parent }) => parent?.parent?.id],
        [filter.datacenters, datacenterOf],
        [
          filter.standalone === undefined
            ? undefined
            : [filter.standalone ? 'ComputeResource' : 'ClusterComputeResource'],
          ({ parent }) => parent?.type,
        ],
        [filter.clusters, clusterOf],
        [filter.connectionStates, ({ details }) => details.connectionState],
        [filter.hostUuids, ({ id }) => uuidOf(vcenterId, id)],
      ]),

    virtualMachines: (
      caller: VcenterPrincipal | undefined,
      filter: {
        vms?: OneOf
        names?: OneOf
        folders?: OneOf
        datacenters?: OneOf
        hosts?: OneOf
        clusters?: OneOf
        resourcePools?: OneOf
        powerStates?: OneOf
      } = {},
    ) =>
      list(
        caller,
        ['VirtualMachine'],
        4000,
        filter.vms,
        [
          [filter.names, nameOf],
          [filter.folders, parentOf],
          [filter.datacenters, datacenterOf],
          [filter.hosts, ({ details }) => details.host],
          [filter.clusters, clusterOf],
          [filter.resourcePools, ({ pool }) => pool?.id],
          [filter.powerStates, ({ details }) => details.powerState],
        ],
        [filter.folders, filter.resourcePools],
      ),

    datastores: (
      caller: VcenterPrincipal | undefined,
      filter: { datastores?: OneOf; names?: OneOf; types?: OneOf; folders?: OneOf; datacenters?: OneOf } = {},
    ) =>
      list(caller, ['Datastore'], 2500, filter.datastores, [
        [filter.names, nameOf],
        [filter.types, ({ details }) => details.type],
        [filter.folders, parentOf],
        [filter.datacenters, datacenterOf],
      ]),

    networks: (
      caller: VcenterPrincipal | undefined,
      filter: { networks?: OneOf; names?: OneOf; types?: OneOf; folders?: OneOf; datacenters?: OneOf } = {},
    ) =>
      list(caller, networkTypes, 1000, filter.networks, [
        [filter.names, nameOf],
        [filter.types, ({ type }) => type],
        [filter.folders, parentOf],
        [filter.datacenters, datacenterOf],
      ]),

    /** vApps are not among them. */
    resourcePools: (
      caller: VcenterPrincipal | undefined,
      filter: {
        resourcePools?: OneOf
        names?: OneOf
        parentResourcePools?: OneOf
        datacenters?: OneOf
        hosts?: OneOf
        clusters?: OneOf
      } = {},
    ) =>
      list(caller, ['ResourcePool'], 1000, filter.resourcePools, [
        [filter.names, nameOf],
        [filter.parentResourcePools, parentOf],
        [filter.datacenters, datacenterOf],
        [filter.hosts, standaloneHostOf],
        [filter.clusters, clusterOf],
      ]),
  }
}

function* ofTypes<T extends ObjectType>(objects: Iterable<unknown>, types: readonly T[]): Iterable<VsphereObject<T>> {
  for (const object of objects as Iterable<VsphereObject | undefined>) if (isA(object, ...types)) yield object
}

const nameOf = ({ name }: VsphereObject) => name
const parentOf = ({ parent }: VsphereObject) => parent?.id
const datacenterOf = ({ datacenter }: VsphereObject) => datacenter?.id

function clusterOf(object: VsphereObject): string | undefined {
  const compute = computeResourceOf(object)
  return compute?.type === 'ClusterComputeResource' ? compute.id : undefined
}

/** A pool that a host has to itself: that of a host in a cluster is the cluster's. [inferred] */
function standaloneHostOf(object: VsphereObject): string | undefined {
  const compute = computeResourceOf(object)
  if (compute?.type !== 'ComputeResource') return undefined
  for (const child of compute.children) if (child.type === 'HostSystem') return child.id
  return undefined
}
