import type { Change } from '../../audit/journal.ts'
import type { OpenConsole } from '../sessions/consoles.ts'
import type { NsxvPrincipal } from './principal.ts'

/** Who calls NSX Manager for vSphere, over its API or on its console, and how a change of theirs is made. */
export interface NsxvCall {
  readonly caller: Pick<NsxvPrincipal, 'name' | 'grants'>
  /** The console that the call is made on; absent for calls of the API. */
  readonly console?: OpenConsole | undefined
  /** Milliseconds since 1970. */
  readonly now: number
  /** Makes a change, durable together with the call's audit record; its result is what the call answers. Once a call. */
  change<T>(work: (change: Change) => Promise<T>): Promise<T>
}
