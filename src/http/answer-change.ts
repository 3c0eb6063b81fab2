import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Call } from '../access/call.ts'
import type { AuditRecord } from '../audit/record.ts'
import { callRecord } from './call-record.ts'

interface Answer<T> {
  /** 200 unless said otherwise. */
  status?: number
  /** The body on the wire; without one the answer is empty and not JSON. */
  body?: (result: T) => unknown
  /** How the audit record shows the object before and after; as the answer does unless said otherwise. */
  show?: (state: T) => unknown
  /** Headers that come from the result. */
  headers?: (result: T) => Record<string, string | string[]>
  /** Where the audit log shows the call as something else than a call. */
  as?: { kind: AuditRecord['kind']; user: string }
}

/**
 * Answers a call that changes something: the change, the answer and its audit record are made in one transaction, so
 * that what the record says of the answer is what the client gets.
 */
export async function answerChange<T = never>(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer<T>,
  useCase: (call: Call) => Promise<unknown>,
): Promise<FastifyReply> {
  const { journal, clock } = request.server.services
  let payload = ''
  const wire = answer.show ?? answer.body
  const show = (state: unknown) => (state === undefined || !wire ? state : wire(state as T))
  const call: Call = {
    get caller() {
      if (!request.identity) throw new Error('a change without a caller')
      return request.identity.principal
    },
    session: request.identity?.session,
    now: clock(),
    async change(work) {
      const result = await journal.change(work, (result, values) => {
        reply.code(answer.status ?? 200)
        if (answer.body) payload = reply.serialize(answer.body(result as unknown as T)) as string
        const shown = { ...values, before: show(values.before), after: show(values.after) }
        return callRecord(request, reply.statusCode, Buffer.byteLength(payload), shown, answer.as)
      })
      request.audited = true
      if (answer.headers) reply.headers(answer.headers(result as unknown as T))
      return result
    },
  }
  await useCase(call)
  if (answer.body) reply.type('application/json')
  return reply.send(payload)
}
