import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createVsphereInventory } from './inventory/vsphere/inventory.ts'
import { isA } from './inventory/vsphere/object.ts'
import { readInventory, readInventoryFile } from './inventory-file.ts'

const example = join(import.meta.dirname, '../docs/vsphere-inventory.yaml')

test('the example of the documentation is read whole', () => {
  const inventory = createVsphereInventory(readInventoryFile(example))
  const id = (path: string) => inventory.findByPath(path)?.id
  assert.equal(inventory.findByPath('/Europe/London')?.type, 'Datacenter')
  assert.equal(inventory.findByPath('/Paris')?.type, 'Datacenter')

  const details = (path: string) => inventory.findByPath(path)?.details
  assert.deepEqual(details('/Europe/London/host/Racks/Gold'), { haEnabled: true, drsEnabled: false })
  assert.deepEqual(details('/Europe/London/host/Racks/Gold/esx-3'), {
    connectionState: 'disconnected',
    powerState: 'poweredOn',
  })
  assert.equal(inventory.findByPath('/Europe/London/host/esx-9')?.type, 'ComputeResource')
  assert.equal(inventory.findByPath('/Europe/London/datastore/Fast')?.type, 'StoragePod')
  assert.deepEqual(details('/Europe/London/datastore/Fast/fast-1'), {
    type: 'VMFS',
    capacity: 4096 * 1024 ** 3,
    freeSpace: 1024 * 1024 ** 3,
  })
  assert.equal(inventory.findByPath('/Europe/London/network/nsx-segment')?.type, 'OpaqueNetwork')
  assert.equal(inventory.findByPath('/Europe/London/network/Web')?.parents[0]?.id, id('/Europe/London/network/DVS-1'))

  const web = inventory.findByPath('/Europe/London/vm/Web/Front/web-20')
  assert(isA(web, 'VirtualMachine'))
  assert.equal(web.pool?.id, id('/Europe/London/host/Racks/Gold/Resources/Production/Web'))
  assert.deepEqual(
    { ...web.details, host: inventory.find(web.details.host)?.name },
    {
      powerState: 'poweredOn',
      guestOs: 'OTHER_LINUX_64',
      cpuCount: 2,
      memoryMiB: 2048,
      host: 'esx-4',
    },
  )
  const database = inventory.findByPath('/Europe/London/vm/Databases/db-1')
  assert(isA(database, 'VirtualMachine'))
  assert.equal(inventory.find(database.details.host)?.name, 'esx-1')
  assert.equal(inventory.findByPath('/Europe/London/vm/Apps/Shop/shop')?.parent?.type, 'VirtualApp')
  assert.equal([...inventory.ofType('VirtualMachine')].length, 23)
})

test('what is wrong in the file is refused, and the place is named', () => {
  const vm = { name: 'x', pool: 'C' }
  const datacenter = { name: 'DC', clusters: [{ name: 'C', hosts: ['h'], vApps: ['A'] }] }
  const withVm = (vm: object) => ({ datacenters: [{ ...datacenter, vms: [vm] }] })
  const refused: [unknown, RegExp][] = [
    [null, /^the file: it must have settings/],
    [{ datacentres: [] }, /unknown setting datacentres/],
    [{ datacenters: 'DC' }, /datacenters: it must be a list/],
    [{ datacenters: [{ name: 1 }] }, /^datacenters\[0\]\.name: it must be text/],
    [{ datacenters: [{ name: 'DC', vmz: [] }] }, /^datacenters\[0\]: it has an unknown setting vmz/],
    [{ datacenters: ['DC', 'DC'] }, /^datacenters\[1\]\.name: there is a DC in the same place already/],
    [{ datacenters: [{ name: 'x'.repeat(81) }] }, /^datacenters\[0\]\.name: a name has 1 to 80/],
    [{ datacenters: [{ name: 'DC', folder: 'a//b' }] }, /^datacenters\[0\]\.folder: a name has/],
    [{ datacenters: ['a', { name: 'DC', folder: 'a' }] }, /^datacenters\[1\]\.folder: there is a a/],
    [withVm({ name: 'x' }), /^datacenters\[0\]\.vms\[0\]\.pool: it is missing/],
    [withVm({ ...vm, pool: 'D' }), /vms\[0\]\.pool: there is no cluster, host, pool or vApp D/],
    [withVm({ ...vm, pool: 'C/A', folder: 'F' }), /vms\[0\]\.folder: a machine in a vApp/],
    [withVm({ ...vm, host: 'i' }), /vms\[0\]\.host: there is no such host/],
    [withVm({ ...vm, power: true }), /vms\[0\]\.power: true is none of off, on, suspended/],
    [withVm({ ...vm, cpus: 0 }), /vms\[0\]\.cpus: 0 is not a number from 1 to 768/],
    [withVm({ ...vm, cpus: 1.5 }), /vms\[0\]\.cpus: 1.5 is not a whole number/],
    [withVm({ ...vm, count: 2 }), /vms\[0\]\.name: with a count it must hold \{n\}/],
    [withVm({ ...vm, count: 1_000_001 }), /vms\[0\]\.count: 1000001 is not a number/],
    [{ datacenters: [{ ...datacenter, clusters: ['C', 'C'] }] }, /clusters\[1\]\.name: there is a C/],
    [
      { datacenters: [{ name: 'DC', datastores: [{ name: 'd', type: 'ext4' }] }] },
      /datastores\[0\]\.type: ext4 is none/,
    ],
    [{ datacenters: [{ name: 'DC', datastores: [{ name: 'd', capacityGiB: 1, freeGiB: 2 }] }] }, /freeGiB: 2 is not/],
    [
      { datacenters: [{ name: 'DC', switches: [{ name: 's', portGroups: ['s'] }] }] },
      /portGroups\[0\]\.name: there is a s/,
    ],
  ]
  for (const [content, message] of refused) {
    assert.throws(() => readInventory(content), { name: 'ConfigError', message }, JSON.stringify(content))
  }
})

test('all that is wrong in the file is told at once, each place with its first mistake', () => {
  const message = (content: unknown) => {
    try {
      readInventory(content)
    } catch (error) {
      return (error as Error).message.split('; ')
    }
    return assert.fail('it was taken')
  }
  const wrong = {
    datacenters: [
      { name: 'DC', vmz: [], clusterz: [] },
      { name: 'East', datastores: [{ name: 'd', type: 'ext4' }], networks: [{ name: 'n', opaque: 1 }, 7] },
      { name: 'West', clusters: [{ name: 'C', drs: 'no' }], vms: [{ name: 'x', pool: 'C' }] },
      { name: 'South', clusters: ['C'], vms: [{ name: 'x', pool: 'D' }, { name: 'y' }] },
    ],
  }
  assert.deepEqual(message(wrong), [
    'datacenters[0]: it has unknown settings vmz (did you mean vms?), clusterz (did you mean clusters?)',
    'datacenters[1].datastores[0].type: ext4 is none of VMFS, NFS, NFS41, CIFS, VSAN, VFFS, VVOL',
    'datacenters[1].networks[0].opaque: it must be true or false',
    'datacenters[1].networks[1]: it must have settings of its own',
    // Nothing is said of its machine, whose cluster is wrong.
    'datacenters[2].clusters[0].drs: it must be true or false',
    'datacenters[3].vms[0].pool: there is no cluster, host, pool or vApp D in this datacenter',
    'datacenters[3].vms[1].pool: it is missing',
  ])
  assert.deepEqual(message({ datacenters: Array(1000).fill({}) }).slice(19), [
    'datacenters[19].name: it is missing',
    'and 980 more',
  ])
})

test('a file that is no YAML, or not there, is refused by name', () => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-inventory-'))
  try {
    const file = join(dir, 'inventory.yaml')
    assert.throws(() => readInventoryFile(file), { name: 'ConfigError', message: /^vsphereInventory: .*ENOENT/ })
    writeFileSync(file, 'datacenters: [')
    assert.throws(() => readInventoryFile(file), { name: 'ConfigError', message: /inventory\.yaml: .*line 1/s })
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('an empty file of datacenters is the root folder alone', () => {
  assert.deepEqual(
    readInventory({}).map(({ id }) => id),
    ['group-d1'],
  )
})
