import type { Step } from './syntax.ts'

/** What a command takes where its syntax has a name in angle brackets. @template S Session of the console. */
export interface Argument<S> {
  /** What `?` says of it. */
  help: string
  /** How help and lists show it; `<name>` unless said otherwise. */
  shown?: string
  /** Masked in audit records. */
  secret?: true
  /** Why the value is none; undefined where it is one. */
  check?(value: string): string | undefined
  /** What Tab completes. */
  values?(session: S): readonly string[] | Promise<readonly string[]>
}

/** The values that a line gave for the arguments, by their names. What the syntax leaves optional may be missing. */
export type Values = Readonly<Record<string, string | undefined>>

/** One command of a console. Everything that help, completion, lists and the documentation show comes from here. */
export interface Command<S> {
  /** As `readSyntax` reads it. */
  syntax: string
  /** Modes in which it is there; absent: all. */
  modes?: readonly string[]
  /** One line. */
  summary: string
  arguments?: Readonly<Record<string, Argument<S>>>
  /** What `?` says of its words, where the console's own table does not suit. */
  words?: Readonly<Record<string, string>>
  /** As its help prints it; it must be a line that the syntax takes. */
  example: string
  /** What it prints goes out while it runs, after its audit record. */
  streams?: true
  /** Neither listed nor completed. */
  hidden?: true
  /**
   * Prints with `session.print`; whatever it throws is printed as an error.
   *
   * @param words The words of the syntax that the line had, spelt out, such as an option without a value.
   */
  run(session: S, values: Values, words: ReadonlySet<string>): void | Promise<void>
}

/** An error that a command prints as it is. */
export class ConsoleError extends Error {
  override name = 'ConsoleError'
}

/** A whole number of a range, as an argument. */
export function wholeNumber<S>(help: string, minimum: number, maximum: number): Argument<S> {
  return {
    help: `${help} (${minimum}-${maximum})`,
    check: (value) =>
      /^-?\d{1,9}$/.test(value) && Number(value) >= minimum && Number(value) <= maximum
        ? undefined
        : `not a whole number from ${minimum} to ${maximum}`,
  }
}

/** One of a few words, as an argument. */
export function oneOf<S>(help: string, ...choices: readonly string[]): Argument<S> {
  return {
    help: `${help} (${choices.join(', ')})`,
    values: () => choices,
    check: (value) => (choices.includes(value) ? undefined : `none of ${choices.join(', ')}`),
  }
}

/** A word of a line as it was understood. */
export interface ReadWord {
  leaf: Step['leaf']
  /** Spelt out. */
  text: string
  secret: boolean
}
