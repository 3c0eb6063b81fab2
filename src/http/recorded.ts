import type { FastifyRequest } from 'fastify'
import { declaredNames, showDeclared, showNamed } from '../audit/declared.ts'
import { mask, maskText, maskUrl, shownName } from '../audit/mask.ts'
import type { Operation } from './vcenter/vapi/operation.ts'
import type { VapiType } from './vcenter/vapi/types.ts'

const longestHeader = 256

/** The parameters that the vendor's lists have, for calls whose upstream knows more of them than we do. */
const relayedQuery = new Set([
  ...['cursor', 'page_size', 'sort_by', 'sort_ascending', 'included_fields', 'include_mark_for_delete_objects'],
  ...['enforcement_point_path', 'enforce_revision_check', 'force', 'cascade', 'override'],
])

/** The parameters that NSX-v's calls have. */
const nsxvQuery = [
  ...['startIndex', 'pageSize', 'sortBy', 'sortOrderAscending', 'expiresInMinutes', 'userId', 'isCli', 'isGroup'],
]

/** The URL of a call as its audit record has it: of the query, what the route declares. */
export function recordedUrl(request: FastifyRequest): string {
  const { originalUrl } = request
  const hasQuery = originalUrl.includes('?')
  const url = maskUrl(originalUrl, hasQuery ? queryNames(request) : nothing)
  // An action is what the call is, and its name looks like one.
  return hasQuery
    ? url.replace(actionParameter, (all, name, value) => (isAction(value) ? all : `${name}=${mask}`))
    : url
}

const nothing: ReadonlySet<string> = new Set()
const actionParameter = /(?<=[?&;])(~?action)=([^&;]*)/g
const isAction = (value: string) => value === '' || shownName(value) !== mask

function queryNames(request: FastifyRequest): ReadonlySet<string> {
  const { schema, config } = request.routeOptions
  const ofRoute = request.raw.relayed ? relayedQuery : declaredNames(schema?.querystring as object | undefined)
  const { vapi, nsxv } = config ?? {}
  return new Set(['action', '~action', ...ofRoute, ...(vapi ? vapiNames(vapi) : []), ...(nsxv ? nsxvQuery : [])])
}

/** Names that inputs of an operation may have in a query, where they are no secrets. @see vapi/query.ts */
const vapiNames = ({ input }: Operation): string[] =>
  Object.entries(input).flatMap(([name, type]) => namesIn(name, type))

function namesIn(name: string, type: VapiType): string[] {
  if (type.kind === 'optional' || type.kind === 'list' || type.kind === 'set') return namesIn(name, type.of)
  if (type.kind === 'secret') return []
  if (type.kind !== 'structure') return [name]
  return Object.entries(type.fields).flatMap(([field, inner]) => [
    ...namesIn(field, inner),
    ...namesIn(`${name}.${field}`, inner),
  ])
}

/** What a call was given: identifiers of its path, then of its body what the route declares. */
export function recordedParameters(request: FastifyRequest): unknown[] {
  const ids = Object.values((request.params ?? {}) as Record<string, string>)
  if (request.changedPaths !== undefined) return [...ids, request.changedPaths]
  const { body } = request
  // A body that is a plain value has no name by which it would be known.
  if (body === null || typeof body !== 'object') return ids
  const { schema, config } = request.routeOptions
  const { nsxv } = config ?? {}
  return [...ids, nsxv ? showNamed(nsxv.consumes ?? [], body) : showDeclared(schema?.body as object | undefined, body)]
}

/** A header that says who or what the client is, as far as it is recorded; undefined where it is not there. */
export function recordedHeader(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? maskText(value).slice(0, longestHeader) : undefined
}
