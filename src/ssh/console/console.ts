import type { Call } from '../../access/call.ts'
import { AccessError } from '../../access/errors.ts'
import type { LocalUser } from '../../access/principal.ts'
import { JournalError } from '../../audit/journal.ts'
import type { Appliance } from '../../inventory/appliances.ts'
import { createAssist } from './assist.ts'
import { type Command, ConsoleError, type ReadWord } from './command.ts'
import type { ConsoleKind } from './kind.ts'
import { type Match, match, readCommands, shownArgument } from './match.ts'
import { createPager, type Pager } from './pager.ts'
import { createPipeReader } from './pipe-reader.ts'
import { createPipeline, type LineFilter, type Pipeline, pipeWords, readFilters, splitPipes } from './pipes.ts'
import { longestLine, type Terminal } from './reader.ts'
import { printable } from './screen.ts'
import { type CommandLine, type ConsoleSession, Interrupted } from './session.ts'
import { printSyntax } from './syntax.ts'
import { createTerminalReader } from './terminal-reader.ts'
import { quoteWord, splitWords } from './words.ts'

/** Where a console is open, and for whom. */
export interface ConsoleHost {
  readonly appliance: Appliance
  /** Address of the client. */
  readonly source: string
  /** Who signed in, as they are now. */
  user(): LocalUser
  /** Begins a command. @param line As the audit log shows it. */
  begin(line: string): RunningCommand
  /** Told of what nobody foresaw. */
  log(error: unknown): void
}

/** One command, with its audit record. */
export interface RunningCommand {
  readonly call: Call
  /** Waits until the record is on disk; the change may have brought it there. @throws {JournalError} */
  finish(outcome: 'executed' | 'failed'): Promise<void>
}

const unaudited = 'The audit log cannot be written; no command is answered without it.'
const internal = 'An internal error occurred. See the log of the server.'
const masked = '*****'

/** A console, ready to be opened any number of times. */
export function createConsole<S extends ConsoleSession, C extends Command<S>>(kind: ConsoleKind<S, C>): Console {
  const byMode = new Map(
    Object.keys(kind.modes).map((mode) => [
      mode,
      readCommands(kind.commands.filter(({ modes }) => modes?.includes(mode) ?? true)),
    ]),
  )

  /** A line as its audit record shows it: commands spelt out, and nothing that could be a secret. */
  function auditLine(read: readonly ReadWord[], words: number): string {
    const known = read.map(({ text, secret }) => (secret ? masked : quoteWord(text, kind.quotes)))
    // What was not understood may be a password that was typed at the wrong prompt.
    return [...known, ...(words > read.length ? [masked] : [])].join(' ')
  }

  function open(terminal: Terminal, host: ConsoleHost): OpenedConsole {
    const interactive = terminal.size !== undefined
    const reader = interactive ? createTerminalReader(terminal) : createPipeReader(terminal)
    let mode = kind.firstMode
    let running: RunningCommand | undefined
    let output = ''
    let pipeline: Pipeline | undefined
    let pager: Pager | undefined
    let ending = false
    let cut = false
    let interrupt = new AbortController()
    reader.onInterrupt(() => interrupt.abort())
    terminal.onGone(close)

    const session: S = kind.session({
      get user() {
        return host.user()
      },
      appliance: host.appliance,
      source: host.source,
      interactive,
      get columns() {
        return terminal.size?.columns ?? 80
      },
      get mode() {
        return mode
      },
      set mode(next) {
        if (!byMode.has(next)) throw new Error(`the console has no mode ${next}`)
        mode = next
      },
      get call() {
        if (!running) throw new Error('a change outside a command')
        return running.call
      },
      get signal() {
        return interrupt.signal
      },
      commands,
      print: (...lines) => {
        for (const line of lines) put(`${printable(line)}\n`)
      },
      write: (text) => show(pipeline?.take(text) ?? text),
      ask,
      end: () => {
        ending = true
      },
    })

    const entries = () => (byMode.get(mode) ?? []).filter(({ command }) => kind.permits?.(session, command) ?? true)
    const listed = () => entries().filter(({ command }) => !command.hidden)

    function commands(): CommandLine[] {
      return listed().map(({ command, syntax }) => ({
        line: printSyntax(syntax, (name) => shownArgument(command, name)),
        summary: command.summary,
        example: command.example,
      }))
    }

    const assist = createAssist(kind, session, listed)

    async function ask(prompt: string, echo: 'shown' | 'hidden'): Promise<string> {
      await flush()
      const read = await reader.read(prompt, { echo, idle: idleTime() })
      if (read.line !== undefined) return read.line
      if (read.why === 'idle') ending = true
      throw new Interrupted('The command was given up')
    }

    /** Milliseconds. */
    const idleTime = () => (kind.idleSeconds?.(session) ?? 0) * 1000

    const remembered = () => (kind.historySize ? { remembered: kind.historySize(session) } : {})

    /** No further command is begun, and the one that runs is asked to stop. */
    function close(): void {
      ending = true
      cut = true
      interrupt.abort()
      reader.close()
    }

    function put(text: string): void {
      output += pipeline?.take(text) ?? text
    }

    async function flush(): Promise<void> {
      const text = output
      output = ''
      await show(text)
    }

    async function show(text: string): Promise<void> {
      if (text === '') return
      if (pager) await pager.show(text)
      else await terminal.write(text)
    }

    /** Asks before each page; whoever has seen enough ends a command that goes on. */
    const newPager = () =>
      createPager(terminal, async (prompt) => {
        const chosen = (await reader.more?.(prompt, idleTime())) ?? 'quit'
        if (chosen === 'idle') ending = true
        if (chosen === 'quit' || chosen === 'idle') interrupt.abort()
        return chosen === 'idle' ? 'quit' : chosen
      })

    /** @returns the exit status. */
    async function execute(text: string): Promise<number> {
      if (cut) return 1
      if (text.length > longestLine) {
        return audited(masked, () => Promise.reject(new ConsoleError(kind.texts.unknown('', []))))
      }
      const line = splitWords(text.trim(), kind.quotes)
      const words = line.words.map((word) => word.text)
      if (words.length === 0) return 0
      if (words.at(-1) === '?') {
        await terminal.write(linesOf(await assist.help(words.slice(0, -1).join(' ') + (words.length > 1 ? ' ' : ''))))
        return 0
      }
      const [own = [], ...pipes] = kind.pipes ? splitPipes(line.words) : [line.words]
      const ownWords = own.map((word) => word.text)
      const found: Match<C> = match(byMode.get(mode) ?? [], ownWords)
      const shown = pipes.map((pipe) => ` | ${pipe.map((word) => quoteWord(word.text, kind.quotes)).join(' ')}`)
      // A text that is looked for is no secret; a word that was not understood may be.
      const recorded = found.kind === 'found' ? shown.join('') : pipes.length > 0 ? ` | ${masked}` : ''
      return audited(auditLine(found.read, own.length) + recorded, (command) =>
        run(found, text.trim(), command, readFilters(pipes)),
      )
    }

    /** Does a command's work, and answers once its audit record is on disk. */
    async function audited(line: string, work: (command: RunningCommand) => Promise<void>): Promise<number> {
      const command = host.begin(line)
      running = command
      interrupt = new AbortController()
      let failed = true
      try {
        await work(command)
        failed = false
      } catch (error) {
        if (error instanceof JournalError) output = linesOf([unaudited])
        else {
          pipeline = undefined
          session.print(...errorLines(error))
        }
      }
      try {
        await command.finish(failed ? 'failed' : 'executed')
      } catch (error) {
        host.log(error)
        failed = true
        output = linesOf([unaudited])
      }
      running = undefined
      await flush()
      pipeline = undefined
      pager = undefined
      return failed ? 1 : 0
    }

    async function run(
      found: Match<C>,
      text: string,
      begun: RunningCommand,
      filters: LineFilter[] | undefined,
    ): Promise<void> {
      const { texts } = kind
      switch (found.kind) {
        case 'unknown':
          throw new ConsoleError(texts.unknown(text, found.candidates))
        case 'ambiguous':
          throw new ConsoleError(texts.ambiguous(text, found.candidates))
        case 'incomplete':
          throw new ConsoleError(texts.incomplete(text))
        case 'invalid':
          throw new ConsoleError(texts.invalid(found.argument, found.value, found.why))
        case 'found': {
          const { command, values, words } = found
          if (kind.permits && !kind.permits(session, command)) throw new ConsoleError(texts.forbidden)
          if (!filters) throw new ConsoleError(texts.unknown(text, Object.keys(pipeWords)))
          if (filters.length > 0) pipeline = createPipeline(filters)
          if (pipeline?.pages && interactive) pager = newPager()
          if (command.streams) await begun.finish('executed')
          await command.run(session, values, words)
          output += pipeline?.end() ?? ''
        }
      }
    }

    function errorLines(error: unknown): string[] {
      if (error instanceof Interrupted) return []
      if (error instanceof ConsoleError) return error.message.split('\n')
      if (error instanceof AccessError) return kind.refusal(error, session).split('\n')
      host.log(error)
      return [internal]
    }

    /** Reads and runs commands until the input or the console ends. @returns the status of the last one. */
    async function readCommandsUntilEnd(): Promise<number> {
      let status = 0
      if (interactive && kind.greeting) await terminal.write(linesOf(kind.greeting(session)))
      while (!ending) {
        const prompt = kind.modes[mode]?.prompt(session) ?? ''
        const read = await reader.read(prompt, { echo: 'shown', assist, idle: idleTime(), ...remembered() })
        if (read.line !== undefined) status = await execute(read.line)
        else if (read.why === 'suspended') kind.suspend?.(session)
        else if (read.why !== 'interrupted') break
      }
      return cut ? 1 : status
    }

    /** @param work What the console is for, once there is nothing to be done before. */
    async function opened(work: () => Promise<number>): Promise<number> {
      try {
        const first = kind.first?.(session)
        if (!first) return await work()
        return await audited(first.syntax, async () => first.run(session, {}, new Set()))
      } finally {
        interrupt.abort()
        kind.closed?.(session)
      }
    }

    return {
      run: (): Promise<number> => opened(readCommandsUntilEnd),
      runOne: (line: string): Promise<number> => opened(() => execute(line)),
      /** Ends it, once the command that runs is done. @param why Told to whoever looks at it. */
      async end(why: string): Promise<void> {
        ending = true
        cut = true
        interrupt.abort()
        await terminal.write(`\n${why}\n`)
        close()
      },
    }
  }

  return { open }
}

/** A console of any kind. */
export interface Console {
  open(terminal: Terminal, host: ConsoleHost): OpenedConsole
}

export interface OpenedConsole {
  /** For somebody who types, or for a pipe. @returns the exit status. */
  run(): Promise<number>
  /** For one command. */
  runOne(line: string): Promise<number>
  end(why: string): Promise<void>
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
