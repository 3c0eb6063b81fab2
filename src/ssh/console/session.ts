import type { Call } from '../../access/call.ts'
import type { LocalUser } from '../../access/principal.ts'
import type { Appliance } from '../../inventory/appliances.ts'

/** An open console, as its commands see it. */
export interface ConsoleSession {
  /** Who signed in, with the rights they have now. */
  readonly user: LocalUser
  readonly appliance: Appliance
  /** The address they come from. */
  readonly source: string
  /** Whether there is a terminal, not a pipe or one command only. */
  readonly interactive: boolean
  /** Columns of the terminal, as they are now. */
  readonly columns: number
  /** One of the modes of the console; commands change it. */
  mode: string
  /** How the command that runs makes its change: together with its audit record. Each command has its own. */
  readonly call: Call
  /** The commands of the mode that the user may run, for `list` and `help`. */
  commands(): readonly CommandLine[]
  /** Aborted by Ctrl-C, and when the console ends. */
  readonly signal: AbortSignal
  /** Lines of the answer. They go out once the command's audit record is on disk. */
  print(...lines: string[]): void
  /** Writes at once and waits for the client to take it; for commands that stream. */
  write(text: string): Promise<void>
  /**
   * Asks for a line, in a terminal and in a pipe.
   *
   * @throws {Interrupted} by Ctrl-C and at the end of the input.
   */
  ask(prompt: string, echo: 'shown' | 'hidden'): Promise<string>
  /** The console closes when the command is done. */
  end(): void
}

/** A command as lists and help show it. */
export interface CommandLine {
  line: string
  summary: string
  example: string
}

/** The user gave the command up. */
export class Interrupted extends Error {
  override name = 'Interrupted'
}
