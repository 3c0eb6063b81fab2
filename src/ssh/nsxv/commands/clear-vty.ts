import { type NsxvCommand, privileged } from '../session.ts'

export const clearVty: NsxvCommand = {
  syntax: 'clear vty',
  modes: privileged,
  summary: 'Close all other sessions, and with them the lock of the configuration',
  example: 'clear vty',
  run: (session) => session.nsxv.cliAccounts.endOtherConsoles(session.change),
}
