import type { Command } from './command.ts'
import type { ConsoleKind } from './kind.ts'
import { type Candidate, candidates, type Entry } from './match.ts'
import { pipeWords, splitPipes } from './pipes.ts'
import type { Assist } from './reader.ts'
import { printable } from './screen.ts'
import type { ConsoleSession } from './session.ts'
import { quoteWord, splitWords, type Word } from './words.ts'

/** Candidates as `?` and Tab list them. */
export function candidateLines(next: readonly { text: string; help: string }[], end = false): string[] {
  const width = Math.max(0, ...next.map(({ text }) => text.length))
  const lines = next.map(({ text, help }) => `  ${text.padEnd(width)}  ${help}`.trimEnd())
  return end ? [...lines, '  <cr>'] : lines
}

/** Help and completion, out of the table of commands. @param entries Of the mode, as far as the user may run them. */
export function createAssist<S extends ConsoleSession, C extends Command<S>>(
  kind: ConsoleKind<S, C>,
  session: S,
  entries: () => readonly Entry<C>[],
): Assist {
  function next(beginning: string) {
    const { words, partial } = splitWords(beginning, kind.quotes)
    const before = partial ? words.slice(0, -1) : words
    const begun = partial ? (words.at(-1) as Word).text : ''
    const parts = kind.pipes ? splitPipes(before) : [before]
    const texts = (parts.at(-1) ?? []).map(({ text }) => text)
    const found = parts.length > 1 ? candidatesBehindPipe(texts) : candidatesAfter(texts)
    return { begun, at: partial ? (words.at(-1) as Word).at : beginning.length, ...found }
  }

  function candidatesBehindPipe([name, ...rest]: readonly string[]): { next: Candidate[]; end: boolean } {
    if (name === undefined) {
      return { next: Object.entries(pipeWords).map(([text, { help }]) => ({ text, help })), end: false }
    }
    const known = Object.hasOwn(pipeWords, name) ? pipeWords[name] : undefined
    if (!known) return { next: [], end: false }
    if (known.argument === undefined || rest.length > 0) return { next: [], end: true }
    const { argument, help } = known
    return { next: [{ text: `<${argument}>`, help, argument: { help } }], end: false }
  }

  function candidatesAfter(words: readonly string[]) {
    return candidates(entries(), words, (word) => kind.words[word] ?? '') ?? { next: [], end: false }
  }

  const fits = ({ text, argument }: Candidate, begun: string) => argument !== undefined || text.startsWith(begun)

  async function valuesOf(candidate: Candidate): Promise<readonly string[]> {
    return (await (candidate.argument as { values?(s: S): readonly string[] } | undefined)?.values?.(session)) ?? []
  }

  return {
    async help(beginning) {
      const { begun, next: all, end } = next(beginning)
      const fitting = all.filter((candidate) => fits(candidate, begun))
      const lines = candidateLines(fitting, end && begun === '')
      return lines.length > 0 ? lines : [kind.texts.noHelp]
    },

    async complete(beginning) {
      const { begun, at, next: all } = next(beginning)
      const words = all.filter(({ argument, text }) => !argument && text.startsWith(begun)).map(({ text }) => text)
      const hints = all.filter(({ argument }) => argument)
      const values = (await Promise.all(hints.map(valuesOf))).flat().filter((value) => value.startsWith(begun))
      const found = [...words, ...values]
      const common = commonBeginning(found)
      const typed = beginning.slice(at)
      if (found.length === 1) {
        const whole = `${quoteWord(common, kind.quotes)} `
        if (whole.startsWith(typed)) return { add: whole.slice(typed.length) }
      }
      if (found.length > 1 && common.length > begun.length && common.startsWith(typed)) {
        return { add: common.slice(typed.length) }
      }
      const shown = all.filter((candidate) => fits(candidate, begun))
      return { show: [...candidateLines(shown), ...values.map((value) => `    ${printable(value)}`)] }
    },

    isQuoted: (beginning) => splitWords(beginning, kind.quotes).open,
  }
}

function commonBeginning(texts: readonly string[]): string {
  const [first = '', ...others] = texts
  let length = first.length
  for (const text of others) while (!text.startsWith(first.slice(0, length))) length--
  return first.slice(0, length)
}
