import { ConsoleError } from '../../console/command.ts'
import { type NsxvCommand, privileged } from '../session.ts'
import { locked } from '../texts.ts'

/** One session at a time. @see nsxv-api.md 5.4, config lock */
export const configureTerminal: NsxvCommand = {
  syntax: 'configure terminal',
  modes: privileged,
  summary: 'Enter configuration mode',
  example: 'configure terminal',
  run(session) {
    if (!session.nsxv.configuration.lock(session)) throw new ConsoleError(locked)
    session.mode = 'configuration'
  },
}
