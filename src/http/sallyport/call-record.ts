import type { FastifyRequest } from 'fastify'
import type { SignInSurface } from '../../access/sign-in/surface-of-name.ts'
import { displayName } from '../../access/vcenter/principal.ts'
import type { ChangedValues } from '../../audit/journal.ts'
import { maskSecrets } from '../../audit/mask.ts'
import type { AuditRecord } from '../../audit/record.ts'
import { reading } from '../call-record.ts'
import { recordedHeader, recordedParameters, recordedUrl } from '../recorded.ts'
import { methodOf, type Requirement } from '../request.ts'
import { stateOf } from './state.ts'

/** Where a sign-in or a sign-out is recorded, which the call's path does not say. */
export interface SigningRecord {
  kind: 'sign-in' | 'sign-out'
  surface: SignInSurface
  user: string
}

/** The audit record of a call of our own API as it is answered: in the log whose user calls, by whose right it is made. */
export function sallyportRecord(
  request: FastifyRequest,
  status: number,
  bytes: number,
  changed: ChangedValues = {},
  as?: SigningRecord,
): AuditRecord {
  const { services } = request.server
  const { route, identity, refusedName, headers, manager } = request
  const method = methodOf(request)
  const { vcenter, failure } = stateOf(request)
  const inNsx = (as?.surface ?? logOf(request)) === 'nsx'
  const names = refusedName === undefined ? [identity?.principal.name, vcenter && displayName(vcenter.principal)] : []
  const [user, otherUser] = inNsx ? names : names.toReversed()
  const kind = as?.kind ?? kindOf(request, inNsx)
  const signing = kind === 'sign-in' || kind === 'sign-out'
  const record: AuditRecord = {
    at: services.clock(),
    host: inNsx ? manager.name : services.appliances.vcenter.name,
    pid: process.pid,
    ...(inNsx ? {} : { surface: 'vcenter' as const }),
    kind,
    user: as?.user ?? user ?? refusedName ?? '',
    source: request.source,
    requestId: request.callId,
    method,
    url: recordedUrl(request),
    status,
    bytes,
    agent: recordedHeader(headers['user-agent']) ?? '',
    micros: Math.round((performance.now() - request.arrivedAt) * 1000),
    face: 'sallyport',
  }
  if (otherUser !== undefined) record.otherUser = otherUser
  if (failure !== undefined) record.error = failure
  if (signing && inNsx) {
    record.module = 'ACCESS_CONTROL'
    record.operation = kind === 'sign-in' ? 'LOGIN' : 'LOGOUT'
  } else if (route.operation) {
    record.module = route.operation.module
    record.operation = `${route.operation.module}.${route.operation.name}`
  }
  const reads = reading.has(method) || route.readsByPost === true
  if ((identity || vcenter) && !reads && !signing) {
    record.write = true
    record.parameters = recordedParameters(request)
    if (changed.entity !== undefined) record.entity = changed.entity
    if (changed.before !== undefined) record.before = maskSecrets(changed.before)
    if (changed.after !== undefined) record.after = maskSecrets(changed.after)
  }
  return record
}

/** Whose log the call belongs to: that of the one who calls; where they are of both, or of none, what it is about decides. */
function logOf(request: FastifyRequest): SignInSurface {
  const { identity, refusedName, route } = request
  const { vcenter, refusedBy, about } = stateOf(request)
  if (refusedName !== undefined) return refusedBy ?? 'vcenter'
  if (vcenter && !identity) return 'vcenter'
  if (identity && !vcenter) return 'nsx'
  return about ?? (isNsxRequirement(route.requires) ? 'nsx' : 'vcenter')
}

const isNsxRequirement = (requires: Requirement | undefined) => typeof requires === 'object' && 'feature' in requires

function kindOf(request: FastifyRequest, inNsx: boolean): AuditRecord['kind'] {
  const { identity, refusedName, route } = request
  if (refusedName !== undefined) return 'sign-in'
  if (!identity && !stateOf(request).vcenter && route.requires !== 'nothing') return 'unauthenticated'
  return inNsx && !route.operation ? 'node-call' : 'call'
}
