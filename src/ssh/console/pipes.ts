import type { Word } from './words.ts'

/** What is done with the lines of an answer before they are shown. */
export interface LineFilter {
  /** @returns the lines that are shown for one. */
  line(line: string): readonly string[]
  /** @returns the lines that are shown behind the last. */
  end(): readonly string[]
  /** Shows a page at a time, where there is a terminal. */
  pages?: true
}

/** Behind a `|`, by their words. @see nsx-api.md 10; how `count` says it is a guess */
export const pipeWords: Readonly<Record<string, { help: string; argument?: string; make(text: string): LineFilter }>> =
  {
    count: {
      help: 'Count the lines of the answer',
      make() {
        let lines = 0
        return {
          line() {
            lines++
            return []
          },
          end: () => [`Count: ${lines} lines`],
        }
      },
    },
    find: {
      help: 'Show only lines that have a text',
      argument: 'text',
      make: (text) => ({ line: (line) => (line.includes(text) ? [line] : []), end: () => [] }),
    },
    more: { help: 'Show a page at a time', make: () => ({ line: (line) => [line], end: () => [], pages: true }) },
  }

/** A line of words at each `|` that stands alone and is not quoted. */
export function splitPipes(words: readonly Word[]): Word[][] {
  const parts: Word[][] = [[]]
  for (const word of words) {
    if (word.text === '|' && !word.quoted) parts.push([])
    else parts.at(-1)?.push(word)
  }
  return parts
}

/** @returns undefined where one is none that there is, or has too many words or too few. */
export function readFilters(pipes: readonly (readonly Word[])[]): LineFilter[] | undefined {
  const filters = pipes.map(([name, ...rest]) => {
    const known = name && Object.hasOwn(pipeWords, name.text) ? pipeWords[name.text] : undefined
    const wanted = known?.argument === undefined ? 0 : 1
    return rest.length === wanted ? known?.make(rest[0]?.text ?? '') : undefined
  })
  return filters.every((filter) => filter !== undefined) ? filters : undefined
}

/** Puts text that comes in pieces through filters, one after another. */
export function createPipeline(filters: readonly LineFilter[]) {
  let rest = ''

  const through = (lines: readonly string[], from: number): readonly string[] =>
    filters.slice(from).reduce((all, filter) => all.flatMap((line) => filter.line(line)), lines)
  const textOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')

  return {
    pages: filters.some(({ pages }) => pages),
    /** @returns what is shown of it; the beginning of a line waits for its end. */
    take(text: string): string {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      return textOf(through(lines, 0))
    },
    end(): string {
      const last = rest === '' ? '' : textOf(through([rest], 0))
      rest = ''
      return last + filters.map((filter, at) => textOf(through(filter.end(), at + 1))).join('')
    },
  }
}

export type Pipeline = ReturnType<typeof createPipeline>
