/** `255.255.255.0` of a prefix length. */
export function netmaskOf(length: number): string {
  const bits = length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.')
}

const lengths = new Map(Array.from({ length: 33 }, (_, length) => [netmaskOf(length), length]))

/** The prefix length of a netmask; undefined for what is none. */
export const prefixOf = (netmask: string): number | undefined => lengths.get(netmask)
