import { isIP, isIPv4 } from 'node:net'
import { AccessError } from '../access/errors.ts'
import type { PolicyBody, PolicyType } from './policy-types.ts'

/** The overlay transport zone that segments get when they name none. @see seed document 003, step 3 */
const defaultTransportZone =
  '/infra/sites/default/enforcement-points/default/transport-zones/1b3a2f36-bfd1-443e-a0f6-4de01abc963e'

const advancedDefaults = {
  address_pool_paths: [],
  hybrid: false,
  multicast: true,
  inter_router: false,
  local_egress: false,
  urpf_mode: 'STRICT',
  connectivity: 'ON',
}

interface Subnet {
  gateway_address?: string
}

/** @see nsx-api.md 8.2 */
export const segmentType: PolicyType = {
  collection: 'segments',
  resourceType: 'Segment',
  noun: 'InfraSegment',
  feature: 'policy_segment',

  complete(body) {
    const subnets = (body.subnets as Subnet[] | undefined)?.map((subnet) => ({
      ...subnet,
      ...(subnet.gateway_address === undefined ? {} : { network: networkOf(subnet.gateway_address) }),
    }))
    return {
      type: segmentKind(body),
      transport_zone_path: defaultTransportZone,
      admin_state: 'UP',
      replication_mode: 'MTEP',
      ...body,
      ...(subnets ? { subnets } : {}),
      advanced_config: { ...advancedDefaults, ...(body.advanced_config as object | undefined) },
    }
  },

  references: (body) => (body.connectivity_path ? [body.connectivity_path as string] : []),

  check(body) {
    for (const { gateway_address } of (body.subnets as Subnet[] | undefined) ?? []) {
      if (gateway_address === undefined || prefixOf(gateway_address)) continue
      throw new AccessError(
        'invalid_field',
        `value ${gateway_address} of property gateway_address is not an address with a prefix length`,
      )
    }
    const vlans = (body.vlan_ids as string[] | undefined) ?? []
    if (vlans.length > 0 && !body.transport_zone_path) {
      throw new AccessError(
        'invalid_field',
        'required property transport_zone_path is missing; a VLAN segment needs one',
      )
    }
    if (vlans.length > 0 && body.connectivity_path) {
      throw new AccessError(
        'invalid_field',
        'property connectivity_path is for overlay segments, which have no vlan_ids',
      )
    }
    for (const range of vlans) {
      const [from, to = from] = range.split('-').map(Number)
      if (/^\d{1,4}(-\d{1,4})?$/.test(range) && from! <= to! && to! <= 4094) continue
      throw new AccessError('invalid_field', `value ${range} of property vlan_ids is not a VLAN id or range`)
    }
  },
}

function segmentKind(body: PolicyBody): string {
  const routed = Boolean(body.connectivity_path) && (body.subnets as Subnet[] | undefined)?.length
  const extended = Boolean(body.l2_extension)
  if (routed) return extended ? 'ROUTED_AND_EXTENDED' : 'ROUTED'
  return extended ? 'EXTENDED' : 'DISCONNECTED'
}

function prefixOf(cidr: string): { address: string; length: number } | undefined {
  const [address = '', length = ''] = cidr.split('/')
  const bits = isIPv4(address) ? 32 : 128
  if (!isIP(address) || address.includes('%') || !/^\d{1,3}$/.test(length) || Number(length) > bits) return undefined
  return cidr.split('/').length === 2 ? { address, length: Number(length) } : undefined
}

/** The network a gateway's address lies in: `192.168.10.1/24` lies in `192.168.10.0/24`. */
export function networkOf(cidr: string): string | undefined {
  const prefix = prefixOf(cidr)
  if (!prefix) return undefined
  const { address, length } = prefix
  const v4 = isIPv4(address)
  const bytes = v4 ? address.split('.').map(Number) : ipv6Bytes(address)
  const masked = bytes.map((byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, length - at * 8))) & 0xff)
  return `${v4 ? masked.join('.') : ipv6Text(masked)}/${length}`
}

function ipv6Bytes(address: string): number[] {
  // The URL parser knows every spelling of an IPv6 address, the dotted ones among them.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [left = '', right] = canonical.split('::')
  const head = left ? left.split(':') : []
  const tail = right ? right.split(':') : []
  const middle = right === undefined ? [] : Array<string>(8 - head.length - tail.length).fill('0')
  return [...head, ...middle, ...tail].flatMap((group) => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}

function ipv6Text(bytes: number[]): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[at * 2]! << 8) | bytes[at * 2 + 1]!).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
