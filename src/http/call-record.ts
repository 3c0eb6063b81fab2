import type { FastifyRequest } from 'fastify'
import type { ChangedValues } from '../audit/journal.ts'
import { maskSecrets } from '../audit/mask.ts'
import type { AuditRecord } from '../audit/record.ts'
import { recordedHeader, recordedParameters, recordedUrl } from './recorded.ts'
import { methodOf } from './request.ts'

/** Methods that change nothing. */
export const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

function kindOf({ identity, refusedName, route }: FastifyRequest): AuditRecord['kind'] {
  if (refusedName !== undefined) return 'sign-in'
  if (!identity && route.requires !== 'nothing') return 'unauthenticated'
  return route.operation ? 'call' : 'node-call'
}

/** The audit record of a call as it is answered. */
export function callRecord(
  request: FastifyRequest,
  status: number,
  bytes: number,
  changed: ChangedValues = {},
  as?: { kind: AuditRecord['kind']; user: string },
): AuditRecord {
  const { services } = request.server
  const kind = as?.kind ?? kindOf(request)
  const signing = kind === 'sign-in' || kind === 'sign-out'
  const reads = reading.has(request.method) || request.route.readsByPost === true
  const write = !reads && kind !== 'unauthenticated' && !signing
  const record: AuditRecord = {
    at: services.clock(),
    host: request.manager.name,
    pid: process.pid,
    kind,
    user: as?.user ?? request.identity?.principal.name ?? request.refusedName ?? '',
    source: request.source,
    requestId: request.callId,
    method: methodOf(request),
    url: recordedUrl(request),
    status,
    bytes,
    agent: recordedHeader(request.headers['user-agent']) ?? '',
    micros: Math.round((performance.now() - request.arrivedAt) * 1000),
  }
  if (request.outcome !== undefined) record.outcome = request.outcome
  if (request.failure !== undefined) record.error = request.failure
  if (signing) {
    record.module = 'ACCESS_CONTROL'
    record.operation = kind === 'sign-in' ? 'LOGIN' : 'LOGOUT'
  } else if (request.route.operation) {
    record.module = request.route.operation.module
    record.operation = request.route.operation.name
  }
  const externalRequestId = recordedHeader(request.headers['x-nsx-ereqid'])
  if (externalRequestId !== undefined) record.externalRequestId = externalRequestId
  const externalUser = recordedHeader(request.headers['x-nsx-euser'])
  if (externalUser !== undefined) record.externalUser = externalUser
  if (write) {
    record.write = true
    record.parameters = recordedParameters(request)
    if (changed.entity !== undefined) record.entity = changed.entity
    if (changed.before !== undefined) record.before = maskSecrets(changed.before)
    if (changed.after !== undefined) record.after = maskSecrets(changed.after)
  }
  return record
}
