import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networkOf, segmentType } from './segment.ts'

const overlayZone =
  '/infra/sites/default/enforcement-points/default/transport-zones/1b3a2f36-bfd1-443e-a0f6-4de01abc963e'
const vlanZone = '/infra/sites/default/enforcement-points/default/transport-zones/vlan'

test('the network of a gateway is its address without the bits of the host', () => {
  for (const [gateway, network] of [
    ['192.168.10.1/24', '192.168.10.0/24'],
    ['192.168.10.0/24', '192.168.10.0/24'],
    ['10.20.30.40/8', '10.0.0.0/8'],
    ['172.16.99.200/12', '172.16.0.0/12'],
    ['192.168.10.129/25', '192.168.10.128/25'],
    ['192.168.10.126/25', '192.168.10.0/25'],
    ['10.0.0.255/30', '10.0.0.252/30'],
    ['10.0.0.1/31', '10.0.0.0/31'],
    ['255.255.255.255/32', '255.255.255.255/32'],
    ['255.255.255.255/1', '128.0.0.0/1'],
    ['255.255.255.255/0', '0.0.0.0/0'],
    ['2001:db8:1:2::1/64', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:0002:0:0:0:1/64', '2001:db8:1:2::/64'],
    ['2001:db8:1:2ff::1/56', '2001:db8:1:200::/56'],
    ['2001:db8:1:2:8000::1/65', '2001:db8:1:2:8000::/65'],
    ['fd00::ffff/127', 'fd00::fffe/127'],
    ['fd00::1/128', 'fd00::1/128'],
    ['ffff::1/1', '8000::/1'],
    ['ffff::1/0', '::/0'],
    ['::1/128', '::1/128'],
    ['64:ff9b::10.1.2.3/120', '64:ff9b::a01:200/120'],
  ] as const) {
    assert.equal(networkOf(gateway), network, gateway)
  }
})

test('what is no address with a prefix length has no network and is refused', () => {
  for (const gateway_address of [
    '',
    '/',
    '/24',
    '192.168.10.1',
    '192.168.10.1/',
    '192.168.10.1/33',
    '192.168.10.1/-1',
    '192.168.10.1/24/24',
    '192.168.10.1/2 4',
    '192.168.10.1/0024',
    '192.168.10.1/255.255.255.0',
    '192.168.10/24',
    '192.168.10.256/24',
    '010.0.0.1/8',
    ' 192.168.10.1/24',
    '2001:db8::1',
    '2001:db8::1/129',
    '2001:db8::1::/64',
    'fe80::1%eth0/64',
    '[2001:db8::1]/64',
    'gateway/24',
  ]) {
    assert.equal(networkOf(gateway_address), undefined, gateway_address)
    assert.throws(() => segmentType.check({ subnets: [{ gateway_address }] }), {
      name: 'AccessError',
      code: 'invalid_field',
      message: `value ${gateway_address} of property gateway_address is not an address with a prefix length`,
    })
  }
})

test('a segment of which nothing was given is complete', () => {
  assert.deepEqual(segmentType.complete({}), {
    type: 'DISCONNECTED',
    transport_zone_path: overlayZone,
    admin_state: 'UP',
    replication_mode: 'MTEP',
    advanced_config: {
      address_pool_paths: [],
      hybrid: false,
      multicast: true,
      inter_router: false,
      local_egress: false,
      urpf_mode: 'STRICT',
      connectivity: 'ON',
    },
  })
})

test('what was given stays, also within the advanced configuration', () => {
  const given = {
    display_name: 'seg1',
    admin_state: 'DOWN',
    replication_mode: 'SOURCE',
    transport_zone_path: vlanZone,
    vlan_ids: ['100', '200-300'],
    advanced_config: { multicast: false, connectivity: 'OFF' },
    subnets: [{ dhcp_ranges: ['192.168.10.10-192.168.10.20'] }],
  }
  const completed = segmentType.complete(given)
  assert.partialDeepStrictEqual(completed, given)
  assert.deepEqual(completed.advanced_config, {
    address_pool_paths: [],
    hybrid: false,
    multicast: false,
    inter_router: false,
    local_egress: false,
    urpf_mode: 'STRICT',
    connectivity: 'OFF',
  })
})

test('the network of a subnet is computed, whatever was sent as such', () => {
  const subnet = { gateway_address: '192.168.10.1/24', network: '10.0.0.0/8', dhcp_ranges: [] }
  const given = { subnets: [subnet] }
  assert.deepEqual(segmentType.complete(given).subnets, [{ ...subnet, network: '192.168.10.0/24' }])
  assert.equal(subnet.network, '10.0.0.0/8')
  assert.deepEqual(segmentType.complete({ subnets: [] }).subnets, [])
})

test('a segment is routed by a gateway and a subnet, extended by an L2 extension', () => {
  const gateway = { connectivity_path: '/infra/tier-1s/t1' }
  const subnet = { subnets: [{ gateway_address: '192.168.10.1/24' }] }
  const extension = { l2_extension: { tunnel_id: 1 } }
  for (const [body, type] of [
    [{}, 'DISCONNECTED'],
    [gateway, 'DISCONNECTED'],
    [{ ...gateway, subnets: [] }, 'DISCONNECTED'],
    [subnet, 'DISCONNECTED'],
    [{ ...subnet, connectivity_path: '' }, 'DISCONNECTED'],
    [{ ...gateway, ...subnet }, 'ROUTED'],
    [extension, 'EXTENDED'],
    [{ ...extension, ...gateway }, 'EXTENDED'],
    [{ ...gateway, ...subnet, ...extension }, 'ROUTED_AND_EXTENDED'],
  ] as const) {
    assert.equal(segmentType.complete(body as Record<string, unknown>).type, type, JSON.stringify(body))
  }
})

test('a segment points to the gateway it is connected to', () => {
  assert.deepEqual(segmentType.references({ connectivity_path: '/infra/tier-1s/t1' }), ['/infra/tier-1s/t1'])
  assert.deepEqual(segmentType.references({ connectivity_path: '' }), [])
  assert.deepEqual(segmentType.references({}), [])
})

test('VLAN ids are numbers up to 4094 and ranges that do not go down', () => {
  for (const vlan of ['0', '1', '100', '4094', '1-2', '100-200', '100-100', '0-4094']) {
    segmentType.check({ transport_zone_path: vlanZone, vlan_ids: ['1', vlan] })
  }
  for (const vlan of [
    '',
    '-',
    '-1',
    '4095',
    '9999',
    '10000',
    '1-4095',
    '200-100',
    '1-',
    '-1-2',
    '1-2-3',
    '1,2',
    ' 1',
    '1 ',
    '1.5',
    '0x10',
    '1e2',
    '١',
    'all',
    '1\n',
  ]) {
    assert.throws(
      () => segmentType.check({ transport_zone_path: vlanZone, vlan_ids: ['1', vlan] }),
      {
        name: 'AccessError',
        code: 'invalid_field',
        message: `value ${vlan} of property vlan_ids is not a VLAN id or range`,
      },
      JSON.stringify(vlan),
    )
  }
})

test('a segment without subnets and VLANs has nothing to check', () => {
  for (const body of [{}, { subnets: [] }, { subnets: [{}] }, { vlan_ids: [] }]) segmentType.check(body)
})

test('a VLAN segment must name its transport zone and cannot be connected to a gateway', () => {
  assert.throws(() => segmentType.check({ vlan_ids: ['100'] }), { code: 'invalid_field' })
  assert.throws(
    () =>
      segmentType.check({
        vlan_ids: ['100'],
        transport_zone_path: vlanZone,
        connectivity_path: '/infra/tier-1s/t1',
      }),
    { code: 'invalid_field' },
  )
})
