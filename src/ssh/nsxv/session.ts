import type { NsxvCall } from '../../access/nsxv/call.ts'
import type { Nsxv } from '../../access/nsxv/nsxv.ts'
import type { Services } from '../../services.ts'
import type { Argument, Command } from '../console/command.ts'
import type { ConsoleSession } from '../console/session.ts'

/** Modes of the console. `interface` is a part of the configuration. @see nsxv-api.md 5.1 */
export type NsxvMode = 'basic' | 'privileged' | 'configuration' | 'interface'

/** A command of the NSX-v console. */
export interface NsxvCommand extends Command<NsxvSession> {
  modes: readonly NsxvMode[]
  /** There in the product and not carried out here: why. */
  refused?: string
}

/** An open console. */
export interface NsxvSession extends ConsoleSession {
  readonly services: Services
  readonly nsxv: Nsxv
  /** The call of the command that runs, as the use cases of NSX-v have it. */
  readonly change: NsxvCall
  /**
   * An error of the product's, and one line of ours that says what is meant, where they are switched on.
   * @returns what a `ConsoleError` prints.
   */
  explained(error: string, why: string): string
}

export function nsxvSession(base: ConsoleSession, services: Services, nsxv: Nsxv): NsxvSession {
  const own = {
    services,
    nsxv,
    explained: (error: string, why: string) =>
      services.config.consoleExplanations ? `${error}\nSallyport: ${why}` : error,
  }
  // The base's members change with time: they are asked, not copied.
  const session: NsxvSession = Object.assign(Object.create(base) as ConsoleSession, own) as NsxvSession
  Object.defineProperty(session, 'change', {
    get(): NsxvCall {
      const { caller, console, now, change } = base.call
      return { caller: { name: caller.name, grants: [] }, console, now, change }
    },
  })
  return session
}

/** Behind `enable`. */
export const privileged = ['privileged'] as const
export const everywhere = ['basic', 'privileged', 'configuration', 'interface'] as const
export const viewing = ['basic', 'privileged'] as const
export const configuring = ['configuration'] as const
/** Where the product takes `write memory`. */
export const saving = ['privileged', 'configuration', 'interface'] as const

export const name: Argument<NsxvSession> = { help: 'User name', shown: 'NAME' }
export const password: Argument<NsxvSession> = { help: 'Password', shown: 'PASSWORD', secret: true }

/** Whether somebody means it. */
export async function confirmed(session: NsxvSession, question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await session.ask(question, 'shown')).trim())
}

/** A value that the syntax does not leave out. */
export function given(value: string | undefined): string {
  if (value === undefined) throw new Error('an argument is missing that the syntax demands')
  return value
}
