import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { labSsoPassword } from '../../src/lab.ts'
import type { Client } from '../client.ts'
import { databases, type Lab, openLab } from '../lab.ts'

const example = join(import.meta.dirname, '../../docs/vsphere-inventory.yaml')
const administrator = 'administrator@vsphere.local'

/** A client with a session of vCenter's. */
async function signedIn(lab: Lab, name = administrator): Promise<Client> {
  const { status, json } = await lab.a.as(name, labSsoPassword).post('/api/session')
  assert.equal(status, 201)
  return lab.a.with({ headers: { 'vmware-api-session-id': json } })
}

/** Calls an operation over JSON-RPC. @returns its output, or the error's name. */
async function rpc(client: Client, serviceId: string, operationId: string, input: object): Promise<unknown> {
  const { status, json } = await client.post('/api', {
    jsonrpc: '2.0',
    method: 'invoke',
    id: '1',
    params: { serviceId, operationId, input: { STRUCTURE: { 'operation-input': input } } },
  })
  assert.equal(status, 200)
  return json.result.error ? Object.keys(json.result.error.ERROR)[0] : plain(json.result.output)
}

/** Without the wrappers of JSON-RPC; unset values are left out, as REST does. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value)
  const [[wrapper, inner] = []] = entries
  if (wrapper === 'OPTIONAL') return inner === null ? undefined : plain(inner)
  if (wrapper === 'STRUCTURE') return plain(Object.values(inner as object)[0])
  return Object.fromEntries(
    entries.map(([key, value]) => [key, plain(value)]).filter(([, value]) => value !== undefined),
  )
}

const names = (rows: { name: string }[]) => rows.map(({ name }) => name).sort()

/** Every kind of list: its path, its service, the name of a row's id, how many the example has. */
const kinds = [
  ['datacenter', 'datacenter', 'datacenter', 2],
  ['cluster', 'cluster', 'cluster', 1],
  ['folder', 'folder', 'folder', 16],
  ['host', 'host', 'host', 5],
  ['vm', 'VM', 'vm', 23],
  ['datastore', 'datastore', 'datastore', 3],
  ['network', 'network', 'network', 4],
  ['resource-pool', 'resource_pool', 'resource_pool', 6],
] as const

for (const database of databases) {
  test(`${database.kind}: the lists of the inventory and their filters, the same on every face`, database, async () => {
    await using lab = await openLab(database, { vsphereInventory: example })
    const admin = await signedIn(lab)
    const list = async (path: string): Promise<Record<string, string>[]> => {
      const { status, json, text } = await admin.get(`/api/vcenter/${path}`)
      assert.equal(status, 200, text)
      return json
    }

    for (const [kind, service, id, count] of kinds) {
      const rows = await list(kind)
      assert.equal(rows.length, count, kind)
      assert.deepEqual((await admin.get(`/rest/vcenter/${kind}`)).json, { value: rows })
      assert.deepEqual(await rpc(admin, `com.vmware.vcenter.${service}`, 'list', {}), rows)

      const [one, two] = rows as [Record<string, string>, Record<string, string> | undefined]
      const plural = `${id}s`
      assert.deepEqual(await list(`${kind}?${plural}=${one[id]}`), [one])
      assert.deepEqual(await list(`${kind}?${plural}=${one[id]}&names=${encodeURIComponent(one.name!)}`), [one])
      assert.deepEqual(await list(`${kind}?${plural}=${one[id]}&names=nobody`), [])
      assert.deepEqual(await list(`${kind}?${plural}=none-1&${plural}=vm-1`), [])
      const legacy = `/rest/vcenter/${kind}?filter.${plural}.1=${one[id]}&filter.names=${encodeURIComponent(one.name!)}`
      assert.deepEqual((await admin.get(legacy)).json, { value: [one] })
      const structure = (fields: object) => ({
        filter: { OPTIONAL: { STRUCTURE: { [`com.vmware.vcenter.${service}.filter_spec`]: fields } } },
      })
      const filter = structure({ [plural]: { OPTIONAL: [one[id]] }, names: { OPTIONAL: null } })
      assert.deepEqual(await rpc(admin, `com.vmware.vcenter.${service}`, 'list', filter), [one])
      if (two) assert.equal((await list(`${kind}?${plural}=${one[id]}&${plural}=${two[id]}`)).length, 2)
      assert.equal((await admin.get(`/api/vcenter/${kind}?colour=red`)).json.error_type, 'UNEXPECTED_INPUT')
    }

    const idOf = async (kind: string, name: string) => {
      const rows = await list(`${kind}?names=${encodeURIComponent(name)}`)
      return rows[0]![kind.replace('-', '_')]!
    }
    const [london, paris] = [await idOf('datacenter', 'London'), await idOf('datacenter', 'Paris')]
    const info = (await admin.get(`/api/vcenter/datacenter/${london}`)).json
    assert.deepEqual(Object.keys(info).sort(), [
      'datastore_folder',
      'host_folder',
      'name',
      'network_folder',
      'vm_folder',
    ])
    assert.deepEqual((await admin.get(`/rest/vcenter/datacenter/${london}`)).json, { value: info })
    const input = { datacenter: london }
    assert.deepEqual(await rpc(admin, 'com.vmware.vcenter.datacenter', 'get', input), info)

    const gold = await idOf('cluster', 'Gold')
    const racks = await idOf('folder', 'Racks')
    const front = await idOf('folder', 'Front')
    const esx1 = await idOf('host', 'esx-1')
    const esx9 = await idOf('host', 'esx-9')
    const production = await idOf('resource-pool', 'Production')
    const web = await idOf('resource-pool', 'Web')
    const root = (await admin.get(`/api/vcenter/cluster/${gold}`)).json.resource_pool
    const webs = Array.from({ length: 20 }, (_, index) => `web-${index + 1}`).sort()

    const filters: Record<string, string[]> = {
      'datacenter?folders=group-d1': ['Paris'],
      [`datacenter?folders=${await idOf('folder', 'Europe')}`]: ['London'],
      [`cluster?folders=${racks}`]: ['Gold'],
      [`cluster?folders=${info.host_folder}`]: [],
      [`cluster?datacenters=${london}&datacenters=${paris}`]: ['Gold'],
      [`cluster?datacenters=${paris}`]: [],
      'folder?type=DATACENTER': ['Datacenters', 'Europe'],
      [`folder?type=VIRTUAL_MACHINE&datacenters=${london}`]: ['Apps', 'Databases', 'Front', 'Web', 'vm'],
      [`folder?parent_folders=${info.vm_folder}`]: ['Apps', 'Databases', 'Web'],
      [`folder?datacenters=${paris}`]: ['datastore', 'host', 'network', 'vm'],
      'host?standalone=true': ['esx-9'],
      'host?standalone=false': ['esx-1', 'esx-2', 'esx-3', 'esx-4'],
      [`host?clusters=${gold}&connection_states=DISCONNECTED`]: ['esx-3'],
      'host?connection_states=DISCONNECTED&connection_states=NOT_RESPONDING': ['esx-3'],
      [`host?folders=${racks}&names=esx-1&names=esx-9`]: ['esx-1'],
      [`host?folders=${info.host_folder}`]: ['esx-9'],
      [`host?datacenters=${paris}`]: [],
      [`vm?folders=${front}`]: webs,
      [`vm?folders=${info.vm_folder}`]: ['jump'],
      [`vm?datacenters=${paris}`]: [],
      [`vm?hosts=${esx9}`]: ['jump'],
      [`vm?hosts=${esx1}&resource_pools=${web}&names=web-1&names=web-2`]: ['web-1'],
      [`vm?clusters=${gold}&power_states=SUSPENDED`]: ['shop'],
      'vm?power_states=SUSPENDED&power_states=POWERED_OFF': ['jump', 'shop'],
      [`vm?resource_pools=${production}`]: [],
      [`vm?resource_pools=${web}`]: webs,
      'datastore?types=NFS&types=VSAN': ['archive'],
      [`datastore?folders=${await idOf('folder', 'Slow')}`]: ['archive'],
      [`datastore?datacenters=${london}&types=VMFS`]: ['fast-1', 'fast-2'],
      'network?types=STANDARD_PORTGROUP': ['VM Network'],
      'network?types=DISTRIBUTED_PORTGROUP&types=OPAQUE_NETWORK': ['Databases', 'Web', 'nsx-segment'],
      [`network?folders=${info.network_folder}&names=Web`]: ['Web'],
      [`network?datacenters=${paris}`]: [],
      [`resource-pool?parent_resource_pools=${root}`]: ['Production', 'Test'],
      [`resource-pool?clusters=${gold}`]: ['Databases', 'Production', 'Resources', 'Test', 'Web'],
      [`resource-pool?hosts=${esx9}`]: ['Resources'],
      [`resource-pool?hosts=${esx1}`]: [],
      [`resource-pool?datacenters=${paris}`]: [],
    }
    for (const [path, expected] of Object.entries(filters)) {
      assert.deepEqual(names((await list(path)) as { name: string }[]), expected, path)
    }

    assert.deepEqual(await list('vm?names=db-1'), [
      { vm: await idOf('vm', 'db-1'), name: 'db-1', power_state: 'POWERED_ON', cpu_count: 1, memory_size_MiB: 16384 },
    ])
    assert.deepEqual(await list('datastore?names=fast-1'), [
      {
        datastore: await idOf('datastore', 'fast-1'),
        name: 'fast-1',
        type: 'VMFS',
        free_space: 1024 ** 4,
        capacity: 4 * 1024 ** 4,
      },
    ])
    const disconnected = (await list('host?names=esx-3'))[0]!
    assert.deepEqual(Object.keys(disconnected).sort(), ['connection_state', 'host', 'host_uuid', 'name'])
    assert.equal((await list('host?names=esx-4'))[0]!.power_state, 'STANDBY')
    assert.deepEqual((await list('cluster'))[0], { cluster: gold, name: 'Gold', ha_enabled: true, drs_enabled: false })
    assert.deepEqual((await admin.get(`/api/vcenter/resource-pool/${production}`)).json.resource_pools.length, 2)
    assert.equal((await admin.get(`/api/vcenter/datastore/${await idOf('datastore', 'archive')}`)).json.type, 'NFS')

    const bad = {
      'vm?power_states=ON': 'INVALID_ARGUMENT',
      'host?standalone=perhaps': 'INVALID_ARGUMENT',
      'folder?type=VM': 'INVALID_ARGUMENT',
      'datacenter/vm-1': 'NOT_FOUND',
      'datacenter/GlobalAcl': 'NOT_FOUND',
      'datacenter/__proto__': 'NOT_FOUND',
      [`datacenter/${gold}`]: 'NOT_FOUND',
      [`cluster/${london}`]: 'NOT_FOUND',
      [`vm/${esx1}`]: 'NOT_FOUND',
    }
    for (const [path, type] of Object.entries(bad)) {
      const { status, json } = await admin.get(`/api/vcenter/${path}`)
      assert.deepEqual([status, json.error_type], [type === 'NOT_FOUND' ? 404 : 400, type], path)
    }
    assert.equal((await lab.a.get('/api/vcenter/vm')).status, 401)
  })
}
