import { Type } from 'typebox'
import { AccessError } from '../../access/errors.ts'
import type { Managed } from '../../access/managed.ts'
import type { Protection } from '../../access/protection.ts'
import { inferred } from './inferred.ts'

/** Fields that a client may send back as it read them; they are ignored. */
export const readOnly = Type.Optional(Type.Unknown({ readOnly: true }))

export const SelfLink = Type.Object({
  href: Type.String(),
  rel: Type.String(),
})

export const ApiError = Type.Object(
  {
    httpStatus: Type.Optional(Type.String()),
    error_code: Type.Integer(),
    module_name: Type.String(),
    error_message: Type.String(),
    details: Type.Optional(Type.String()),
  },
  { description: 'ApiError' },
)

/** The refusals that any call can meet. */
export const errorAnswers = {
  '4xx': ApiError,
  '5xx': ApiError,
}

/** An answer without a body. */
export const Empty = Type.String({ description: 'Empty' })

/** Underscore fields of a managed resource. @see nsx-api.md 0.4 */
export const managedFields = {
  _create_time: Type.Integer({ description: 'Milliseconds since 1970' }),
  _create_user: Type.String(),
  _last_modified_time: Type.Integer({ description: 'Milliseconds since 1970' }),
  _last_modified_user: Type.String(),
  _system_owned: Type.Boolean(),
  _protection: Type.Enum(['PROTECTED', 'NOT_PROTECTED', 'REQUIRE_OVERRIDE', 'UNKNOWN']),
  _revision: Type.Integer({ minimum: 0 }),
}

export const readOnlyManaged = {
  _create_time: readOnly,
  _create_user: readOnly,
  _last_modified_time: readOnly,
  _last_modified_user: readOnly,
  _system_owned: readOnly,
  _protection: readOnly,
  _links: readOnly,
  _schema: readOnly,
  _self: readOnly,
}

export function wireManaged(managed: Managed, systemOwned = false, protection: Protection = 'NOT_PROTECTED') {
  return {
    _create_time: managed.createdAt,
    _create_user: managed.createdBy,
    _last_modified_time: managed.modifiedAt,
    _last_modified_user: managed.modifiedBy,
    _system_owned: systemOwned,
    _protection: protection,
    _revision: managed.revision,
  }
}

/** Query parameters of a pageable list. @see nsx-api.md 0.5 */
export const ListQuery = Type.Object({
  cursor: Type.Optional(Type.String({ description: 'Opaque; from the page before' })),
  page_size: Type.Optional(Type.Integer({ minimum: 0, maximum: inferred.largestPage, default: 1000 })),
  sort_by: Type.Optional(Type.String({ maxLength: 255 })),
  sort_ascending: Type.Optional(Type.Boolean({ default: true })),
  included_fields: Type.Optional(Type.String({ maxLength: 4096, description: 'Comma separated' })),
})
export type ListQuery = Type.Static<typeof ListQuery>

export const listOf = <T extends Type.TSchema>(item: T, name: string) =>
  Type.Object(
    {
      results: Type.Array(item),
      result_count: Type.Optional(Type.Integer({ description: 'Over all pages; on the first page only' })),
      cursor: Type.Optional(Type.String()),
      sort_by: Type.Optional(Type.String()),
      sort_ascending: Type.Optional(Type.Boolean()),
    },
    { description: name },
  )

type Item = Record<string, unknown>

/** One page of a list, sorted as the query asks. @throws {AccessError} `invalid_field` for a cursor that is none. */
export function pageOf<T extends Item>(items: readonly T[], query: ListQuery, defaultSort: string) {
  const { page_size = inferred.largestPage, sort_by = defaultSort, sort_ascending = true } = query
  const direction = sort_ascending ? 1 : -1
  const sorted = [...items].sort((a, b) => direction * compare(a[sort_by], b[sort_by]) || compare(a.id, b.id))
  const offset = offsetOf(query.cursor)
  const end = offset + page_size
  return {
    results: sorted.slice(offset, end).map((item) => onlyFields(item, query.included_fields)),
    ...(offset === 0 ? { result_count: items.length } : {}),
    ...(end < items.length && page_size > 0 ? { cursor: cursorOf(end) } : {}),
    sort_by,
    sort_ascending,
  }
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [left, right] = [String(a ?? ''), String(b ?? '')]
  return left < right ? -1 : left > right ? 1 : 0
}

function onlyFields<T extends Item>(item: T, included: string | undefined): T {
  if (!included) return item
  const names = new Set(included.split(','))
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name))) as T
}

export function cursorOf(offset: number): string {
  return Buffer.from(`offset:${offset}`).toString('base64url')
}

/** @throws {AccessError} `invalid_field` */
export function offsetOf(cursor: string | undefined): number {
  if (cursor === undefined || cursor === '') return 0
  const offset = /^offset:(\d{1,12})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (offset === undefined) throw new AccessError('invalid_field', `value ${cursor} of property cursor is not a cursor`)
  return Number(offset)
}
