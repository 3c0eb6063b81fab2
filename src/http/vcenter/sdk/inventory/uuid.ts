import type { VsphereObject } from '../../../../inventory/vsphere/object.ts'

/** A virtual machine has a UUID of its hardware, and one that its vCenter gave it. [inferred: how they begin] */
const beginnings = { bios: '42', instance: '50' }
export type UuidKind = keyof typeof beginnings

/** Made of the server's own UUID and the object's number, so that an object has the same one for ever. */
export function uuidOf({ id }: VsphereObject, server: string, kind: UuidKind): string {
  const number = Number(/\d+$/.exec(id)?.[0] ?? 0)
  return prefixOf(server, kind) + number.toString(16).padStart(12, '0')
}

/** The number of the object that has a UUID; undefined where no object can have it. */
export function numberOf(uuid: string, server: string, kind: UuidKind): number | undefined {
  const text = uuid.trim().toLowerCase()
  const prefix = prefixOf(server, kind)
  if (!/^[0-9a-f-]{36}$/.test(text) || !text.startsWith(prefix)) return undefined
  const number = Number.parseInt(text.slice(prefix.length), 16)
  return Number.isSafeInteger(number) ? number : undefined
}

const prefixOf = (server: string, kind: UuidKind) => `${beginnings[kind]}${server.toLowerCase().slice(2, 24)}`
