import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databases, openLab } from '../lab.ts'

const segments = '/policy/api/v1/infra/segments'
const tier1s = '/policy/api/v1/infra/tier-1s'

/** What the manual's own example lists. */
const seg1 = {
  type: 'ROUTED',
  subnets: [{ gateway_address: '192.168.10.1/24', network: '192.168.10.0/24' }],
  connectivity_path: '/infra/tier-1s/test_t1',
  transport_zone_path:
    '/infra/sites/default/enforcement-points/default/transport-zones/1b3a2f36-bfd1-443e-a0f6-4de01abc963e',
  advanced_config: {
    address_pool_paths: [],
    hybrid: false,
    multicast: true,
    inter_router: false,
    local_egress: false,
    urpf_mode: 'STRICT',
    connectivity: 'ON',
  },
  admin_state: 'UP',
  replication_mode: 'MTEP',
  resource_type: 'Segment',
  id: 'seg1',
  display_name: 'seg1',
  path: '/infra/segments/seg1',
  relative_path: 'seg1',
  parent_path: '/infra',
  unique_id: '6573d2c9-f4f9-4b37-b410-71bded8857c3',
  marked_for_delete: false,
  overridden: false,
  _create_user: 'admin',
  _create_time: 1633331197569,
  _last_modified_user: 'admin',
  _last_modified_time: 1633331252660,
  _system_owned: false,
  _protection: 'NOT_PROTECTED',
  _revision: 1,
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

for (const database of databases) {
  test(`${database.kind}: the list of segments is the one that the manual prints`, database, async () => {
    await using lab = await openLab(database)
    const list = await lab.admin.get(segments)
    assert.equal(list.status, 200)
    assert.equal(
      list.text,
      JSON.stringify({ results: [seg1], result_count: 1, sort_by: 'display_name', sort_ascending: true }),
    )
    const one = await lab.admin.get(`${segments}/seg1`)
    assert.equal(one.text, JSON.stringify(seg1))

    const nope = await lab.admin.get(`${segments}/nope`)
    assert.equal(nope.status, 404)
    assert.deepEqual(nope.json, {
      httpStatus: 'NOT_FOUND',
      error_code: 600,
      module_name: 'common-services',
      error_message:
        'The requested object : /infra/segments/nope could not be found. Object identifiers are case sensitive.',
    })
    assert.equal((await lab.admin.get(`${segments}/SEG1`)).status, 404)
  })

  test(`${database.kind}: PUT creates a segment, completed with defaults and computed values`, database, async () => {
    await using lab = await openLab(database)
    const bare = await lab.admin.put(`${segments}/web`, {})
    assert.equal(bare.status, 200)
    const { unique_id, ...rest } = bare.json
    assert.match(unique_id, uuid)
    assert.deepEqual(rest, {
      type: 'DISCONNECTED',
      transport_zone_path: seg1.transport_zone_path,
      advanced_config: seg1.advanced_config,
      admin_state: 'UP',
      replication_mode: 'MTEP',
      resource_type: 'Segment',
      id: 'web',
      display_name: 'web',
      path: '/infra/segments/web',
      relative_path: 'web',
      parent_path: '/infra',
      marked_for_delete: false,
      overridden: false,
      _create_user: 'admin',
      _create_time: lab.clock.now,
      _last_modified_user: 'admin',
      _last_modified_time: lab.clock.now,
      _system_owned: false,
      _protection: 'NOT_PROTECTED',
      _revision: 0,
    })
    assert.deepEqual((await lab.admin.get(`${segments}/web`)).json, bare.json)

    const given = {
      display_name: 'Datenbank ü',
      description: 'd',
      tags: [{ scope: 'env', tag: 'lab' }, { tag: 'x' }],
      subnets: [{ gateway_address: '10.1.2.3/20', network: '1.2.3.0/24', dhcp_ranges: ['10.1.2.10-10.1.2.20'] }],
      connectivity_path: '/infra/tier-1s/test_t1',
      transport_zone_path: '/infra/tz',
      admin_state: 'DOWN',
      replication_mode: 'SOURCE',
      advanced_config: { urpf_mode: 'NONE', connectivity: 'OFF' },
      overlay_id: 71000,
      domain_name: 'lab.example',
    }
    const whole = await lab.admin.put(`${segments}/db`, { ...given, id: 'other', type: 'EXTENDED', path: '/x' })
    assert.equal(whole.status, 200)
    assert.equal(whole.json.type, 'ROUTED')
    assert.equal(whole.json.id, 'db')
    assert.equal(whole.json.path, '/infra/segments/db')
    assert.deepEqual(whole.json.subnets, [{ ...given.subnets[0], network: '10.1.0.0/20' }])
    assert.deepEqual(whole.json.advanced_config, { ...seg1.advanced_config, urpf_mode: 'NONE', connectivity: 'OFF' })
    for (const field of ['display_name', 'description', 'tags', 'admin_state', 'overlay_id'] as const) {
      assert.deepEqual(whole.json[field], given[field])
    }
    const vlan = { transport_zone_path: '/infra/tz', vlan_ids: ['0', '100-200', '4094'] }
    assert.deepEqual((await lab.admin.put(`${segments}/vlan`, vlan)).json.vlan_ids, vlan.vlan_ids)
    await lab.restart()
    assert.equal((await lab.admin.get(`${segments}/db`)).text, whole.text)
  })

  test(`${database.kind}: a segment's network and type follow from its gateway and links`, database, async () => {
    await using lab = await openLab(database)
    const networks: [gateway: string, network: string][] = [
      ['192.168.10.1/24', '192.168.10.0/24'],
      ['172.16.255.254/12', '172.16.0.0/12'],
      ['10.0.0.7/31', '10.0.0.6/31'],
      ['10.0.0.7/32', '10.0.0.7/32'],
      ['2001:db8:0:1::1/64', '2001:db8:0:1::/64'],
      ['2001:DB8::ff:1/120', '2001:db8::ff:0/120'],
    ]
    for (const [gateway_address, network] of networks) {
      await lab.admin.patch(`${segments}/net`, { subnets: [{ gateway_address }] })
      assert.deepEqual((await lab.admin.get(`${segments}/net`)).json.subnets, [{ gateway_address, network }])
    }
    const subnets = [{ gateway_address: '10.0.0.1/24' }]
    const connectivity_path = '/infra/tier-1s/test_t1'
    const types: [links: object, type: string][] = [
      [{ subnets }, 'DISCONNECTED'],
      [{ connectivity_path }, 'DISCONNECTED'],
      [{ subnets, connectivity_path }, 'ROUTED'],
      [{ l2_extension: { tunnel_id: 1 } }, 'EXTENDED'],
      [{ subnets, connectivity_path, l2_extension: { tunnel_id: 1 } }, 'ROUTED_AND_EXTENDED'],
    ]
    for (const [n, [links, type]] of types.entries()) {
      assert.equal((await lab.admin.put(`${segments}/type${n}`, links)).json.type, type)
    }
  })

  test(`${database.kind}: a segment that is refused names the field and stores nothing`, database, async () => {
    await using lab = await openLab(database)
    const gateway = (gateway_address: string) => ({ subnets: [{ gateway_address }] })
    const refused: [body: unknown, text: RegExp][] = [
      [gateway('192.168.10.1'), /gateway_address/],
      [gateway('192.168.10.1/33'), /gateway_address/],
      [gateway('192.168.10.256/24'), /gateway_address/],
      [gateway('2001:db8::1/129'), /gateway_address/],
      [gateway('10.0.0.1/24/24'), /gateway_address/],
      [{ subnets: [{}, {}] }, /subnets has exceeded maximum size 1/],
      [{ transport_zone_path: '/infra/tz', vlan_ids: ['4095'] }, /value 4095 of property vlan_ids/],
      [{ transport_zone_path: '/infra/tz', vlan_ids: ['200-100'] }, /value 200-100 of property vlan_ids/],
      [{ transport_zone_path: '/infra/tz', vlan_ids: [100] }, /vlan_ids/],
      [{ vlan_ids: ['100'] }, /transport_zone_path/],
      [
        { transport_zone_path: '/infra/tz', vlan_ids: ['100'], connectivity_path: '/infra/tier-1s/test_t1' },
        /connectivity_path/,
      ],
      [{ admin_state: 'up' }, /not one of the allowed values \[UP, DOWN\]/],
      [{ replication_mode: 'BOTH' }, /\[MTEP, SOURCE\]/],
      [{ advanced_config: { urpf_mode: 'LOOSE' } }, /urpf_mode/],
      [{ connectivity_path: '/infra/tier-2s/x' }, /connectivity_path/],
      [{ connectivity_path: '/infra/tier-1s/nope' }, /\/infra\/tier-1s\/nope/],
      [{ display_name: 'x'.repeat(256) }, /display_name has exceeded maximum size 255/],
      [{ description: 'x'.repeat(1025) }, /description has exceeded maximum size 1024/],
      [{ tags: Array(31).fill({ tag: 't' }) }, /tags has exceeded maximum size 30/],
      [{ tags: [{ tag: 'x'.repeat(257) }] }, /tag/],
      [{ colour: 'red' }, /colour is not a valid property/],
      [{ children: [{}] }, /children/],
      [[], /body/],
      ['seg', /body/],
    ]
    for (const [body, text] of refused) {
      for (const answer of [
        await lab.admin.put(`${segments}/bad`, body),
        await lab.admin.patch(`${segments}/bad`, body),
      ]) {
        assert.equal(answer.status, 400, JSON.stringify(body))
        assert.equal(answer.json.error_code, 255)
        assert.match(answer.json.error_message, text)
      }
    }
    for (const id of ['a%2Fb', 'x'.repeat(256)]) {
      const answer = await lab.admin.put(`${segments}/${id}`, {})
      assert.ok(answer.status === 400 || answer.status === 404, `${id}: ${answer.status}`)
    }
    assert.equal((await lab.admin.put(`${segments}/${'x'.repeat(255)}`, {})).status, 200)
    await lab.admin.delete(`${segments}/${'x'.repeat(255)}`)
    assert.equal((await lab.admin.get(segments)).json.result_count, 1)

    const forced = await lab.admin.put(`${segments}/floating?force=true`, {
      connectivity_path: '/infra/tier-1s/nope',
    })
    assert.equal(forced.status, 200)
    assert.equal((await lab.admin.get(`${segments}/floating`)).json.connectivity_path, '/infra/tier-1s/nope')
  })

  test(`${database.kind}: PUT replaces the object, against the revision that was read`, database, async () => {
    await using lab = await openLab(database)
    const url = `${segments}/web`
    const made = (await lab.admin.put(url, { description: 'first', admin_state: 'DOWN', tags: [{ tag: 't' }] })).json
    lab.clock.advance({ seconds: 10 })

    const again = await lab.admin.put(url, { description: 'second' })
    assert.equal(again.status, 400)
    assert.equal(again.json.error_code, 500127)
    for (const _revision of [1, 7]) {
      const stale = await lab.admin.put(url, { description: 'second', _revision })
      assert.equal(stale.status, 412)
      assert.deepEqual(stale.json, {
        httpStatus: 'PRECONDITION_FAILED',
        error_code: 604,
        module_name: 'common-services',
        error_message: 'The object was modified by somebody else. Please retry.',
      })
    }
    for (const _revision of [-1, '0', 0.5, null]) {
      assert.equal((await lab.admin.put(url, { _revision })).status, 400)
    }
    assert.deepEqual((await lab.admin.get(url)).json, made)

    const replaced = await lab.admin.put(url, { description: 'second', _revision: 0 })
    assert.equal(replaced.status, 200)
    const { tags, ...left } = made
    assert.deepEqual(replaced.json, {
      ...left,
      description: 'second',
      admin_state: 'UP',
      _last_modified_time: lab.clock.now,
      _revision: 1,
    })
    const back = await lab.admin.put(url, replaced.json)
    assert.equal(back.status, 200)
    assert.deepEqual(back.json, { ...replaced.json, _revision: 2 })
    assert.equal((await lab.admin.put(url, replaced.json)).status, 412)
    assert.equal((await lab.admin.put(`${segments}/new`, { _revision: 3 })).status, 412)
    assert.equal((await lab.admin.get(`${segments}/new`)).status, 404)
  })

  test(`${database.kind}: of several who replace one revision one succeeds`, database, async () => {
    await using lab = await openLab(database)
    const asked = await Promise.all(
      ['a', 'b', 'c', 'd'].map((description) => lab.admin.put(`${segments}/seg1`, { description, _revision: 1 })),
    )
    assert.deepEqual(asked.map(({ status }) => status).sort(), [200, 412, 412, 412])
    const winner = asked.find(({ status }) => status === 200)
    assert.equal((await lab.admin.get(`${segments}/seg1`)).text, winner?.text)
    const made = await Promise.all(['a', 'b', 'c'].map((tag) => lab.admin.put(`${segments}/one`, { tags: [{ tag }] })))
    assert.deepEqual(made.map(({ status }) => status).sort(), [200, 400, 400])
  })

  test(`${database.kind}: PATCH creates an object or changes its given fields`, database, async () => {
    await using lab = await openLab(database)
    const url = `${segments}/web`
    const made = await lab.admin.patch(url, { description: 'first', domain_name: 'lab.example' })
    assert.equal(made.status, 200)
    assert.equal(made.text, '')
    const before = (await lab.admin.get(url)).json
    assert.equal(before._revision, 0)

    lab.clock.advance({ seconds: 10 })
    assert.equal((await lab.admin.patch(url, { admin_state: 'DOWN' })).text, '')
    assert.deepEqual((await lab.admin.get(url)).json, {
      ...before,
      admin_state: 'DOWN',
      _last_modified_time: lab.clock.now,
      _revision: 1,
    })
    const stale = await lab.admin.patch(url, { admin_state: 'UP', _revision: 0 })
    assert.equal(stale.status, 412)
    assert.equal((await lab.admin.patch(url, { admin_state: 'UP', _revision: 1 })).status, 200)
    assert.equal((await lab.admin.get(url)).json._revision, 2)
  })

  test(`${database.kind}: DELETE removes what nothing points to`, database, async () => {
    await using lab = await openLab(database)
    const used = await lab.admin.delete(`${tier1s}/test_t1`)
    assert.equal(used.status, 400)
    assert.equal(used.json.error_code, 500030)
    assert.match(used.json.error_message, /\/infra\/tier-1s\/test_t1/)

    const gone = await lab.admin.delete(`${segments}/seg1`)
    assert.equal(gone.status, 200)
    assert.equal(gone.text, '')
    assert.equal((await lab.admin.get(`${segments}/seg1`)).status, 404)
    assert.deepEqual((await lab.admin.get(segments)).json, {
      results: [],
      result_count: 0,
      sort_by: 'display_name',
      sort_ascending: true,
    })
    const again = await lab.admin.delete(`${segments}/seg1`)
    assert.equal(again.status, 404)
    assert.equal(again.json.error_code, 600)
    assert.equal((await lab.admin.delete(`${tier1s}/test_t1?force=true&cascade=true`)).status, 200)

    const anew = (await lab.admin.put(`${segments}/seg1`, {})).json
    assert.equal(anew._revision, 0)
    assert.notEqual(anew.unique_id, seg1.unique_id)
  })

  test(`${database.kind}: lists are sorted, paged and cut down to fields as asked`, database, async () => {
    await using lab = await openLab(database)
    const names = ['delta', 'alpha', 'charlie', 'bravo']
    for (const [n, display_name] of names.entries()) {
      lab.clock.advance({ seconds: 1 })
      await lab.admin.put(`${segments}/s${n}`, { display_name })
    }
    const ids = async (query: string) => {
      const { status, json } = await lab.admin.get(`${segments}?${query}`)
      assert.equal(status, 200, query)
      return json.results.map(({ id }: { id: string }) => id)
    }
    assert.deepEqual(await ids(''), ['s1', 's3', 's2', 's0', 'seg1'])
    assert.deepEqual(await ids('sort_ascending=false'), ['seg1', 's0', 's2', 's3', 's1'])
    assert.deepEqual(await ids('sort_by=id'), ['s0', 's1', 's2', 's3', 'seg1'])
    assert.deepEqual(await ids('sort_by=_create_time&sort_ascending=false'), ['s3', 's2', 's1', 's0', 'seg1'])
    assert.deepEqual(await ids('include_mark_for_delete_objects=true&segment_type=ALL'), await ids(''))
    const echo = (await lab.admin.get(`${segments}?sort_by=id&sort_ascending=false`)).json
    assert.deepEqual([echo.sort_by, echo.sort_ascending], ['id', false])

    const pages: string[][] = []
    let cursor: string | undefined = ''
    for (let n = 0; cursor !== undefined; n++) {
      const page: { results: { id: string }[]; result_count?: number; cursor?: string } = (
        await lab.admin.get(`${segments}?page_size=2&cursor=${cursor}`)
      ).json
      assert.equal(page.result_count, n === 0 ? 5 : undefined)
      pages.push(page.results.map(({ id }) => id))
      cursor = page.cursor
    }
    assert.deepEqual(pages, [['s1', 's3'], ['s2', 's0'], ['seg1']])

    const cut = (await lab.admin.get(`${segments}?included_fields=display_name,_revision&page_size=1`)).json
    assert.deepEqual(cut.results, [{ display_name: 'alpha', _revision: 0 }])
    assert.equal((await ids('page_size=1000')).length, 5)
    for (const query of [
      'page_size=1001',
      'page_size=-1',
      'page_size=x',
      'sort_ascending=perhaps',
      'cursor=nonsense',
    ]) {
      const answer = await lab.admin.get(`${segments}?${query}`)
      assert.equal(answer.status, 400, query)
      assert.equal(answer.json.error_code, 255)
    }
  })

  test(
    `${database.kind}: a tier-1 gateway is connected to the tier-0 there is, which is only read`,
    database,
    async () => {
      await using lab = await openLab(database)
      const tier0s = '/policy/api/v1/infra/tier-0s'
      const [tier0, ...others] = (await lab.admin.get(tier0s)).json.results
      assert.deepEqual(
        [tier0.id, tier0.path, tier0.resource_type, others],
        ['test_t0', '/infra/tier-0s/test_t0', 'Tier0', []],
      )
      assert.deepEqual((await lab.admin.get(`${tier0s}/test_t0`)).json, tier0)
      assert.equal((await lab.admin.get(`${tier0s}/none`)).status, 404)
      assert.equal((await lab.admin.put(`${tier1s}/t1`, { tier0_path: tier0.path })).json.type, 'ROUTED')
      for (const call of [
        lab.admin.put(`${tier0s}/test_t0`, { display_name: 'mine' }),
        lab.admin.patch(`${tier0s}/new`, { display_name: 'mine' }),
        lab.admin.delete(`${tier0s}/test_t0`),
      ]) {
        assert.equal((await call).status, 501)
      }
      assert.equal((await lab.a.get(tier0s)).status, 403)
    },
  )

  test(`${database.kind}: tier-1 gateways are kept by the same five calls`, database, async () => {
    await using lab = await openLab(database)
    const list = (await lab.admin.get(tier1s)).json
    assert.equal(list.result_count, 1)
    assert.equal(list.results[0].id, 'test_t1')
    assert.equal(list.sort_by, 'display_name')

    const made = await lab.admin.put(`${tier1s}/t1`, { description: 'd' })
    assert.equal(made.status, 200)
    const { unique_id, ...rest } = made.json
    assert.match(unique_id, uuid)
    assert.deepEqual(rest, {
      failover_mode: 'NON_PREEMPTIVE',
      pool_allocation: 'ROUTING',
      type: 'ISOLATED',
      route_advertisement_types: [],
      disable_firewall: false,
      enable_standby_relocation: false,
      force_whitelisting: false,
      default_rule_logging: false,
      resource_type: 'Tier1',
      id: 't1',
      display_name: 't1',
      description: 'd',
      path: '/infra/tier-1s/t1',
      relative_path: 't1',
      parent_path: '/infra',
      marked_for_delete: false,
      overridden: false,
      _create_user: 'admin',
      _create_time: lab.clock.now,
      _last_modified_user: 'admin',
      _last_modified_time: lab.clock.now,
      _system_owned: false,
      _protection: 'NOT_PROTECTED',
      _revision: 0,
    })
    const routes = ['TIER1_STATIC_ROUTES', 'TIER1_CONNECTED', 'TIER1_NAT', 'TIER1_LB_VIP', 'TIER1_LB_SNAT']
    const given = {
      failover_mode: 'PREEMPTIVE',
      pool_allocation: 'LB_SMALL',
      type: 'NATTED',
      ha_mode: 'ACTIVE_STANDBY',
      route_advertisement_types: routes,
      disable_firewall: true,
      tier0_path: '/infra/tier-0s/test_t0',
    }
    const patched = await lab.admin.patch(`${tier1s}/t1`, given)
    assert.equal(patched.status, 200)
    assert.deepEqual((await lab.admin.get(`${tier1s}/t1`)).json, { ...made.json, ...given, _revision: 1 })
    for (const body of [
      { tier0_path: '/infra/tier-0s/nope' },
      { failover_mode: 'NONE' },
      { pool_allocation: 'LB_HUGE' },
      { route_advertisement_types: ['TIER0'] },
      { subnets: [] },
    ]) {
      assert.equal((await lab.admin.patch(`${tier1s}/t1`, body)).status, 400, JSON.stringify(body))
    }
    const forced = await lab.admin.patch(`${tier1s}/t1?force=true`, { tier0_path: '/infra/tier-0s/nope' })
    assert.equal(forced.status, 400, 'only segments can be forced')
    assert.equal((await lab.admin.put(`${tier1s}/t1`, {})).json.error_code, 500127)
    assert.equal((await lab.admin.put(`${tier1s}/t1`, { _revision: 0 })).status, 412)
    assert.equal((await lab.admin.delete(`${tier1s}/t1`)).status, 200)
    assert.equal((await lab.admin.get(`${tier1s}/t1`)).json.error_code, 600)
  })

  test(`${database.kind}: who changes an object is written on it`, database, async () => {
    await using lab = await openLab(database)
    const password = 'Zk7!vbQp2$wLm'
    await lab.admin.post('/api/v1/node/users?action=create_user', { username: 'svc1', password })
    const [binding] = (await lab.admin.get('/api/v1/aaa/role-bindings?name=svc1')).json.results
    await lab.admin.put(`/api/v1/aaa/role-bindings/${binding.id}`, {
      roles_for_paths: [{ path: '/', roles: [{ role: 'network_engineer' }] }],
    })
    await lab.b.as('svc1', password).patch(`${segments}/seg1`, { description: 'mine' })
    const { _create_user, _last_modified_user, _revision } = (await lab.admin.get(`${segments}/seg1`)).json
    assert.deepEqual([_create_user, _last_modified_user, _revision], ['admin', 'svc1', 2])
  })
}
