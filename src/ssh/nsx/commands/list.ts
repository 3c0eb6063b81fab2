import { anyAccount } from '../../../http/nsx/permissions.ts'
import type { NsxCommand } from '../session.ts'

export const list: NsxCommand = {
  syntax: 'list',
  summary: 'List all commands',
  requires: anyAccount.requires,
  example: 'list',
  run(session) {
    session.print(...session.commands().map(({ line }) => `  ${line}`))
  },
}
