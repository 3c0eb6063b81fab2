/** One word of a command line: one that is typed as it stands, or one that the user chooses. */
export type Leaf = { kind: 'word'; text: string } | { kind: 'argument'; name: string }

export type Syntax =
  | Leaf
  | { kind: 'sequence'; of: readonly Syntax[] }
  | { kind: 'choice'; of: readonly Syntax[] }
  | { kind: 'optional'; of: Syntax }
  | { kind: 'any-order'; of: readonly Syntax[] }

/** What may come next, and what may follow that. */
export interface Step {
  leaf: Leaf
  rest: Syntax
}

const nothing: Syntax = { kind: 'sequence', of: [] }

/**
 * Reads the syntax of a command.
 *
 * `word` stands for itself, `<name>` for an argument, `[…]` may be left out, `(a | b)` is one of them, and of `{a, b}`
 * each may come at most once, in any order.
 */
export function readSyntax(text: string): Syntax {
  const tokens = text.match(/<[\w-]+>|[[\](){}|,]|[^\s[\](){}|,<>]+/g) ?? []
  let at = 0

  function sequence(): Syntax {
    const of: Syntax[] = []
    for (let token = tokens[at]; token !== undefined && !'])}|,'.includes(token); token = tokens[at]) of.push(item())
    return of.length === 1 ? (of[0] as Syntax) : { kind: 'sequence', of }
  }

  function group(separator: string, close: string): Syntax[] {
    const of = [sequence()]
    for (; tokens[at] === separator; ) {
      at++
      of.push(sequence())
    }
    if (tokens[at++] !== close) throw new Error(`${text}: ${close} is missing`)
    return of
  }

  function choice(close: string): Syntax {
    const of = group('|', close)
    return of.length === 1 ? (of[0] as Syntax) : { kind: 'choice', of }
  }

  function item(): Syntax {
    const token = tokens[at++] as string
    if (token === '[') return { kind: 'optional', of: choice(']') }
    if (token === '(') return choice(')')
    if (token === '{') return { kind: 'any-order', of: group(',', '}') }
    return token.startsWith('<') ? { kind: 'argument', name: token.slice(1, -1) } : { kind: 'word', text: token }
  }

  const syntax = sequence()
  if (at < tokens.length) throw new Error(`${text}: ${tokens[at]} is out of place`)
  return syntax
}

/** Whether a line may end here. */
export function mayEnd(syntax: Syntax): boolean {
  switch (syntax.kind) {
    case 'word':
    case 'argument':
      return false
    case 'sequence':
      return syntax.of.every(mayEnd)
    case 'choice':
      return syntax.of.some(mayEnd)
    case 'optional':
    case 'any-order':
      return true
  }
}

export function nextSteps(syntax: Syntax): Step[] {
  switch (syntax.kind) {
    case 'word':
    case 'argument':
      return [{ leaf: syntax, rest: nothing }]
    case 'choice':
      return syntax.of.flatMap(nextSteps)
    case 'optional':
      return nextSteps(syntax.of)
    case 'any-order':
      return syntax.of.flatMap((one, index) => {
        const others: Syntax = { kind: 'any-order', of: syntax.of.toSpliced(index, 1) }
        return nextSteps(one).map(({ leaf, rest }) => ({
          leaf,
          rest: { kind: 'sequence', of: [rest, others] } as const,
        }))
      })
    case 'sequence': {
      const [first, ...more] = syntax.of
      if (!first) return []
      const steps = nextSteps(first).map(({ leaf, rest }) => ({
        leaf,
        rest: { kind: 'sequence', of: [rest, ...more] } as const,
      }))
      return mayEnd(first) ? [...steps, ...nextSteps({ kind: 'sequence', of: more })] : steps
    }
  }
}

/** Every word and argument of it. */
export function leaves(syntax: Syntax): Leaf[] {
  switch (syntax.kind) {
    case 'word':
    case 'argument':
      return [syntax]
    case 'optional':
      return leaves(syntax.of)
    default:
      return syntax.of.flatMap(leaves)
  }
}

/** The syntax as help and lists print it. @param shown How an argument is shown. */
export function printSyntax(syntax: Syntax, shown: (argument: string) => string): string {
  const print = (inner: Syntax) => printSyntax(inner, shown)
  switch (syntax.kind) {
    case 'word':
      return syntax.text
    case 'argument':
      return shown(syntax.name)
    case 'sequence':
      return syntax.of.map(print).join(' ')
    case 'choice':
      return `(${syntax.of.map(print).join(' | ')})`
    case 'optional':
      return `[${syntax.of.kind === 'choice' ? syntax.of.of.map(print).join(' | ') : print(syntax.of)}]`
    case 'any-order':
      return syntax.of.map((inner) => `[${print(inner)}]`).join(' ')
  }
}
