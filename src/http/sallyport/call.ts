import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Call } from '../../access/call.ts'
import type { VcenterCall } from '../../access/vcenter/call.ts'
import { sallyportRecord } from './call-record.ts'
import { nsxCallerOf, stateOf } from './state.ts'

interface Answer<T, State> {
  /** Of an answer without a body 204, else 200, unless said otherwise. */
  status?: number
  body?: (result: T) => unknown
  /** How the audit record shows the object before and after. */
  show: (state: State) => unknown
}

/**
 * Answers a call of a user of vCenter's that changes something: the change, the answer and its audit record are made in
 * one transaction.
 */
export function answerChange<T = void, State = T>(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer<T, State>,
  useCase: (call: VcenterCall) => Promise<T>,
): Promise<FastifyReply> {
  const { vcenter } = stateOf(request)
  return answerAnyChange(request, reply, answer, (call) =>
    useCase({ ...call, caller: vcenter?.principal, sessionKey: vcenter?.session?.key, opId: '' }),
  )
}

/** The same for a user of NSX Manager's. */
export function answerNsxChange<T = void, State = T>(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer<T, State>,
  useCase: (call: Call) => Promise<T>,
): Promise<FastifyReply> {
  const caller = nsxCallerOf(request)
  return answerAnyChange(request, reply, answer, (call) =>
    useCase({ ...call, caller, session: request.identity?.session }),
  )
}

/** The same for a caller of either. */
export async function answerAnyChange<T = void, State = T>(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, body, show }: Answer<T, State>,
  useCase: (call: Pick<Call, 'now' | 'change'>) => Promise<T>,
): Promise<FastifyReply> {
  const { journal, clock } = request.server.services
  const shown = (state: unknown) => (state === undefined ? undefined : show(state as State))
  let payload = ''
  reply.code(status ?? (body ? 200 : 204))
  await useCase({
    now: clock(),
    async change(work) {
      const result = await journal.change(work, (made, values) => {
        if (body) payload = reply.serialize(body(made as unknown as T)) as string
        const changed = { ...values, before: shown(values.before), after: shown(values.after) }
        return sallyportRecord(request, reply.statusCode, Buffer.byteLength(payload), changed)
      })
      request.audited = true
      return result
    },
  })
  if (body) reply.type('application/json')
  return reply.send(payload)
}
