import { createHash } from 'node:crypto'

/** The UUID of a host or virtual machine: always the same for one, and different in every vCenter. */
export function uuidOf(vcenterId: string, objectId: string): string {
  const bytes = createHash('sha256').update(`${vcenterId}:${objectId}`).digest().subarray(0, 16)
  // Version 8: made in a way of one's own. Variant: that of RFC 9562.
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
