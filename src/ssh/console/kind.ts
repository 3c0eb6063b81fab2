import type { AccessError } from '../../access/errors.ts'
import type { Command } from './command.ts'
import type { ConsoleSession } from './session.ts'

/**
 * A console of the product: its modes, its commands and its words.
 *
 * @template S What its commands get.
 * @template C What its commands are, where they say more of themselves than every console's do.
 */
export interface ConsoleKind<S extends ConsoleSession = ConsoleSession, C extends Command<S> = Command<S>> {
  /** By their names. */
  readonly modes: Readonly<Record<string, ConsoleMode<S>>>
  readonly firstMode: string
  readonly commands: readonly C[]
  /** What `?` says of words, where the command itself does not. */
  readonly words: Readonly<Record<string, string>>
  /** Whether quotes keep blanks in one word. */
  readonly quotes: boolean
  /** Whether `|` behind a command leads to what is done with its answer. */
  readonly pipes?: true
  readonly texts: ConsoleTexts
  /** What commands get: what every console has, and more. */
  session(base: ConsoleSession): S
  /** Whether the user may run a command; help leaves out what they may not. Absent: all of them. */
  permits?(session: S, command: C): boolean
  /** What must be done before anything else, such as changing a password; the console closes after it. */
  first?(session: S): C | undefined
  /** What a refusal of a use case reads like. */
  refusal(error: AccessError, session: S): string
  /** Printed when a terminal opens. */
  greeting?(session: S): readonly string[]
  /** What Ctrl-Z does. */
  suspend?(session: S): void
  /** Told when the console closes, however it does. */
  closed?(session: S): void
  /** Lines that the console remembers; absent: 200. */
  historySize?(session: S): number
  /** Seconds without a key after which the console closes; 0: never. */
  idleSeconds?(session: S): number
}

export interface ConsoleMode<S> {
  /** With the blank behind it, where there is one. */
  prompt(session: S): string
}

/** What the console itself says. */
export interface ConsoleTexts {
  unknown(line: string, alternatives: readonly string[]): string
  ambiguous(line: string, candidates: readonly string[]): string
  incomplete(line: string): string
  invalid(argument: string, value: string, why: string): string
  /** A command that the user may not run. */
  forbidden: string
  /** `?` where nothing could be typed. */
  noHelp: string
}
