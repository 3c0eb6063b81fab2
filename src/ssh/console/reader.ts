/** What came instead of a line, or the line. */
export type Read = { line: string } | { line?: undefined; why: 'interrupted' | 'suspended' | 'ended' | 'idle' }

/** Helps whoever types a line; a pipe has no use for it. */
export interface Assist {
  /** What `?` shows behind this beginning of a line. */
  help(beginning: string): Promise<readonly string[]>
  /** What Tab does behind it: text to add, or lines to show. */
  complete(beginning: string): Promise<{ add: string } | { show: readonly string[] }>
  /** Whether a `?` behind it belongs to the line. */
  isQuoted(beginning: string): boolean
}

export interface ReadOptions {
  echo: 'shown' | 'hidden'
  /** Absent where no command is asked for: then there is no history either. */
  assist?: Assist
  /** Milliseconds without a key; 0: for ever. */
  idle?: number
  /** Lines that are remembered; absent: 200. */
  remembered?: number
}

/** Where a console's lines come from: a terminal or a pipe. */
export interface LineReader {
  read(prompt: string, options: ReadOptions): Promise<Read>
  /** Waits for a key before more is shown; absent where nobody types. @param idle Milliseconds; 0: for ever. */
  more?(prompt: string, idle: number): Promise<'page' | 'line' | 'quit' | 'idle'>
  /** Told of Ctrl-C while nobody reads. */
  onInterrupt(tell: () => void): void
  /** Nothing more comes, whatever the client sends. */
  close(): void
}

/** Longest line there is, in characters: one with the longest SSH key fits. */
export const longestLine = 20_000

/** Characters that may wait to be read; whoever sends more is not listened to until some of them are read. */
export const longestTypeAhead = 4 * longestLine

/** Where bytes come from and go to. */
export interface Terminal {
  /** Columns and rows of a terminal as they are now; undefined for a pipe. */
  readonly size: { columns: number; rows: number } | undefined
  /** Writes text whose lines end in `\n`, and waits until the client has taken all but a little of it. */
  write(text: string): Promise<void>
  /** Tells every piece that arrives, and then undefined once at the end. */
  onInput(tell: (bytes: Buffer | undefined) => void): void
  /** Tells once that nobody looks any more, which the end of the input does not mean. */
  onGone(tell: () => void): void
  pause(): void
  resume(): void
}
