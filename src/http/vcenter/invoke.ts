import type { FastifyRequest } from 'fastify'
import { AccessError } from '../../access/errors.ts'
import type { AuditRecord } from '../../audit/record.ts'
import { callerKeyOf } from '../caller.ts'
import { declareTo, operationCall, stateOf } from './call.ts'
import { vcenterRecord } from './call-record.ts'
import type { Operation } from './vapi/operation.ts'
import { type Rendering, restJson } from './vapi/rendering.ts'
import { writeValue } from './vapi/write.ts'

/** As the audit log shows inputs: secrets are left out by their type. */
const shown: Rendering = { ...restJson, secret: () => '*****' }

/**
 * Answers a call of an operation. What it changes, the answer and the audit record are made in one transaction.
 *
 * @param readInput Reads the inputs; called once the caller is known to be allowed to call at all.
 * @param encode Makes the answer's body from the result's JSON value.
 * @returns the body.
 */
export async function invoke(
  request: FastifyRequest,
  face: NonNullable<AuditRecord['face']>,
  operation: Operation,
  rendering: Rendering,
  readInput: () => Record<string, unknown>,
  encode: (output: unknown) => string,
): Promise<string> {
  const state = stateOf(request)
  declareTo(request, operation)
  if (operation.signs === 'in') state.user = state.credentials?.name
  if (operation.requires !== 'nothing' && !state.session)
    throw new AccessError('unauthenticated', 'There is no session')
  const input = readInput()
  if (state.writes) {
    const fields = { kind: 'structure', name: '', fields: operation.input } as const
    state.parameters = writeValue(fields, input, shown)
  }

  if (operation.id === 'list') {
    // What there is grows with the store.
    const work = request.server.services.turns.begin(callerKeyOf(request))
    if (work.isSpent) await work.turn()
  }

  let body: string | undefined
  const encoded = (result: unknown) => encode(writeValue(operation.output, result, rendering))
  const call = operationCall(request, (result, values) => {
    body = encoded(result)
    return vcenterRecord(request, face, 200, Buffer.byteLength(body), values)
  })
  const result = await operation.run(request.server.services, call, input as never)
  return body ?? encoded(result)
}
