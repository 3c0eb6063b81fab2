import type { Change } from '../../audit/journal.ts'
import type { VcenterPrincipal } from './principal.ts'

/** Who calls vCenter, over whichever of its faces, and how a change of theirs is made. */
export interface VcenterCall {
  /** Undefined: nobody, who may do what needs System.Anonymous. */
  readonly caller: VcenterPrincipal | undefined
  /** Key of the caller's session in the table of sessions; undefined without one. */
  readonly sessionKey: string | undefined
  /** What the client calls this operation, to tell its privilege checks from others; empty where it does not. */
  readonly opId: string
  /** Milliseconds since 1970. */
  readonly now: number
  /** Makes a change, durable together with the call's audit record; its result is what the call answers. Once a call. */
  change<T>(work: (change: Change) => Promise<T>): Promise<T>
}
