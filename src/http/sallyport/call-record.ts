import type { FastifyRequest } from 'fastify'
import { displayName } from '../../access/vcenter/principal.ts'
import type { ChangedValues } from '../../audit/journal.ts'
import { maskSecrets, maskUrl } from '../../audit/mask.ts'
import type { AuditRecord } from '../../audit/record.ts'
import { parametersOf, reading } from '../call-record.ts'
import { stateOf } from './state.ts'

/** The audit record of a call of our own API as it is answered. It stands in vCenter's log, whose users it is about. */
export function sallyportRecord(
  request: FastifyRequest,
  status: number,
  bytes: number,
  changed: ChangedValues = {},
): AuditRecord {
  const { services } = request.server
  const { route, refusedName, method, headers } = request
  const { caller, failure } = stateOf(request)
  const known = caller !== undefined
  const record: AuditRecord = {
    at: services.clock(),
    host: services.appliances.vcenter.name,
    pid: process.pid,
    surface: 'vcenter',
    kind: refusedName !== undefined ? 'sign-in' : known || route.requires === 'nothing' ? 'call' : 'unauthenticated',
    user: caller ? displayName(caller.principal) : (refusedName ?? ''),
    source: request.source,
    requestId: request.callId,
    method,
    url: maskUrl(request.originalUrl),
    status,
    bytes,
    agent: (headers['user-agent'] ?? '').slice(0, 256),
    micros: Math.round((performance.now() - request.arrivedAt) * 1000),
    face: 'sallyport',
  }
  if (failure !== undefined) record.error = failure
  if (route.operation) {
    record.module = route.operation.module
    record.operation = `${route.operation.module}.${route.operation.name}`
  }
  if (known && !reading.has(method)) {
    record.write = true
    record.parameters = parametersOf(request)
    if (changed.entity !== undefined) record.entity = changed.entity
    if (changed.before !== undefined) record.before = maskSecrets(changed.before)
    if (changed.after !== undefined) record.after = maskSecrets(changed.after)
  }
  return record
}
