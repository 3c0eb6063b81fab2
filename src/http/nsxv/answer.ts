import type { FastifyReply, FastifyRequest } from 'fastify'
import type { NsxvCall } from '../../access/nsxv/call.ts'
import type { Nsxv } from '../../access/nsxv/nsxv.ts'
import type { NsxvPrincipal } from '../../access/nsxv/principal.ts'
import { nsxvRecord } from './call-record.ts'
import { type Document, toJson, toXml } from './document.ts'
import { contentTypes, formFor } from './media.ts'

export function nsxvOf({ server }: FastifyRequest): Nsxv {
  const { nsxv } = server.services
  if (!nsxv) throw new Error('a call that came in without an NSX Manager')
  return nsxv
}

export function callerOf({ nsxv }: FastifyRequest): NsxvPrincipal {
  if (!nsxv) throw new Error('a call without a caller')
  return nsxv
}

/** A document in the form that the client wants. */
function written({ headers }: FastifyRequest, document: Document): { body: string; type: string } {
  const form = formFor(headers.accept, ['xml', 'json'])
  return form === 'json'
    ? { body: toJson(document), type: contentTypes.json }
    : { body: toXml(document), type: contentTypes.xml }
}

export function answer(request: FastifyRequest, reply: FastifyReply, document: Document): FastifyReply {
  const { body, type } = written(request, document)
  return reply.type(type).send(body)
}

/**
 * Answers a call that changes something: the change, the answer and its audit record are made in one transaction.
 *
 * @param document The answer; absent: 204 without one.
 */
export async function answerChange<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  useCase: (call: NsxvCall) => Promise<unknown>,
  document?: (result: T) => Document,
): Promise<FastifyReply> {
  const { journal, clock } = request.server.services
  const status = document ? 200 : 204
  let answer: { body: string; type: string } | undefined
  const call: NsxvCall = {
    caller: callerOf(request),
    now: clock(),
    async change(work) {
      const result = await journal.change(work, (result, values) => {
        answer = document && written(request, document(result as unknown as T))
        return nsxvRecord(request, status, Buffer.byteLength(answer?.body ?? ''), values)
      })
      request.audited = true
      return result
    },
  }
  await useCase(call)
  reply.code(status)
  return answer ? reply.type(answer.type).send(answer.body) : reply.send()
}
