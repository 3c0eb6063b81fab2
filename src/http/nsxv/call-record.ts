import type { FastifyRequest } from 'fastify'
import type { ChangedValues } from '../../audit/journal.ts'
import { maskSecrets } from '../../audit/mask.ts'
import type { AuditRecord } from '../../audit/record.ts'
import { recordedHeader, recordedParameters, recordedUrl } from '../recorded.ts'
import { methodOf } from '../request.ts'

function kindOf({ refusedName, nsxv }: FastifyRequest): AuditRecord['kind'] {
  if (refusedName !== undefined) return 'sign-in'
  return nsxv ? 'call' : 'unauthenticated'
}

/** The audit record of a call of NSX-v's as it is answered. */
export function nsxvRecord(
  request: FastifyRequest,
  status: number,
  bytes: number,
  changed: ChangedValues = {},
): AuditRecord {
  const kind = kindOf(request)
  const record = { ...recordOf(request, kind), user: request.nsxv?.name ?? request.refusedName ?? '', status, bytes }
  const { operation } = request.route
  if (kind === 'sign-in') return { ...record, ...signIn }
  if (kind !== 'call' || !operation) return record
  return {
    ...record,
    module: operation.module,
    operation: operation.name,
    write: true,
    parameters: recordedParameters(request),
    ...(changed.entity === undefined ? {} : { entity: changed.entity }),
    ...(changed.before === undefined ? {} : { before: maskSecrets(changed.before) }),
    ...(changed.after === undefined ? {} : { after: maskSecrets(changed.after) }),
  }
}

const signIn = { module: 'ACCESS_CONTROL', operation: 'LOGIN' }

/** The record of the sign-in with which somebody's visit begins. */
export function visitRecord(request: FastifyRequest, user: string, entity: string | undefined): AuditRecord {
  const record = { ...recordOf(request, 'sign-in'), user, status: 200, bytes: 0, ...signIn }
  return entity === undefined ? record : { ...record, entity }
}

function recordOf(request: FastifyRequest, kind: AuditRecord['kind']) {
  const { services } = request.server
  return {
    at: services.clock(),
    host: services.appliances.nsxv?.name ?? request.manager.name,
    pid: process.pid,
    surface: 'nsxv',
    kind,
    source: request.source,
    requestId: request.callId,
    method: methodOf(request),
    url: recordedUrl(request),
    agent: recordedHeader(request.headers['user-agent']) ?? '',
    micros: Math.round((performance.now() - request.arrivedAt) * 1000),
  } as const
}
