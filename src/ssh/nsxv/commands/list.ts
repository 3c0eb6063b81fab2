import { everywhere, type NsxvCommand } from '../session.ts'

export const list: NsxvCommand = {
  syntax: 'list',
  modes: everywhere,
  summary: 'List all commands of this mode',
  example: 'list',
  run(session) {
    session.print(
      ...session
        .commands()
        .map(({ line }) => `  ${line}`)
        .sort(),
    )
  },
}
