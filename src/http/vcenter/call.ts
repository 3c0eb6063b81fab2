import type { FastifyRequest } from 'fastify'
import { AccessError } from '../../access/errors.ts'
import { displayName } from '../../access/vcenter/principal.ts'
import type { VcenterSession } from '../../access/vcenter/sessions.ts'
import type { ChangedValues } from '../../audit/journal.ts'
import { maskText } from '../../audit/mask.ts'
import type { AuditRecord } from '../../audit/record.ts'
import { recordedHeader } from '../recorded.ts'
import type { VapiErrorName } from './vapi/errors.ts'
import type { Operation, OperationCall } from './vapi/operation.ts'

/** What is known of a vCenter call while it is answered; each face finds it out in its own way. */
export interface VcenterState {
  session: VcenterSession | undefined
  credentials: { name: string; password: string } | undefined
  /** What the client calls the operation. */
  opId: string
  /** As the audit log names it. */
  operation: string | undefined
  /** Whether it changes something. */
  writes: boolean
  signs: 'in' | 'out' | undefined
  /** Of success, as REST has it. */
  status: number | undefined
  /** Its inputs, as the audit log may show them. */
  parameters: unknown
  /** Who signs in: as they call themselves, until it is known who they are. */
  user: string | undefined
  /** What the call is answered with, where it fails. */
  failure: { name: VapiErrorName; status: number } | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    vcenter: VcenterState | undefined
  }
}

const longestOpId = 256

export function stateOf(request: FastifyRequest): VcenterState {
  request.vcenter ??= {
    session: undefined,
    credentials: undefined,
    opId: '',
    operation: undefined,
    writes: false,
    signs: undefined,
    status: undefined,
    parameters: undefined,
    user: undefined,
    failure: undefined,
  }
  return request.vcenter
}

/** Text that a client calls its operation by, cut to a length that can be kept. */
export function opIdOf(...candidates: unknown[]): string {
  const given = candidates.find((candidate) => typeof candidate === 'string' && candidate !== '')
  return maskText((given as string | undefined) ?? '').slice(0, longestOpId)
}

/** Of success on REST. */
export const successStatus = ({ rest, output }: Operation) => rest?.status ?? (output.kind === 'void' ? 204 : 200)

/** Tells the call's record which operation it is, before anything can go wrong with it. */
export function declareTo(request: FastifyRequest, operation: Operation): void {
  const { service, id, reads, signs, rest } = operation
  const state = stateOf(request)
  state.status = successStatus(operation)
  state.operation = `${service}.${id}`
  state.signs = signs
  state.writes = !reads && !signs && rest?.method !== 'GET'
}

/**
 * The call as use cases have it.
 *
 * @param answered Makes the answer from what was changed, inside the transaction, and its record.
 */
export function operationCall(
  request: FastifyRequest,
  answered: (result: unknown, values: ChangedValues) => AuditRecord,
): OperationCall {
  const { journal, clock } = request.server.services
  const state = stateOf(request)
  return {
    caller: state.session?.principal,
    sessionKey: state.session?.key,
    opId: state.opId,
    now: clock(),
    credentials: state.credentials,
    source: request.source,
    agent: recordedHeader(request.headers['user-agent']) ?? '',
    get session() {
      if (!state.session) throw new AccessError('unauthenticated', 'There is no session')
      return state.session
    },
    signedIn(principal) {
      state.user = displayName(principal)
    },
    async change(work) {
      const result = await journal.change(work, answered)
      request.audited = true
      return result
    },
  }
}
