import { everywhere, type NsxvCommand } from '../session.ts'

export const help: NsxvCommand = {
  syntax: 'help',
  modes: everywhere,
  summary: 'Say how to get help',
  example: 'help',
  run(session) {
    session.print(
      "Type '?' at any point for what may come next, and Tab to complete a word.",
      "Words can be shortened as long as only one is meant: 'conf t' is 'configure terminal'.",
      "'list' shows all commands of this mode.",
    )
  },
}
