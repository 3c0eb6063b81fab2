import type { FastifyReply } from 'fastify'
import { RequestError } from './request-error.ts'

/** A signal that comes when nobody waits for the answer any more. Its reason is the error that the call ends with. */
export function gone({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  const abort = () => controller.abort(new RequestError('client_gone', 'The client is gone'))
  if (raw.closed) abort()
  else raw.once('close', abort)
  return controller.signal
}
