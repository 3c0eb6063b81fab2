import type { FastifyRequest } from 'fastify'
import { displayName } from '../../access/vcenter/principal.ts'
import type { ChangedValues } from '../../audit/journal.ts'
import { maskSecrets } from '../../audit/mask.ts'
import type { AuditRecord } from '../../audit/record.ts'
import { recordedHeader, recordedUrl } from '../recorded.ts'
import { methodOf } from '../request.ts'
import { stateOf } from './call.ts'

/**
 * The audit record of a vCenter call as it is answered: the same on every face but for its face and what HTTP knows.
 *
 * @param status Of the HTTP answer, where it is not known which operation was called.
 */
export function vcenterRecord(
  request: FastifyRequest,
  face: NonNullable<AuditRecord['face']>,
  status: number,
  bytes: number,
  changed: ChangedValues = {},
): AuditRecord {
  const { services } = request.server
  const state = stateOf(request)
  const { session, opId, operation, writes, signs, parameters, user, failure } = state
  const record: AuditRecord = {
    at: services.clock(),
    host: services.appliances.vcenter.name,
    pid: process.pid,
    surface: 'vcenter',
    kind: signs ? `sign-${signs}` : failure?.name === 'unauthenticated' ? 'unauthenticated' : 'call',
    user: user ?? (session ? displayName(session.principal) : ''),
    source: request.source,
    requestId: request.callId,
    method: methodOf(request),
    url: recordedUrl(request),
    status: failure?.status ?? state.status ?? status,
    bytes,
    agent: recordedHeader(request.headers['user-agent']) ?? '',
    micros: Math.round((performance.now() - request.arrivedAt) * 1000),
    face,
  }
  if (opId !== '') record.opId = opId
  if (failure) record.error = failure.name
  if (operation !== undefined) record.operation = operation
  if (writes) {
    record.write = true
    if (parameters !== undefined) record.parameters = [maskSecrets(parameters)]
    if (changed.entity !== undefined) record.entity = changed.entity
    if (changed.before !== undefined) record.before = maskSecrets(changed.before)
    if (changed.after !== undefined) record.after = maskSecrets(changed.after)
  }
  return record
}
