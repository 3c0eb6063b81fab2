import { anyAccount } from '../../../http/nsx/permissions.ts'
import type { NsxCommand } from '../session.ts'

export const exit: NsxCommand = {
  syntax: 'exit',
  summary: 'Close the console',
  requires: anyAccount.requires,
  example: 'exit',
  run: (session) => session.end(),
}
