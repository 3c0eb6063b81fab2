import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { AccessError } from '../../../access/errors.ts'
import type { AuditRecord } from '../../../audit/record.ts'
import { syslogLine, syslogParts } from '../../../audit/syslog-line.ts'
import { callerKeyOf } from '../../caller.ts'
import { gone } from '../../gone.ts'
import { inferred } from '../inferred.ts'
import { needs } from '../permissions.ts'
import { errorAnswers, listOf } from '../wire.ts'

const optional = Type.Optional
const text = optional(Type.String())
const number = optional(Type.Integer())

const AuditLog = Type.Object(
  {
    appname: text,
    facility: number,
    full_log: text,
    hostname: text,
    loglevel: text,
    message: text,
    msgid: text,
    priority: number,
    procid: number,
    struct_data: optional(
      Type.Object({
        audit: text,
        comp: text,
        ent_id: text,
        ereq_id: text,
        error_code: text,
        level: text,
        req_id: text,
        s2comp: text,
        security: text,
        subcomp: text,
        username: text,
      }),
    ),
    timestamp: optional(Type.String({ description: 'ISO 8601, UTC' })),
  },
  { description: 'AuditLog' },
)
const fieldNames = Object.keys(AuditLog.properties)

const Query = Type.Object({
  cursor: optional(Type.Integer({ minimum: 0, description: 'From the page before: how many lines to skip' })),
  page_size: optional(Type.Integer({ minimum: 0, maximum: inferred.largestPage, default: inferred.auditLogPage })),
  fields: optional(Type.String({ maxLength: 1024, description: `Comma separated, of ${fieldNames.join(', ')}` })),
})

const AuditLogRequest = Type.Object(
  {
    log_age_limit: optional(Type.Integer({ minimum: 0, maximum: 36_500, description: 'Days; absent: all' })),
    log_filter: optional(Type.String({ maxLength: 1000 })),
    log_filter_type: optional(Type.Enum(['TEXT', 'REGEX'], { default: 'TEXT' })),
  },
  { additionalProperties: false, description: 'AuditLogRequest' },
)

const AuditLogList = Type.Object(
  { ...listOf(AuditLog, '').properties, last_full_sync_timestamp: Type.String({ description: 'ISO 8601, UTC' }) },
  { description: 'AuditLogListResult' },
)

/** Structured data names as this API spells them. */
const dataNames: Record<string, string> = {
  entId: 'ent_id',
  ereqId: 'ereq_id',
  errorCode: 'error_code',
  reqId: 'req_id',
}

function wireLog(record: AuditRecord, wanted: ReadonlySet<string>) {
  const line = syslogLine(record)
  const parts = syslogParts(line)
  const all = {
    appname: parts.appname,
    facility: parts.priority >> 3,
    full_log: line,
    hostname: parts.hostname,
    loglevel: parts.data.find(([name]) => name === 'level')?.[1],
    message: parts.message,
    msgid: parts.msgid,
    priority: parts.priority,
    procid: Number(parts.procid),
    struct_data: Object.fromEntries(parts.data.map(([name, value]) => [dataNames[name] ?? name, value])),
    timestamp: parts.timestamp,
  }
  return Object.fromEntries(Object.entries(all).filter(([name]) => wanted.has(name)))
}

function wantedFields(fields: string | undefined): ReadonlySet<string> {
  if (!fields) return new Set(fieldNames)
  const names = fields.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !fieldNames.includes(name))
  if (unknown !== undefined) {
    throw new AccessError(
      'invalid_field',
      `value ${unknown} of property fields is not one of the allowed values [${fieldNames.join(', ')}]`,
    )
  }
  return new Set(names)
}

/** `/administration/audit-logs` @see nsx-api.md 9.5 */
export const auditLogRoute: FastifyPluginAsyncTypebox = async (app) => {
  const { auditSearch, clock } = app.services
  app.post(
    '/api/v1/administration/audit-logs',
    {
      schema: {
        summary: 'Read the audit log of all managers, oldest first',
        querystring: Query,
        body: AuditLogRequest,
        response: { 200: AuditLogList, ...errorAnswers },
      },
      config: {
        ...needs('system_log', 'read'),
        operation: { module: 'Administration', name: 'GetAuditLogs' },
        readsByPost: true,
      },
    },
    async (request, reply) => {
      const { body, query } = request
      const { cursor: offset = 0, page_size = inferred.auditLogPage, fields } = query
      const wanted = wantedFields(fields)
      const asked = {
        ageLimitDays: body.log_age_limit,
        filter: body.log_filter ? { type: body.log_filter_type ?? 'TEXT', text: body.log_filter } : undefined,
        offset,
        pageSize: page_size,
      }
      const { records, total } = await auditSearch.search(asked, callerKeyOf(request), gone(reply))
      const end = offset + page_size
      return {
        results: records.map((record) => wireLog(record, wanted)),
        ...(offset === 0 ? { result_count: total } : {}),
        ...(end < total && page_size > 0 ? { cursor: String(end) } : {}),
        last_full_sync_timestamp: new Date(clock()).toISOString(),
      }
    },
  )
}
