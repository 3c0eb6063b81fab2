import type { Change } from '../audit/journal.ts'
import type { Principal } from './principal.ts'
import type { OpenConsole } from './sessions/consoles.ts'
import type { Session } from './sessions/sessions.ts'

/** Who calls, and how a change of theirs is made: durable together with the call's audit record. */
export interface Call {
  /** The caller, as known when the call came in. */
  readonly caller: Principal
  /** The caller's session; absent where they sign in with every call. */
  readonly session: Session | undefined
  /** The caller's console, where they call through one. */
  readonly console?: OpenConsole
  /** Milliseconds since 1970. */
  readonly now: number
  /** Makes the change; its result is what the call answers. Once a call. */
  change<T>(work: (change: Change) => Promise<T>): Promise<T>
}
