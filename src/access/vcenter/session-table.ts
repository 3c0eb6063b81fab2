import type { Change } from '../../audit/journal.ts'
import type { VcenterPrincipal } from './principal.ts'

/** A session of vCenter, whichever face it was made on. Its id is known to the client only. */
export interface VcenterSession {
  /** Names the session where its id must not be shown. */
  readonly key: string
  /** Who signed in, as they are now. */
  readonly principal: VcenterPrincipal
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly usedAt: number
}

export interface VcenterSessions {
  /** @throws {AccessError} `too_many_sessions` */
  create(
    change: Change,
    whose: { principal: VcenterPrincipal; source: string; agent: string; locale?: string },
  ): Promise<{ id: string; session: VcenterSession }>
  /** The session of an id, whose use this is; undefined where there is none or it has ended. */
  authenticate(id: string): VcenterSession | undefined
  end(change: Change, key: string): Promise<void>
}

export interface VcenterDoor {
  /** @throws {AccessError} `unauthenticated`, or `busy` when too many sign-ins are waiting. */
  signIn(credentials: { name: string; password: string; source: string }): Promise<VcenterPrincipal>
}
