import { type AnyCommand, shownArgument } from './match.ts'
import { leaves, printSyntax, readSyntax } from './syntax.ts'

export interface ConsolePage<C extends AnyCommand> {
  title: string
  /** Markdown above the commands. */
  introduction: string
  commands: readonly C[]
  /** What is said of a command besides what every command says. */
  remarks(command: C): readonly string[]
}

/** The page of a console's documentation. */
export function consolePage<C extends AnyCommand>({ title, introduction, commands, remarks }: ConsolePage<C>): string {
  const shown = commands.filter(({ hidden }) => !hidden)
  const parts = shown.map((command) => {
    const syntax = readSyntax(command.syntax)
    const names = leaves(syntax).flatMap((leaf) => (leaf.kind === 'argument' ? [leaf.name] : []))
    const values = [...new Set(names)].map((name) => {
      const help = command.arguments?.[name]?.help ?? name.replaceAll('-', ' ')
      return `- \`${shownArgument(command, name)}\`: ${help}`
    })
    return [
      `## \`${printSyntax(syntax, (name) => shownArgument(command, name))}\``,
      [command.summary, ...remarks(command)].map((sentence) => `${sentence}.`).join(' '),
      ...(values.length > 0 ? [values.join('\n')] : []),
      `\`\`\`\n${command.example}\n\`\`\``,
    ].join('\n\n')
  })
  return `${[`# ${title}`, '<!-- Made from the table of commands; a test fails when it is stale. -->', introduction, ...parts].join('\n\n')}\n`
}
