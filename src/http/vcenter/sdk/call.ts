import type { Work } from '../../../access/turns/turns.ts'
import type { VcenterCall } from '../../../access/vcenter/call.ts'
import type { VcenterPrincipal } from '../../../access/vcenter/principal.ts'
import type { VcenterSession } from '../../../access/vcenter/sessions.ts'
import type { Services } from '../../../services.ts'
import type { LargeAnswer } from '../../large-answer.ts'
import type { SecuredMessage } from '../saml/security.ts'
import type { Registry } from './registry.ts'
import type { Version } from './release.ts'
import type { SessionObjects } from './session-objects.ts'
import type { Tasks } from './tasks.ts'

/** What a method is told of the call it answers. */
export interface SdkCall extends VcenterCall {
  readonly services: Services
  readonly registry: Registry
  readonly session: VcenterSession | undefined
  /** What the caller's session has made for itself; of nobody: nothing. */
  readonly objects: SessionObjects
  readonly tasks: Tasks
  /** `host:port` that the client called. */
  readonly authority: string
  /** What the call came in. */
  readonly message: SecuredMessage
  /** Values that all sessions of the caller are told the changes of. */
  watchedByCaller(): number
  /** The id of the task that the call begins, where it begins one. */
  readonly taskId: string
  /** Who is charged for what the call costs. */
  readonly callerKey: string
  /** What the client was made for: it is told of nothing that came later. */
  readonly version: Version
  /** The caller's address. */
  readonly source: string
  /** What the client calls itself. */
  readonly agent: string
  /** Ends when the server stops or the client is gone: whoever waits stops waiting then. */
  readonly ended: AbortSignal
  /** The work of the call, where it may take long. */
  readonly work: Work
  /** The answer, where it may be large. */
  readonly answer: LargeAnswer
  /** Tells the audit record who it was that signed in. */
  signedIn(principal: VcenterPrincipal): void
  /** Gives the client a session. */
  sendSession(id: string): void
}
