import { rootFolder } from '../../access/vcenter/object-tree.ts'
import type { InventoryObjectTable } from '../../store/schema.ts'
import type { ObjectDetails, PowerState } from './object.ts'
import { createRowBuilder, firstNumber, rootFolderRow } from './rows.ts'

/** How large an inventory is made. */
export interface InventorySize {
  datacenters: number
  /** Of each datacenter. */
  clusters: number
  /** Of each cluster. */
  hosts: number
  /** In all. */
  vms: number
}

/** Enough to try everything on, small enough to look through. */
export const labSize: InventorySize = { datacenters: 2, clusters: 2, hosts: 3, vms: 40 }

const connected = { connectionState: 'connected', powerState: 'poweredOn' } as const
const gib = 1024 ** 3

/** A place for virtual machines. */
interface Place {
  name: string
  /** A folder, or a vApp that is its pool as well. */
  folder: string
  pool: string | null
  hosts: readonly string[]
  /** How many are here already. */
  vms: number
}

/**
 * An inventory with something of every kind, under the names that users of vcsim know: `DC0_C0_RP0_VM0` is the first
 * machine in the root pool of the first cluster of the first datacenter.
 */
export function madeInventory(size: InventorySize): InventoryObjectTable[] {
  const builder = createRowBuilder(firstNumber)
  for (let index = 0; index < size.datacenters; index++) {
    const places = datacenter(`DC${index}`)
    const upTo = (datacenters: number) => Math.floor((size.vms * datacenters) / size.datacenters)
    const share = upTo(index + 1) - upTo(index)
    for (let vm = 0; vm < share; vm++) virtualMachine(places[vm % places.length]!)
  }
  return [rootFolderRow, ...builder.rows]

  function datacenter(name: string): Place[] {
    const { vmFolder, hostFolder, datastoreFolder, networkFolder } = builder.datacenter(name, rootFolder)

    const disk = { type: 'VMFS', capacity: 1024 * gib, freeSpace: 640 * gib } as const
    builder.add('Datastore', 'LocalDS_0', datastoreFolder, disk)
    builder.add('Datastore', 'NFS_0', datastoreFolder, { type: 'NFS', capacity: 4096 * gib, freeSpace: 3072 * gib })
    const pod = builder.add('StoragePod', `${name}_POD0`, datastoreFolder, {})
    builder.add('Datastore', 'LocalDS_1', pod, disk)

    builder.add('Network', 'VM Network', networkFolder, {})
    const dvs = builder.add('VmwareDistributedVirtualSwitch', 'DVS0', networkFolder, {})
    builder.add('DistributedVirtualPortgroup', `${name}_DVPG0`, dvs, {})

    const production = builder.folder('vm', 'Production', vmFolder)
    const place = (at: Omit<Place, 'vms'>): Place => ({ ...at, vms: 0 })
    const { pool, host } = builder.standaloneHost(`${name}_H0`, hostFolder, connected)
    const here = [place({ name: `${name}_H0`, folder: vmFolder, pool, hosts: [host] })]
    for (let index = 0; index < size.clusters; index++) {
      const cluster = `${name}_C${index}`
      const { id, pool } = builder.cluster(cluster, hostFolder, { haEnabled: true, drsEnabled: true })
      const hosts = Array.from({ length: size.hosts }, (_, at) =>
        builder.add('HostSystem', `${cluster}_H${at}`, id, connected),
      )
      const child = builder.add('ResourcePool', `${cluster}_RP1`, pool, {})
      const vApp = builder.add('VirtualApp', `${cluster}_APP0`, pool, {}, vmFolder)
      here.push(
        place({ name: `${cluster}_RP0`, folder: vmFolder, pool, hosts }),
        place({ name: `${cluster}_RP1`, folder: production, pool: child, hosts }),
        place({ name: `${cluster}_APP0`, folder: vApp, pool: null, hosts }),
      )
    }
    return here
  }

  function virtualMachine(place: Place): void {
    const index = place.vms++
    const details: ObjectDetails['VirtualMachine'] = {
      powerState: powerStateOf(index),
      guestOs: 'OTHER_LINUX_64',
      cpuCount: 1 + (index % 4),
      memoryMiB: 1024 * (1 + (index % 8)),
      host: place.hosts[index % place.hosts.length]!,
    }
    builder.add('VirtualMachine', `${place.name}_VM${index}`, place.folder, details, place.pool)
  }
}

/** The first runs, the second does not, the third is suspended: every place has one to start and one to stop. */
function powerStateOf(index: number): PowerState {
  if (index % 3 === 0) return 'poweredOn'
  return index % 3 === 1 ? 'poweredOff' : 'suspended'
}
