import { createHash } from 'node:crypto'

/** The UUID of a host or virtual machine: always the same for one, and different in every vCenter. */
export function uuidOf(vcenterId: string, objectId: string): string {
  const number = Number(/\d+$/.exec(objectId)?.[0])
  return beginningOf(vcenterId) + number.toString(16).padStart(12, '0')
}

/** The number in the id of the object that has a UUID; undefined where none can have it. */
export function objectNumberOf(vcenterId: string, uuid: string): number | undefined {
  const text = uuid.toLowerCase()
  const beginning = beginningOf(vcenterId)
  if (!text.startsWith(beginning) || !/^[0-9a-f]{12}$/.test(text.slice(beginning.length))) return undefined
  return Number.parseInt(text.slice(beginning.length), 16)
}

/** What all of a vCenter's have in common. */
function beginningOf(vcenterId: string): string {
  const bytes = createHash('sha256').update(vcenterId).digest().subarray(0, 10)
  // Version 8: made in a way of one's own. Variant: that of RFC 9562.
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
