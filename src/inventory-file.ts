import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { AccessError } from './access/errors.ts'
import { type ObjectType, rootFolder } from './access/vcenter/object-tree.ts'
import { ConfigError, createMistakes } from './config-error.ts'
import { section } from './config-section.ts'
import { entityName } from './inventory/vsphere/entity-name.ts'
import { connectionStates, datastoreTypes, type FolderType, type ObjectDetails } from './inventory/vsphere/object.ts'
import { createRowBuilder, type DatacenterIds, firstNumber, rootFolderRow } from './inventory/vsphere/rows.ts'
import type { InventoryObjectTable } from './store/schema.ts'

type Section = ReturnType<typeof section>

/** Where virtual machines run: a pool, or a vApp, with the hosts below it. */
interface Pool {
  id: string
  vApp: boolean
  hosts: readonly { name: string; id: string }[]
}

const gib = 1024 ** 3
const mostVms = 1_000_000

/**
 * Reads a vSphere inventory from a YAML or JSON file.
 *
 * @throws {ConfigError} naming the file, and the places in it that are wrong.
 * @see docs/vsphere-inventory.yaml
 */
export function readInventoryFile(path: string): InventoryObjectTable[] {
  try {
    return readInventory(parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw new ConfigError(`vsphereInventory: ${path}: ${(error as Error).message}`, { cause: error })
  }
}

/** @throws {ConfigError} naming the places in the file that are wrong: of each section the first mistake. */
export function readInventory(content: unknown): InventoryObjectTable[] {
  const mistakes = createMistakes()
  const builder = createRowBuilder(firstNumber)
  const names = new Set<string>()

  /** Notes that the name is taken, and gives it as vCenter keeps it. */
  function take(name: string, parent: string, key: string): string {
    try {
      const kept = entityName(name, key)
      if (names.has(`${parent}\n${kept}`)) throw new ConfigError(`${key}: there is a ${name} in the same place already`)
      names.add(`${parent}\n${kept}`)
      return kept
    } catch (error) {
      throw error instanceof AccessError ? new ConfigError(error.message, { cause: error }) : error
    }
  }

  function add<T extends Exclude<ObjectType, 'Folder'>>(
    type: T,
    name: string,
    parent: string,
    key: string,
    details: ObjectDetails[T],
    secondParent?: string,
  ): string {
    const kept = take(name, parent, key)
    if (secondParent !== undefined) take(name, secondParent, key)
    return builder.add(type, kept, parent, details, secondParent)
  }

  const folders = new Map<string, string>()
  /** The folder that the section names by a path such as `Web/Front`, made where it is not there. */
  function folderOf(of: Section, key: string, type: FolderType, top: string): string {
    let at = top
    for (const name of of.given('folder') ? of.text('folder').split('/') : []) {
      const place = `${at}\n${name}`
      const folder = folders.get(place) ?? builder.folder(type, take(name, at, `${key}.folder`), at)
      folders.set(place, folder)
      at = folder
    }
    return at
  }

  each(section(content, 'the file', ['datacenters']), 'datacenters', datacenterKeys, '', (datacenter, key) => {
    const parent = folderOf(datacenter, key, 'datacenter', rootFolder)
    const ids = builder.datacenter(take(datacenter.text('name'), parent, `${key}.name`), parent)
    readDatacenter(datacenter, `${key}.`, ids)
  })
  mistakes.tell()
  return [rootFolderRow, ...builder.rows]

  /** Reads each section of a list. What is no more than its name may stand as plain text. */
  function each(
    of: Section,
    list: string,
    keys: readonly string[],
    within: string,
    read: (item: Section, key: string) => void,
  ): void {
    for (const [at, item] of of.list(list).entries()) {
      const key = `${within}${list}[${at}]`
      mistakes.note(() => read(section(typeof item === 'string' ? { name: item } : item, key, keys), key))
    }
  }

  function readDatacenter(datacenter: Section, within: string, ids: DatacenterIds): void {
    const pools = new Map<string, Pool>()
    const mistakesBefore = mistakes.count()
    each(datacenter, 'clusters', clusterKeys, within, (cluster, key) => {
      readCluster(cluster, key, ids, pools)
    })
    each(datacenter, 'hosts', hostKeys, within, (host, key) => {
      const name = host.text('name')
      const parent = folderOf(host, key, 'host', ids.hostFolder)
      const made = builder.standaloneHost(take(name, parent, `${key}.name`), parent, hostDetails(host))
      pools.set(name, { id: made.pool, vApp: false, hosts: [{ name, id: made.host }] })
    })
    readStorage(datacenter, within, ids.datastoreFolder)
    readNetworks(datacenter, within, ids.networkFolder)
    // Machines would miss the places that could not be read.
    if (mistakes.count() > mistakesBefore) return
    let vms = 0
    each(datacenter, 'vms', vmKeys, within, (vm, key) => {
      if (vms > mostVms) return
      vms += readVirtualMachines(vm, key, ids, pools)
      if (vms > mostVms) throw new ConfigError(`${key}: there are more than ${mostVms} virtual machines`)
    })
  }

  function readCluster(cluster: Section, key: string, ids: DatacenterIds, pools: Map<string, Pool>): void {
    const name = cluster.text('name')
    const parent = folderOf(cluster, key, 'host', ids.hostFolder)
    const made = builder.cluster(take(name, parent, `${key}.name`), parent, {
      haEnabled: cluster.flag('ha', true),
      drsEnabled: cluster.flag('drs', true),
    })
    const hosts: Pool['hosts'][number][] = []
    each(cluster, 'hosts', clusterHostKeys, `${key}.`, (host, key) => {
      const name = host.text('name')
      hosts.push({ name, id: add('HostSystem', name, made.id, `${key}.name`, hostDetails(host)) })
    })
    if (pools.has(name)) throw new ConfigError(`${key}.name: there is a ${name} in this datacenter already`)
    pools.set(name, { id: made.pool, vApp: false, hosts })
    readPools(cluster, `${key}.`, name, made.pool)

    function readPools(of: Section, within: string, path: string, parent: string): void {
      each(of, 'pools', poolKeys, within, (pool, key) => {
        const id = add('ResourcePool', pool.text('name'), parent, `${key}.name`, {})
        pools.set(`${path}/${pool.text('name')}`, { id, vApp: false, hosts })
        readPools(pool, `${key}.`, `${path}/${pool.text('name')}`, id)
      })
      each(of, 'vApps', vAppKeys, within, (vApp, key) => {
        const folder = folderOf(vApp, key, 'vm', ids.vmFolder)
        const id = add('VirtualApp', vApp.text('name'), parent, `${key}.name`, {}, folder)
        pools.set(`${path}/${vApp.text('name')}`, { id, vApp: true, hosts })
      })
    }
  }

  function readStorage(datacenter: Section, within: string, top: string): void {
    const pods = new Map<string, string>()
    each(datacenter, 'datastores', datastoreKeys, within, (datastore, key) => {
      let parent = folderOf(datastore, key, 'datastore', top)
      if (datastore.given('pod')) {
        const name = datastore.text('pod')
        const pod = pods.get(`${parent}\n${name}`) ?? add('StoragePod', name, parent, `${key}.pod`, {})
        pods.set(`${parent}\n${name}`, pod)
        parent = pod
      }
      const capacity = datastore.number('capacityGiB', 1024, 0, 1_000_000)
      add('Datastore', datastore.text('name'), parent, `${key}.name`, {
        type: datastore.choice('type', datastoreTypes),
        capacity: Math.round(capacity * gib),
        freeSpace: Math.round(datastore.number('freeGiB', capacity, 0, capacity) * gib),
      })
    })
  }

  function readNetworks(datacenter: Section, within: string, top: string): void {
    each(datacenter, 'networks', networkKeys, within, (network, key) => {
      const type = network.flag('opaque', false) ? 'OpaqueNetwork' : 'Network'
      add(type, network.text('name'), folderOf(network, key, 'network', top), `${key}.name`, {})
    })
    each(datacenter, 'switches', switchKeys, within, (dvs, key) => {
      const folder = folderOf(dvs, key, 'network', top)
      const id = add('VmwareDistributedVirtualSwitch', dvs.text('name'), folder, `${key}.name`, {})
      each(dvs, 'portGroups', ['name'], `${key}.`, (group, at) => {
        // To vim25 it stands in the folder, beside its switch.
        builder.add('DistributedVirtualPortgroup', take(group.text('name'), folder, `${at}.name`), id, {})
      })
    })
  }

  /** @returns how many. */
  function readVirtualMachines(vm: Section, key: string, ids: DatacenterIds, pools: Map<string, Pool>): number {
    const path = vm.text('pool')
    const pool = pools.get(path)
    if (!pool) throw new ConfigError(`${key}.pool: there is no cluster, host, pool or vApp ${path} in this datacenter`)
    if (pool.vApp && vm.given('folder')) throw new ConfigError(`${key}.folder: a machine in a vApp stands in no folder`)
    const hosts = vm.given('host') ? pool.hosts.filter(({ name }) => name === vm.text('host')) : pool.hosts
    if (hosts.length === 0) throw new ConfigError(`${key}.host: there is no such host to run it`)

    const name = vm.text('name')
    const count = vm.number('count', 1, 1, mostVms)
    if (vm.given('count') && !name.includes('{n}')) throw new ConfigError(`${key}.name: with a count it must hold {n}`)
    const folder = pool.vApp ? pool.id : folderOf(vm, key, 'vm', ids.vmFolder)
    const common = {
      powerState: powerStates[vm.choice('power', ['off', 'on', 'suspended'])],
      guestOs: vm.given('guestOs') ? vm.text('guestOs') : 'OTHER_LINUX_64',
      cpuCount: whole(vm.number('cpus', 1, 1, 768), `${key}.cpus`),
      memoryMiB: whole(vm.number('memoryMiB', 1024, 4, 25_165_824), `${key}.memoryMiB`),
    }
    const detailsByHost = hosts.map(({ id: host }) => ({ ...common, host }))
    for (let n = 1; n <= whole(count, `${key}.count`); n++) {
      const details = detailsByHost[(n - 1) % detailsByHost.length]!
      const numbered = vm.given('count') ? name.replaceAll('{n}', String(n)) : name
      add('VirtualMachine', numbered, folder, `${key}.name`, details, pool.vApp ? undefined : pool.id)
    }
    return count
  }
}

const datacenterKeys = ['name', 'folder', 'clusters', 'hosts', 'datastores', 'networks', 'switches', 'vms']
const clusterKeys = ['name', 'folder', 'ha', 'drs', 'hosts', 'pools', 'vApps']
const hostKeys = ['name', 'folder', 'connection', 'power']
const clusterHostKeys = ['name', 'connection', 'power']
const poolKeys = ['name', 'pools', 'vApps']
const vAppKeys = ['name', 'folder']
const datastoreKeys = ['name', 'folder', 'pod', 'type', 'capacityGiB', 'freeGiB']
const networkKeys = ['name', 'folder', 'opaque']
const switchKeys = ['name', 'folder', 'portGroups']
const vmKeys = ['name', 'count', 'folder', 'pool', 'host', 'power', 'guestOs', 'cpus', 'memoryMiB']

const powerStates = { off: 'poweredOff', on: 'poweredOn', suspended: 'suspended' } as const

function hostDetails(host: Section): ObjectDetails['HostSystem'] {
  return {
    connectionState: host.choice('connection', connectionStates),
    powerState: host.choice('power', ['poweredOn', 'poweredOff', 'standBy']),
  }
}

function whole(number: number, key: string): number {
  if (!Number.isInteger(number)) throw new ConfigError(`${key}: ${number} is not a whole number`)
  return number
}
