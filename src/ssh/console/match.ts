import type { Argument, Command, ReadWord, Values } from './command.ts'
import { type Leaf, mayEnd, nextSteps, readSyntax, type Syntax } from './syntax.ts'

/** A command whose syntax was read. */
export interface Entry<C> {
  command: C
  syntax: Syntax
}

/** What a line is. `read`: the words up to where it stopped making sense, spelt out. */
export type Match<C> = { read: ReadWord[] } & (
  | { kind: 'found'; command: C; values: Values; words: ReadonlySet<string> }
  | { kind: 'unknown' | 'ambiguous'; candidates: string[] }
  | { kind: 'incomplete' }
  | { kind: 'invalid'; argument: string; value: string; why: string }
)

/** What may come next in a line. */
export interface Candidate {
  /** A word, or how an argument is shown. */
  text: string
  help: string
  /** Where it is one, what can be completed. */
  argument?: Argument<never>
}

interface State<C> {
  entry: Entry<C>
  rest: Syntax
  read: readonly ReadWord[]
  invalid?: { argument: string; value: string; why: string }
}

export type AnyCommand = Command<never>

export function readCommands<C extends AnyCommand>(commands: readonly C[]): Entry<C>[] {
  return commands.map((command) => ({ command, syntax: readSyntax(command.syntax) }))
}

const argumentOf = (command: AnyCommand, name: string): Argument<never> =>
  command.arguments?.[name] ?? { help: name.replaceAll('-', ' ') }

export function shownArgument(command: AnyCommand, name: string): string {
  return argumentOf(command, name).shown ?? `<${name}>`
}

const start = <C>(entries: readonly Entry<C>[]): State<C>[] =>
  entries.map((entry) => ({ entry, rest: entry.syntax, read: [] }))

const stepsOf = <C>(states: readonly State<C>[]) =>
  states.flatMap((state) => nextSteps(state.rest).map((step) => ({ state, ...step })))

function advance<C extends AnyCommand>(
  { state, leaf, rest }: { state: State<C>; leaf: Leaf; rest: Syntax },
  text: string,
): State<C> {
  const { entry, read, invalid } = state
  if (leaf.kind === 'word') {
    return { entry, rest, read: [...read, { leaf, text: leaf.text, secret: false }], ...(invalid ? { invalid } : {}) }
  }
  const argument = argumentOf(entry.command, leaf.name)
  const why = argument.check?.(text)
  const wrong = invalid ?? (why === undefined ? undefined : { argument: leaf.name, value: text, why })
  const word: ReadWord = { leaf, text, secret: argument.secret === true }
  return { entry, rest, read: [...read, word], ...(wrong ? { invalid: wrong } : {}) }
}

/**
 * The states behind one more word. A word that stands for itself wins over an argument, an argument whose value is
 * right over an abbreviation, and an abbreviation over an argument whose value is wrong. Hidden commands are not
 * abbreviated.
 */
function take<C extends AnyCommand>(states: readonly State<C>[], word: string): State<C>[] | { ambiguous: string[] } {
  const steps = stepsOf(states)
  const exact = steps.filter(({ leaf }) => leaf.kind === 'word' && leaf.text === word)
  if (exact.length > 0) return exact.map((step) => advance(step, word))
  const byArgument = steps.filter(({ leaf }) => leaf.kind === 'argument').map((step) => advance(step, word))
  const valid = byArgument.filter(({ invalid }) => !invalid)
  if (valid.length > 0) return valid
  const begun = steps.filter(
    ({ leaf, state }) =>
      leaf.kind === 'word' && word !== '' && leaf.text.startsWith(word) && !state.entry.command.hidden,
  )
  const meant = [...new Set(begun.map(({ leaf }) => (leaf as { text: string }).text))]
  if (meant.length > 1) return { ambiguous: meant }
  return begun.length > 0 ? begun.map((step) => advance(step, word)) : byArgument
}

/** The words so far; what could be a secret is one. */
function readBy<C>(states: readonly State<C>[]): ReadWord[] {
  const [first, ...others] = states
  return (first?.read ?? []).map((word, at) =>
    others.some(({ read }) => read[at]?.secret) ? { ...word, secret: true } : word,
  )
}

/** What a line of words means. */
export function match<C extends AnyCommand>(entries: readonly Entry<C>[], words: readonly string[]): Match<C> {
  let states = start(entries)
  for (const word of words) {
    const next = take(states, word)
    const read = readBy(states)
    if ('ambiguous' in next) return { kind: 'ambiguous', read, candidates: next.ambiguous }
    if (next.length === 0) return { kind: 'unknown', read, candidates: beginnings(states) }
    states = next
  }
  const ended = states.filter(({ rest }) => mayEnd(rest))
  const [state] = ended.some(({ invalid }) => !invalid) ? ended.filter(({ invalid }) => !invalid) : ended
  if (!state) return { kind: 'incomplete', read: readBy(states) }
  const read = [...state.read]
  if (state.invalid) return { kind: 'invalid', read, ...state.invalid }
  const values = Object.fromEntries(
    read.flatMap(({ leaf, text }) => (leaf.kind === 'argument' ? [[leaf.name, text]] : [])),
  )
  const said = new Set(read.flatMap(({ leaf }) => (leaf.kind === 'word' ? [leaf.text] : [])))
  return { kind: 'found', read, command: state.entry.command, values, words: said }
}

/** Words that a line could have gone on with. */
function beginnings<C extends AnyCommand>(states: readonly State<C>[]): string[] {
  const texts = stepsOf(states).map(({ state, leaf }) =>
    leaf.kind === 'word' ? leaf.text : shownArgument(state.entry.command, leaf.name),
  )
  return [...new Set(texts)].sort()
}

/**
 * What may come next.
 *
 * @param words Those before, complete or abbreviated.
 * @param help What `?` says of a word where the command itself does not.
 * @returns undefined where the words before make no sense; `end`: whether the line may end here.
 */
export function candidates<C extends AnyCommand>(
  entries: readonly Entry<C>[],
  words: readonly string[],
  help: (word: string) => string,
): { next: Candidate[]; end: boolean } | undefined {
  let states = start(entries)
  for (const word of words) {
    const next = take(states, word)
    if ('ambiguous' in next || next.length === 0) return undefined
    states = next
  }
  const next = new Map<string, Candidate>()
  for (const { state, leaf } of stepsOf(states)) {
    const { command } = state.entry
    const candidate: Candidate =
      leaf.kind === 'word'
        ? { text: leaf.text, help: command.words?.[leaf.text] ?? help(leaf.text) }
        : {
            text: shownArgument(command, leaf.name),
            help: argumentOf(command, leaf.name).help,
            argument: argumentOf(command, leaf.name),
          }
    if (!next.has(candidate.text)) next.set(candidate.text, candidate)
  }
  const sorted = [...next.values()].sort(
    (a, b) => Number('argument' in a) - Number('argument' in b) || (a.text < b.text ? -1 : 1),
  )
  return { next: sorted, end: words.length > 0 && states.some(({ rest }) => mayEnd(rest)) }
}
