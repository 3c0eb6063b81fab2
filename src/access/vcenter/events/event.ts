import type { AuditRecord } from '../../../audit/record.ts'
import type { PlacedRecord } from '../../../audit/trail/search.ts'
import { rootFolder } from '../object-tree.ts'

/** A role as it was recorded. */
export interface RecordedRole {
  readonly id: number
  readonly name: string
  readonly privileges: readonly string[]
}

/** A permission as it was recorded. */
export interface RecordedPermission {
  readonly objectId: string
  readonly name: string
  readonly domain: string
  readonly group: boolean
  readonly roleId: number
  readonly propagate: boolean
}

export type Happening =
  | { readonly kind: 'signed-in' | 'signed-out' | 'sign-in-refused'; readonly source: string; readonly agent: string }
  | { readonly kind: 'role'; readonly before?: RecordedRole; readonly after?: RecordedRole }
  | { readonly kind: 'permission'; readonly before?: RecordedPermission; readonly after?: RecordedPermission }

/** What vCenter tells of something that happened. */
export interface VcenterEvent {
  /** Of no other event, unless there are more than 268 million records. */
  readonly key: number
  /** The record's number: what happened with one call has the same. */
  readonly chainId: number
  /** Milliseconds since 1970. */
  readonly at: number
  /** Who did it, as they are shown; for a refused sign-in the name that was given. */
  readonly user: string
  /** The object it is about; the root folder for what is about the whole vCenter. */
  readonly objectId: string
  readonly what: Happening
}

/** Events of one record at most: their keys differ by less. */
const mostOfRecord = 8
const keys = 2 ** 31

/** What vCenter tells of a record: sign-ins and sign-outs, and changes of roles and permissions that were made. */
export function eventsOf({ record, position: { seq } }: Pick<PlacedRecord, 'record' | 'position'>): VcenterEvent[] {
  return happenings(record)
    .slice(0, mostOfRecord)
    .map((what, n) => ({
      key: (seq * mostOfRecord + n) % keys,
      chainId: seq % keys,
      at: record.at,
      user: record.user,
      objectId: what.kind === 'permission' ? (what.after ?? what.before)!.objectId : rootFolder,
      what,
    }))
}

function happenings(record: AuditRecord): Happening[] {
  const { kind, status, error, source, agent, before, after } = record
  if (record.surface !== 'vcenter') return []
  const done = status < 400 && error === undefined
  if (kind === 'sign-in' && done) return [{ kind: 'signed-in', source, agent }]
  if (kind === 'sign-in' && error === 'unauthenticated') return [{ kind: 'sign-in-refused', source, agent }]
  if (kind === 'sign-out' && done) return [{ kind: 'signed-out', source, agent }]
  return [...roles(before, after), ...permissions(before, after)]
}

function roles(before: unknown, after: unknown): Happening[] {
  const [was, is] = [before, after].map((one) => (isRole(one) ? one : undefined))
  return was || is ? [{ kind: 'role', ...(was && { before: was }), ...(is && { after: is }) }] : []
}

/** Permissions of both, told apart by what they are for; those that are as they were did not happen. */
function permissions(before: unknown, after: unknown): Happening[] {
  const pairs = new Map<string, { before?: RecordedPermission; after?: RecordedPermission }>()
  for (const [side, value] of Object.entries({ before, after })) {
    for (const one of [value].flat()) {
      if (!isPermission(one)) continue
      const grantee = `${one.objectId} ${one.group} ${one.domain} ${one.name}`.toLowerCase()
      pairs.set(grantee, { ...pairs.get(grantee), [side]: one })
    }
  }
  return [...pairs.values()]
    .filter(({ before, after }) => before?.roleId !== after?.roleId || before?.propagate !== after?.propagate)
    .map((pair) => ({ kind: 'permission', ...pair }))
}

const isRole = (value: unknown): value is RecordedRole =>
  hasAll(value, { id: 'number', name: 'string' }) && Array.isArray((value as { privileges?: unknown }).privileges)

const isPermission = (value: unknown): value is RecordedPermission =>
  hasAll(value, { objectId: 'string', name: 'string', domain: 'string', roleId: 'number', propagate: 'boolean' })

function hasAll(value: unknown, types: Record<string, string>): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(types).every(([name, type]) => typeof (value as Record<string, unknown>)[name] === type)
}
