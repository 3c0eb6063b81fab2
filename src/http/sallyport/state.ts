import type { FastifyRequest } from 'fastify'
import { AccessError } from '../../access/errors.ts'
import type { VcenterSession } from '../../access/vcenter/sessions.ts'
import type { SignedIn } from '../../access/vcenter/sso/principals.ts'

/** What is known of a call of our own API while it is answered. */
export interface SallyportState {
  caller?: {
    principal: SignedIn
    /** Absent where the caller signs in with every call. */
    session: VcenterSession | undefined
  }
  /** Code of the refusal it is answered with. */
  failure?: string
}

declare module 'fastify' {
  interface FastifyRequest {
    sallyport: SallyportState | undefined
  }
}

export function stateOf(request: FastifyRequest): SallyportState {
  request.sallyport ??= {}
  return request.sallyport
}

/** @throws {AccessError} `unauthenticated` where nobody signed in. */
export function callerOf(request: FastifyRequest): SignedIn {
  const { caller } = stateOf(request)
  if (!caller) throw new AccessError('unauthenticated', 'Authentication is required')
  return caller.principal
}
