import type { FastifyRequest } from 'fastify'
import { AccessError } from '../../access/errors.ts'
import type { Principal } from '../../access/principal.ts'
import type { SignInSurface } from '../../access/sign-in/surface-of-name.ts'
import type { VcenterSession } from '../../access/vcenter/sessions.ts'
import type { SignedIn } from '../../access/vcenter/sso/principals.ts'

/**
 * What is known of a call of our own API while it is answered. Its caller is somebody of vCenter's, somebody of NSX
 * Manager's, who is the request's `identity`, or both.
 */
export interface SallyportState {
  vcenter?: {
    principal: SignedIn
    /** Absent where the caller signs in with every call. */
    session: VcenterSession | undefined
  }
  /** Whose session the call showed that is none, or no longer. */
  ended: Set<SignInSurface>
  /** Whose door refused the name and the password of the call. */
  refusedBy?: SignInSurface
  /** What the call is about, where its path does not say. */
  about?: SignInSurface
  /** Code of the refusal it is answered with. */
  failure?: string
}

declare module 'fastify' {
  interface FastifyRequest {
    sallyport: SallyportState | undefined
  }
}

export function stateOf(request: FastifyRequest): SallyportState {
  request.sallyport ??= { ended: new Set() }
  return request.sallyport
}

/** Who calls, of vCenter's users. @throws {AccessError} `unauthenticated`, `forbidden` where it is none of them. */
export function vcenterCallerOf(request: FastifyRequest): SignedIn {
  const caller = stateOf(request).vcenter
  if (!caller) throw noneOf(request, 'vcenter')
  return caller.principal
}

/** Who calls, of NSX Manager's users. @throws {AccessError} `unauthenticated`, `forbidden` where it is none of them. */
export function nsxCallerOf(request: FastifyRequest): Principal {
  if (!request.identity) throw noneOf(request, 'nsx')
  return request.identity.principal
}

const names = { nsx: 'NSX Manager', vcenter: 'vCenter' }

function noneOf(request: FastifyRequest, surface: SignInSurface): AccessError {
  const { vcenter, ended } = stateOf(request)
  const known = vcenter ?? request.identity
  if (!known || ended.has(surface)) {
    return new AccessError('unauthenticated', `There is no session of ${names[surface]}, or no longer`)
  }
  return new AccessError('forbidden', `Only users of ${names[surface]} may do this, and it is none of them that calls`)
}
