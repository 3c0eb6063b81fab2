import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Client } from '../client.ts'
import { databases, openLab } from '../lab.ts'
import { rpc, rpcErrorOf, signedIn } from './clients.ts'

const example = join(import.meta.dirname, '../../docs/vsphere-inventory.yaml')

/** Calls an operation over JSON-RPC. @returns its output, or the error's name. */
async function invoke(client: Client, service: string, operation: string, input: object = {}): Promise<unknown> {
  const answer = await rpc(client, service, operation, input)
  return answer.json.result.error ? rpcErrorOf(answer).name : plain(answer.json.result.output)
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
    const admin = await signedIn(lab.a)
    const list = async (path: string): Promise<Record<string, string>[]> => {
      const { status, json, text } = await admin.get(`/api/vcenter/${path}`)
      assert.equal(status, 200, text)
      return json
    }

    for (const [kind, service, id, count] of kinds) {
      const rows = await list(kind)
      assert.equal(rows.length, count, kind)
      assert.deepEqual((await admin.get(`/rest/vcenter/${kind}`)).json, { value: rows })
      assert.deepEqual(await invoke(admin, `com.vmware.vcenter.${service}`, 'list', {}), rows)

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
      assert.deepEqual(await invoke(admin, `com.vmware.vcenter.${service}`, 'list', filter), [one])
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
    assert.deepEqual(await invoke(admin, 'com.vmware.vcenter.datacenter', 'get', input), info)

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
    assert.deepEqual(await list(`host?host_uuids=${disconnected.host_uuid}`), [disconnected])
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

  test(
    `${database.kind}: what somebody may see and do in the inventory is what their roles say`,
    database,
    async () => {
      await using lab = await openLab(database)
      const admin = await signedIn(lab.a)
      const user = await signedIn(lab.a, 'holouser@vsphere.local')
      const ids = await idsByName(admin)
      const list = async (client: Client, kind: string): Promise<{ name: string }[]> => {
        const { status, json } = await client.get(`/api/vcenter/${kind}`)
        assert.equal(status, 200)
        return json
      }
      const power = (client: Client, vm: string, action: string) =>
        client.post(`/api/vcenter/vm/${vm}/power?action=${action}`).then(outcome)

      for (const [kind, service] of kinds) {
        assert.deepEqual(await list(user, kind), [])
        assert.deepEqual((await user.get(`/rest/vcenter/${kind}`)).json, { value: [] })
        assert.deepEqual(await invoke(user, `com.vmware.vcenter.${service}`, 'list', {}), [])
      }
      const [off, other] = [ids('vm', 'DC0_C0_RP1_VM1'), ids('vm', 'DC1_C0_RP1_VM1')]
      assert.equal(await outcome(await user.get(`/api/vcenter/vm/${off}`)), '403 UNAUTHORIZED')
      assert.equal(await outcome(await user.get('/api/vcenter/vm/vm-99999')), '404 NOT_FOUND')
      assert.equal(await power(user, off, 'start'), '403 UNAUTHORIZED')

      const dc0 = ids('datacenter', 'DC0')
      assert.equal(dc0, 'datacenter-3')
      await grant(admin, 'holouser', dc0, await role(admin, ['VirtualMachine.Interact.PowerOn']), true)
      assert.deepEqual(names(await list(user, 'datacenter')), ['DC0'])
      assert.deepEqual(
        names(await list(user, 'vm')),
        names((await list(admin, 'vm')).filter(({ name }) => /^DC0/.test(name))),
      )
      for (const kind of ['cluster', 'host']) {
        assert((await list(user, kind)).every(({ name }) => name.startsWith('DC0')))
        assert((await list(user, kind)).length > 0)
      }
      assert.equal((await list(user, 'folder')).length, 5)
      assert.equal(((await invoke(user, 'com.vmware.vcenter.VM', 'list', {})) as unknown[]).length, 20)

      assert.equal(await power(user, off, 'stop'), '403 UNAUTHORIZED')
      assert.equal(await power(user, off, 'start'), '204')
      assert.equal(await power(user, off, 'start'), '400 ALREADY_IN_DESIRED_STATE')
      assert.equal(await power(user, other, 'start'), '403 UNAUTHORIZED')
      assert.deepEqual((await user.get(`/api/vcenter/vm/${off}/power`)).json, { state: 'POWERED_ON' })
      assert.equal(await outcome(await user.get(`/api/vcenter/vm/${other}/power`)), '403 UNAUTHORIZED')
      const vm = (await user.get(`/api/vcenter/vm/${off}`)).json
      assert.deepEqual([vm.name, vm.power_state, vm.cpu.count, vm.disks], ['DC0_C0_RP1_VM1', 'POWERED_ON', 2, {}])

      assert.equal(await power(admin, off, 'reset'), '204')
      assert.equal(await power(admin, off, 'suspend'), '204')
      assert.equal(await power(admin, off, 'suspend'), '400 ALREADY_IN_DESIRED_STATE')
      assert.equal(await power(admin, off, 'reset'), '400 NOT_ALLOWED_IN_CURRENT_STATE')
      assert.equal((await admin.post(`/rest/vcenter/vm/${off}/power/stop`)).status, 200)
      assert.deepEqual((await admin.get(`/rest/vcenter/vm/${off}/power`)).json, {
        value: { state: 'POWERED_OFF', clean_power_off: true },
      })
      const rpcPower = (id: string) => invoke(admin, 'com.vmware.vcenter.vm.power', id, { vm: off })
      assert.equal(await rpcPower('suspend'), 'not_allowed_in_current_state')
      assert.equal(await rpcPower('start'), null)
      assert.equal(await rpcPower('start'), 'already_in_desired_state')
      assert.equal(await rpcPower('stop'), null)
      assert.equal(await power(admin, off, 'explode'), '404 NOT_FOUND')
    },
  )

  test(`${database.kind}: a virtual machine is made and deleted by whom all its places let`, database, async () => {
    await using lab = await openLab(database)
    const admin = await signedIn(lab.a)
    const user = await signedIn(lab.a, 'holouser@vsphere.local')
    const ids = await idsByName(admin)
    const folder = ids('folder', 'Production')
    const pool = ids('resource-pool', 'DC0_C0_RP1')
    const datastore = ids('datastore', 'LocalDS_0')
    const placement = { folder, resource_pool: pool, datastore }
    const spec = { guest_OS: 'DEBIAN_12_64', name: 'made', placement, cpu: { count: 2 }, memory: { size_MiB: 4096 } }
    const create = (client: Client, spec: object) => client.post('/api/vcenter/vm', spec)

    // Each of the three places has a say of its own.
    const needed: [string, string][] = [
      [folder, 'VirtualMachine.Inventory.Create'],
      [pool, 'Resource.AssignVMToPool'],
      [datastore, 'Datastore.AllocateSpace'],
    ]
    for (const [place, privilege] of needed) {
      const refused = (await create(user, spec)).json
      assert.equal(refused.error_type, 'UNAUTHORIZED')
      assert.deepEqual(refused.messages[0].args, [place, privilege])
      await grant(admin, 'holouser', place, await role(admin, [privilege]), true)
    }
    const { status, json: made } = await create(user, spec)
    assert.equal(status, 201)
    assert.match(made, /^vm-\d+$/)
    const info = (await user.get(`/api/vcenter/vm/${made}`)).json
    assert.deepEqual(
      [info.name, info.guest_OS, info.power_state, info.cpu.count, info.memory.size_MiB],
      ['made', 'DEBIAN_12_64', 'POWERED_OFF', 2, 4096],
    )
    assert.equal(
      (await admin.get(`/api/vcenter/vm?vms=${made}&resource_pools=${pool}&folders=${folder}`)).json.length,
      1,
    )

    const dc1 = (await admin.get(`/api/vcenter/datacenter/${ids('datacenter', 'DC1')}`)).json
    const [cluster, host] = [ids('cluster', 'DC0_C0'), ids('host', 'DC0_C0_H1')]
    const [datastores, elsewhere] = [ids('folder', 'datastore'), ids('host', 'DC0_C1_H0')]
    const vApp = lab.server.services.vsphere.findByPath('/DC0/vm/DC0_C0_APP0')!.id
    const at = (places: object) => ({ ...spec, name: 'other', placement: { ...placement, ...places } })
    const refusals: [object, string, string][] = [
      [spec, '400 ALREADY_EXISTS', 'made'],
      [{ ...spec, name: '' }, '400 INVALID_ARGUMENT', 'spec.name'],
      [{ ...spec, name: 'x'.repeat(81) }, '400 INVALID_ARGUMENT', 'spec.name'],
      [{ name: 'other', placement }, '400 INVALID_ARGUMENT', 'spec.guest_OS'],
      [{ ...spec, name: 'other', guest_OS: 'a guest' }, '400 INVALID_ARGUMENT', 'spec.guest_OS'],
      [{ ...spec, name: 'other', cpu: { count: 0 } }, '400 INVALID_ARGUMENT', 'spec.cpu.count'],
      [{ ...spec, name: 'other', memory: { size_MiB: 2 ** 40 } }, '400 INVALID_ARGUMENT', 'spec.memory.size_MiB'],
      [{ ...spec, name: 'other', disks: [{}] }, '400 INVALID_ARGUMENT', 'spec.disks'],
      [{ ...spec, name: 'other', colour: 'red' }, '400 UNEXPECTED_INPUT', 'spec.colour'],
      [{ guest_OS: 'OTHER' }, '400 INVALID_ARGUMENT', 'spec.placement.folder'],
      [at({ folder: 'group-v999' }), '404 NOT_FOUND', 'group-v999'],
      [at({ folder: pool }), '400 INVALID_ARGUMENT', 'spec.placement.folder'],
      [at({ folder: datastores }), '400 INVALID_ARGUMENT', 'spec.placement.folder'],
      [at({ folder: dc1.vm_folder }), '400 INVALID_ARGUMENT', 'spec.placement.resource_pool'],
      [at({ resource_pool: vApp }), '400 INVALID_ARGUMENT', 'spec.placement.resource_pool'],
      [at({ resource_pool: undefined }), '400 INVALID_ARGUMENT', 'spec.placement.resource_pool'],
      [at({ host: elsewhere }), '400 INVALID_ARGUMENT', 'spec.placement.host'],
      [at({ cluster: ids('cluster', 'DC0_C1') }), '400 INVALID_ARGUMENT', 'spec.placement.cluster'],
      [at({ datastore: undefined }), '400 INVALID_ARGUMENT', 'spec.placement.datastore'],
      [at({ datastore: pool }), '400 INVALID_ARGUMENT', 'spec.placement.datastore'],
    ]
    const count = (await admin.get('/api/vcenter/vm')).json.length
    for (const [wrong, expected, says] of refusals) {
      const answer = await create(admin, wrong)
      assert.equal(await outcome(answer), expected, JSON.stringify(wrong))
      assert(answer.json.messages[0].default_message.includes(says), answer.text)
    }
    assert.equal((await admin.get('/api/vcenter/vm')).json.length, count)
    for (const places of [{ host }, { cluster }]) {
      const one = { guest_OS: 'OTHER', placement: { folder, datastore, ...places } }
      assert.equal((await create(admin, one)).status, 201)
    }

    // Of several at once with one name there is one.
    const race = await Promise.all(Array.from({ length: 8 }, () => create(admin, { ...spec, name: 'race' })))
    assert.deepEqual(race.map(({ status }) => status).sort(), [201, 400, 400, 400, 400, 400, 400, 400])
    const raced = race.find(({ status }) => status === 201)!.json
    const starts = await Promise.all(
      Array.from({ length: 4 }, () => admin.post(`/api/vcenter/vm/${raced}/power?action=start`)),
    )
    assert.deepEqual(starts.map(({ status }) => status).sort(), [204, 400, 400, 400])

    // Deleting needs the privilege on the machine and on its folder, and that it does not run.
    const remove = (client: Client, vm: string) => client.delete(`/api/vcenter/vm/${vm}`).then(outcome)
    assert.equal(await remove(user, made), '403 UNAUTHORIZED')
    const permission = await grant(
      admin,
      'holouser',
      made,
      await role(admin, ['VirtualMachine.Inventory.Delete']),
      false,
    )
    assert.equal(await remove(user, made), '403 UNAUTHORIZED')
    const onFolder = await permissionOn(admin, folder)
    const both = await role(admin, ['VirtualMachine.Inventory.Create', 'VirtualMachine.Inventory.Delete'])
    assert.equal((await admin.patch(`${permissions}/${onFolder}`, { role: both })).status, 204)
    assert.equal(await remove(admin, raced), '400 NOT_ALLOWED_IN_CURRENT_STATE')
    assert.equal(await remove(user, made), '204')
    assert.equal(await remove(user, made), '404 NOT_FOUND')
    assert.equal((await admin.get(`${permissions}/${permission}`)).status, 404)

    // No id is given out twice, not even after a restart.
    const last = (await create(admin, { ...spec, name: 'last' })).json
    assert.equal(await remove(admin, last), '204')
    await lab.restart()
    const again = await signedIn(lab.a)
    const next = (await create(again, { ...spec, name: 'last' })).json
    assert(Number(next.slice(3)) > Number(last.slice(3)), `${next} after ${last}`)
    assert.equal((await again.get(`/api/vcenter/vm/${raced}/power`)).json.state, 'POWERED_ON')
    assert.equal(await remove(again, made), '404 NOT_FOUND')
  })

  test(`${database.kind}: a datacenter comes with four folders and goes with all that is in it`, database, async () => {
    await using lab = await openLab(database)
    const admin = await signedIn(lab.a)
    const user = await signedIn(lab.a, 'holouser@vsphere.local')
    const ids = await idsByName(admin)
    const datacenters = '/api/vcenter/datacenter'
    const spec = { name: 'Made', folder: 'group-d1' }
    assert.equal(await outcome(await user.post(datacenters, spec)), '403 UNAUTHORIZED')
    const { status, json: made } = await admin.post(datacenters, spec)
    assert.equal(status, 201)
    assert.match(made, /^datacenter-\d+$/)
    const info = (await admin.get(`${datacenters}/${made}`)).json
    assert.match(Object.values(info).join(' '), /^Made group-s\d+ group-h\d+ group-n\d+ group-v\d+$/)
    const folders = (await admin.get(`/api/vcenter/folder?datacenters=${made}`)).json
    assert.deepEqual(names(folders), ['datastore', 'host', 'network', 'vm'])

    const refusals: [object, string][] = [
      [spec, '400 ALREADY_EXISTS'],
      [{ ...spec, name: ' ' }, '400 INVALID_ARGUMENT'],
      [{ name: 'Other' }, '400 INVALID_ARGUMENT'],
      [{ ...spec, name: 'Other', folder: info.vm_folder }, '400 INVALID_ARGUMENT'],
      [{ ...spec, name: 'Other', folder: made }, '400 INVALID_ARGUMENT'],
      [{ ...spec, name: 'Other', folder: 'group-d99' }, '404 NOT_FOUND'],
      [{ ...spec, name: 'Other', folder: 'GlobalAcl' }, '404 NOT_FOUND'],
    ]
    for (const [wrong, expected] of refusals) {
      assert.equal(await outcome(await admin.post(datacenters, wrong)), expected, JSON.stringify(wrong))
    }
    const slash = (await invoke(admin, 'com.vmware.vcenter.datacenter', 'create', {
      spec: {
        STRUCTURE: {
          'com.vmware.vcenter.datacenter.create_spec': { name: 'a/b', folder: { OPTIONAL: 'group-d1' } },
        },
      },
    })) as string
    assert.equal((await admin.get(`${datacenters}/${slash}`)).json.name, 'a%2fb')

    const remove = (client: Client, id: string, query = '') =>
      client.delete(`${datacenters}/${id}${query}`).then(outcome)
    await grant(admin, 'holouser', made, await role(admin, ['Datacenter.Delete']), true)
    assert.equal(await remove(user, made), '403 UNAUTHORIZED')
    assert.equal(await remove(admin, made), '204')
    assert.equal(await remove(admin, made), '404 NOT_FOUND')
    assert.equal((await admin.get(`/api/vcenter/folder?datacenters=${made}`)).json.length, 0)

    const dc1 = ids('datacenter', 'DC1')
    const inside = [dc1, ids('vm', 'DC1_C0_RP0_VM0'), ids('resource-pool', 'DC1_C0_RP1')]
    const there: string[] = []
    const reader = await role(admin, [])
    for (const object of inside) there.push(await grant(admin, 'holouser', object, reader, true))
    assert.equal(await remove(admin, dc1), '400 RESOURCE_IN_USE')
    assert.equal(await remove(admin, dc1, '?force=false'), '400 RESOURCE_IN_USE')
    assert.equal(await remove(admin, dc1, '?force=true'), '204')
    for (const permission of there) assert.equal((await admin.get(`${permissions}/${permission}`)).status, 404)
    // Nobody has the role any more.
    assert.equal((await admin.delete(`${roles}/${reader}`)).status, 204)
    const left = async (client: Client) =>
      Promise.all(
        ['datacenter', 'vm', 'host', 'datastore'].map(async (kind) =>
          names((await client.get(`/api/vcenter/${kind}`)).json),
        ),
      )
    const before = await left(admin)
    assert.equal(before.flat().filter((name) => name.startsWith('DC1')).length, 0)
    assert.equal(before[1]!.length, 20)
    await lab.restart()
    assert.deepEqual(await left(await signedIn(lab.a)), before)
  })
}

const outcome = ({ status, text }: { status: number; text: string }) =>
  status < 300 ? String(status) : `${status} ${JSON.parse(text).error_type}`

const permissions = '/api/vcenter/authorization/permissions'
const roles = '/api/vcenter/authorization/roles'

/** A new role with some privileges. @returns its id. */
async function role(admin: Client, privileges: string[]): Promise<string> {
  const name = `role-${Math.random().toString(36).slice(2)}`
  const { status, json, text } = await admin.post(roles, {
    name,
    description: '',
    privileges,
  })
  assert.equal(status, 201, text)
  return json
}

/** Gives a user of vsphere.local a role on an object. @returns the permission's id. */
async function grant(admin: Client, name: string, id: string, role: string, propagating: boolean): Promise<string> {
  const { status, json, text } = await admin.post(permissions, {
    object: { type: 'ManagedEntity', id },
    principal: { type: 'USER', name, domain: 'vsphere.local' },
    role,
    propagating,
  })
  assert.equal(status, 201, text)
  return json
}

/** The first permission that is set on an object. */
async function permissionOn(admin: Client, id: string): Promise<string> {
  const { json } = await admin.post(`${permissions}?action=list`, {
    filter: { objects: [{ type: 'ManagedEntity', id }] },
  })
  return json.items[0].permission
}

/** Finds ids by names, the first of each. */
async function idsByName(admin: Client): Promise<(kind: string, name: string) => string> {
  const found = new Map<string, string>()
  for (const [kind, , id] of kinds) {
    for (const row of (await admin.get(`/api/vcenter/${kind}`)).json) {
      if (!found.has(`${kind} ${row.name}`)) found.set(`${kind} ${row.name}`, row[id])
    }
  }
  return (kind, name) => {
    const id = found.get(`${kind} ${name}`)
    assert(id, `${kind} ${name}`)
    return id
  }
}
