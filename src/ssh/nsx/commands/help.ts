import { anyAccount } from '../../../http/nsx/permissions.ts'
import type { NsxCommand } from '../session.ts'

export const help: NsxCommand = {
  syntax: 'help',
  summary: 'Say how to get help',
  requires: anyAccount.requires,
  example: 'help',
  run(session) {
    session.print(
      'Press ? at any point for what may come next, and Tab to complete a word.',
      'Words can be shortened as long as only one is meant: `get password-c` is `get password-complexity`.',
      'A `?` in a value: quote the value, or press Ctrl-V before it.',
      'Ctrl-R searches the lines you typed, Ctrl-C gives up the line or the command.',
      '',
      ...session.commands().map(({ line, summary }) => `${line}\n    ${summary}`),
    )
  },
}
